// The page of many instances: can everybody use it, and what does a press of a button tell whom?
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { launch } from './browser.mjs';
import { accessible, leavesNothing, reflows } from './checks.mjs';
import { tabs, tabTo } from './keyboard.mjs';

const FILES = { nl: 'index.html', en: 'en.html', de: 'de.html', fr: 'fr.html' };
const CALL = { nl: /^Direct beeldbellen /, en: /^Start a video call /, de: /^Videogespräch starten /, fr: /^Démarrer un appel vidéo / };
// As a web server has it, and as it lies on a disk.
const SERVED = 'https://directory.example/';
const DISK = pathToFileURL(join(process.env.DIRECTORY, '/')).href;

let browser;
before(async () => {
    browser = await launch();
});
after(() => browser.close());

async function everywhere({ base = SERVED, languages = Object.keys(FILES), ...wishes }, look) {
    for (const language of languages) {
        const file = FILES[language];
        const visitor = await browser.visitor({ language, ...wishes });
        // Every instance answers the same; nothing leads out of here.
        await visitor.context.route(/^https:/, (route) => {
            const { href, pathname } = new URL(route.request().url());
            return route.fulfill(href.startsWith(SERVED)
                ? { path: join(process.env.DIRECTORY, pathname) }
                : { contentType: 'text/html', body: '<title>1</title><link rel="icon" href="data:,">' });
        });
        await visitor.page.goto(base + file);
        assert.equal(await visitor.page.locator('html').getAttribute('lang'), language);
        await look(visitor, `directory-${language}`);
        assert.deepEqual(visitor.faults(), [], 'the browser complains');
        await visitor.close();
    }
}

// The page by itself asks for its own files alone.
function alone({ requests }) {
    assert.deepEqual(requests.map((request) => request.url()).filter((url) => !url.startsWith(SERVED)), []);
    assert.ok(requests.some((request) => request.url().endsWith('directory.js')));
}

for (const [width, scheme] of [[1280, 'light'], [360, 'dark']]) {
    test(`no rule of axe is broken, ${width} wide, ${scheme}`, () => everywhere({ width, scheme }, async (visitor, name) => {
        await visitor.shot(`${name}-${width}-${scheme}`);
        await accessible(visitor.page);
        await leavesNothing(visitor);
        alone(visitor);
    }));
}

test('a keyboard reaches everything, and nothing is cut off at 400 %', () => everywhere({ languages: ['nl', 'de'] }, async (visitor) => {
    const said = await tabs(visitor.page);
    const calls = said.filter(({ name }) => CALL[visitor.language].test(name));
    assert.equal(calls.length, 3);
    assert.equal(new Set(calls.map(({ name }) => name)).size, 3, 'two buttons sound alike');
    await reflows(visitor.page);
}));

test('each press leads to another room, of which nobody hears but the instance', () => everywhere({ base: DISK }, async (visitor) => {
    const { page } = visitor;
    const rooms = new Set();
    for (let at = 0; at < 2; at += 1) {
        await page.goto(DISK + FILES[visitor.language]);
        const start = await page.locator('#call-1').getAttribute('href');
        await tabTo(page, 'link', CALL[visitor.language]);
        await page.keyboard.press('Enter');
        await page.waitForURL((url) => url.protocol === 'https:');
        const { origin, pathname } = new URL(page.url());
        assert.equal(origin, new URL(start).origin);
        assert.match(pathname, /^\/[0-9]{20}$/);
        assert.equal(await page.evaluate(() => document.referrer), '');
        rooms.add(pathname);
    }
    assert.equal(rooms.size, 2, 'the same room twice');
}));

test('without script the button leads to the start page', () => everywhere({ base: DISK, script: false }, async (visitor, name) => {
    const { page } = visitor;
    await visitor.shot(`${name}-no-script`);
    assert.match(await page.getByRole('main').innerText(), /JavaScript/);
    await page.locator('#call-1').click();
    await page.waitForURL((url) => url.protocol === 'https:' && /^\/(?:(?:nl|en|de|fr)\/)?$/.test(url.pathname));
}));
