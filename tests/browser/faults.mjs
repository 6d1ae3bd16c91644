// Breaks our own page in one place after the other: a check that does not notice is worth nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { after, before, test } from 'node:test';
import { host, launch, origin, picture } from './browser.mjs';
import { accessible, leavesNothing, quiet, reflows } from './checks.mjs';
import { tabs } from './keyboard.mjs';

const ELSEWHERE = 'elsewhere.example';
const into = (what) => ({ body }) => ({ body: body.replace('</main>', `${what}</main>`) });
const swap = (from, to) => ({ body }) => ({ body: body.replace(from, to) });
// Policy and page together, for what the policy alone would hold back.
const unguarded = (change) => (page) => {
    const { 'content-security-policy': _, ...headers } = page.headers;
    return { headers, ...change(page) };
};
const styled = (rules) => unguarded(swap('</head>', `<style>${rules}</style></head>`));

const axe = ({ page }) => accessible(page);
const keyboard = ({ page }) => tabs(page);
const narrow = ({ page }) => reflows(page);

const FAULTS = {
    'a foreign image that the policy forbids': [into(`<img alt="" src="https://${ELSEWHERE}/a.png">`), quiet, /complains|else was asked/],
    'a foreign image without a policy': [unguarded(into(`<img alt="" src="https://${ELSEWHERE}/a.png">`)), quiet, /else was asked/],
    'a script in the page': [into('<script>1;</script>'), quiet, /complains/],
    'a style in the page': [into('<p style="color: red">1</p>'), quiet, /complains/],
    'a script that fails': [unguarded(into('<script>absent();</script>')), quiet, /complains/],
    'a file of ours that is not there': [into('<img alt="" src="/static/absent.png">'), quiet, /complains/],
    'a policy that tells whence one comes': [swap('<head>', '<head><meta name="referrer" content="unsafe-url">'), quiet, /hears where/],
    'a cookie': [({ headers }) => ({ headers: { ...headers, 'set-cookie': 'a=b; Path=/; Secure' } }), leavesNothing, /cookie/],
    'something in the local storage': [unguarded(into('<script>localStorage.a = 1;</script>')), leavesNothing, /something stays/],
    'a field without a label': [into('<input type="text">'), axe, /violations/],
    'a field that a screen reader has no name for': [into('<input type="text">'), keyboard, /no name for/],
    'a page without a language': [swap(/<html lang="\w+">/, '<html>'), axe, /violations/],
    'letters that are hardly seen': [styled('.lead { color: #999; }'), axe, /violations/],
    'no sign of the focus': [styled(':focus-visible { outline: none; }'), keyboard, /focus is not seen/],
    'a pale sign of the focus': [styled(':focus-visible { outline-color: #eee; }'), keyboard, /focus is not seen/],
    'a focus under something': [styled('.card::after { content: ""; position: fixed; inset: 0; }'), keyboard, /lies under/],
    'a button that Tab does not reach': [into('<button type="button" tabindex="-1">1</button>'), keyboard, /not reach everything/],
    'an order of its own': [into('<button type="button" tabindex="3">1</button>'), keyboard, /order/],
    'a page with a fixed width': [styled('main { width: 30rem; }'), narrow, /does not fit/],
    'text that is cut off when it is spaced': [styled('h1 { height: 2rem; overflow: hidden; }'), narrow, /does not fit/]
};

// The landing page as nginx serves it.
function fetched() {
    const options = { host: '127.0.0.1', servername: host, headers: { host }, ca: readFileSync(process.env.CERTIFICATE), path: '/nl/' };
    return new Promise((resolve, reject) => {
        get(options, (answer) => {
            const parts = [];
            answer.on('data', (part) => parts.push(part));
            answer.on('end', () => {
                const { 'content-length': _, connection: __, ...headers } = answer.headers;
                resolve({ headers, body: Buffer.concat(parts).toString('utf8') });
            });
        }).on('error', reject);
    });
}

let browser;
let whole;
before(async () => {
    whole = await fetched();
    browser = await launch();
});
// The browser's own log of the network saw the foreign image too.
after(async () => {
    assert.deepEqual(await browser.close(), [ELSEWHERE, host]);
});

// A visitor who gets the page with a change in it.
async function broken(change) {
    const visitor = await browser.visitor();
    const page = { ...whole, ...change(whole) };
    await visitor.context.route(`${origin}/nl/`, (route) => route.fulfill({ status: 200, ...page }));
    await visitor.go('/nl/');
    return visitor;
}

test('the page as it is passes all', async () => {
    const visitor = await broken(() => ({}));
    for (const check of [axe, keyboard, narrow, leavesNothing, quiet]) {
        await check(visitor);
    }
    await visitor.close();
});

for (const [fault, [change, check, words]] of Object.entries(FAULTS)) {
    test(`noticed: ${fault}`, async () => {
        const visitor = await broken(change);
        await assert.rejects(async () => check(visitor), words);
        await visitor.close();
    });
}

test('a picture that could not be drawn is asked for again, but not for ever and not after another failure', async () => {
    const drawn = (failures, words) => {
        const page = { asked: 0, screenshot: async () => {
            page.asked += 1;
            if (page.asked <= failures) {
                throw new Error(words);
            }
        } };
        return page;
    };
    const words = 'Protocol error (Page.captureScreenshot): Unable to capture screenshot';
    const twice = drawn(2, words);
    await picture(twice, 'a.png');
    assert.equal(twice.asked, 3);
    const always = drawn(9, words);
    await assert.rejects(picture(always, 'a.png'), /Unable to capture/);
    assert.equal(always.asked, 3);
    const closed = drawn(9, 'Target page, context or browser has been closed');
    await assert.rejects(picture(closed, 'a.png'), /been closed/);
    assert.equal(closed.asked, 1);
});
