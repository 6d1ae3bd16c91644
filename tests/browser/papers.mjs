// The papers and the report of `verify`, opened from a disk as a privacy officer does.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { accessible, reflows } from './checks.mjs';

const folder = process.env.PAPERS;
const pages = readdirSync(folder).filter((name) => name.endsWith('.html')).sort();

let browser;
before(async () => {
    browser = await launch();
});
after(async () => {
    assert.deepEqual(await browser.close(), [], 'somebody was asked');
});

async function each(wishes, look) {
    const visitor = await browser.visitor(wishes);
    for (const name of pages) {
        const address = pathToFileURL(join(folder, name)).href;
        await visitor.page.goto(address);
        await look(visitor, name.replace('.html', ''));
        const asked = visitor.requests.map((request) => request.url()).filter((url) => !/^(file|data):/.test(url));
        assert.deepEqual(asked, [], `${name} asks somebody`);
        assert.deepEqual(visitor.faults(), [], `the browser complains of ${name}`);
    }
    await visitor.close();
}

test('there are papers, a list of them, and a report', () => {
    assert.ok(pages.length >= 26, pages.join(' '));
    assert.ok(pages.includes('index.html') && pages.includes('report.html') && pages.includes('impact.nl.html'));
});

for (const [width, scheme] of [[1280, 'light'], [360, 'dark']]) {
    test(`no rule of axe is broken, ${width} wide, ${scheme}`, () => each({ width, scheme }, async (visitor, name) => {
        await visitor.shot(`paper-${name}-${width}-${scheme}`);
        await accessible(visitor.page);
    }));
}

test('nothing is cut off at 400 %, nor with widely spaced text', () => each({ width: 320, height: 256 }, ({ page }) => reflows(page)));

test('each paper prints on A4', () => each({}, async ({ page }, name) => {
    const print = await page.pdf({ preferCSSPageSize: true });
    assert.match(print.subarray(0, 5).toString(), /%PDF-/);
    // 210 by 297 millimetres in points.
    assert.match(print.toString('latin1'), /\/MediaBox ?\[0 0 (594\.9\d*|595(\.\d+)?) (841\.\d+|842(\.\d+)?)\]/, name);
}));
