// The landing page, the privacy statement and the two pages for failure, as everybody may meet them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { host, launch, shots } from './browser.mjs';
import { accessible, leavesNothing, quiet, reflows } from './checks.mjs';
import { tabs } from './keyboard.mjs';

// Prosody does not run here, so the way to it leads to the page for that.
const PAGES = {
    landing: { path: (language) => `/${language}/`, status: 200 },
    privacy: { path: (language) => `/privacy/${language}`, status: 200 },
    'not-found': { path: () => '/there/is/nothing', status: 404 },
    unavailable: { path: () => '/http-bind', status: 502 }
};
// Each language, another one, and what that one calls itself.
const LANGUAGES = { nl: ['en', /^English$/], en: ['de', /^Deutsch$/], de: ['fr', /^Français$/], fr: ['nl', /^Nederlands$/] };

let browser;
before(async () => {
    browser = await launch();
});
after(async () => {
    assert.deepEqual(await browser.close(), [host], 'somebody else was asked');
});

// Each page in each language, which is that of the visitor's browser.
async function everywhere(wishes, look) {
    for (const language of Object.keys(LANGUAGES)) {
        const visitor = await browser.visitor({ language, ...wishes });
        for (const [name, { path, status }] of Object.entries(PAGES)) {
            await visitor.go(path(language), status);
            assert.equal(await visitor.page.locator('html').getAttribute('lang'), language);
            await look(visitor, `${name}-${language}`);
        }
        await visitor.close();
    }
}

for (const [width, scheme] of [[1280, 'light'], [360, 'dark']]) {
    test(`no rule of axe is broken, ${width} wide, ${scheme}`, () => everywhere({ width, scheme }, async (visitor, name) => {
        await visitor.shot(`${name}-${width}-${scheme}`);
        await accessible(visitor.page);
        await leavesNothing(visitor);
        quiet(visitor);
    }));
}

test('a keyboard reaches everything, and everything that it reaches has a name', () => everywhere({}, async (visitor, name) => {
    const said = await tabs(visitor.page);
    assert.ok(said.length >= 5, `only ${said.length} stops`);
    assert.equal(said[0].role, 'link', 'the way past the header comes first');
    const tree = await visitor.page.locator('body').ariaSnapshot();
    assert.match(tree, /- banner:/);
    assert.match(tree, /- main:/);
    assert.match(tree, /- contentinfo:/);
    writeFileSync(join(shots, `${name}.txt`), `${tree}\n`);
}));

test('the link past the header leads to the content', () => everywhere({}, async ({ page }) => {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#content$/);
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => !document.querySelector('header').contains(document.activeElement)));
}));

test('nothing is cut off at 400 %, nor with widely spaced text', () => everywhere({ width: 320, height: 256 }, async (visitor, name) => {
    await visitor.shot(`${name}-320`);
    await reflows(visitor.page);
}));

test('another language is one link away and says its name in its own words', () => everywhere({}, async (visitor) => {
    const [other, name] = LANGUAGES[visitor.language];
    const link = visitor.page.getByRole('navigation').getByRole('link', { name });
    assert.equal(await link.getAttribute('lang'), other);
    await link.focus();
    await visitor.page.keyboard.press('Enter');
    await visitor.page.waitForURL((url) => url.pathname.includes(`/${other}`));
    assert.equal(new URL(visitor.page.url()).host, host);
    quiet(visitor);
}));

test('without script every page is there, and says where one is needed', () => everywhere({ script: false }, async (visitor, name) => {
    await visitor.shot(`${name}-no-script`);
    const { page } = visitor;
    assert.ok((await page.getByRole('main').innerText()).length > 60);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    if (name.startsWith('landing')) {
        assert.match(await page.getByRole('main').innerText(), /JavaScript/);
        assert.equal(await page.getByRole('button').count(), 0, 'a button that does nothing');
    }
    await page.getByRole('contentinfo').locator('a[href^="/privacy/"]').click();
    assert.match(page.url(), /\/privacy\//);
    quiet(visitor);
}));
