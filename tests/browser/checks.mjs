// What each page has to stand; every check throws with what is wrong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { origin } from './browser.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Every rule of axe: also the best practices, the strictest level, and those on trial. None is left out.
export async function accessible(page) {
    const found = await page.evaluate(async (source) => {
        if (!globalThis.axe) {
            (0, eval)(source);
        }
        const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
        const results = await axe.run(document, { rules, resultTypes: ['violations', 'incomplete'] });
        const short = ({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`);
        // Axe sees no colour of what is scrolled away in a narrow window; a wide one shows it all.
        const away = (element) => element && (element.scrollWidth > element.clientWidth
            && getComputedStyle(element).overflowX === 'auto' || away(element.parentElement));
        // That something is hidden is no doubt: who unhides it in a test looks again.
        const doubts = results.incomplete.filter(({ id }) => id !== 'hidden-content').map((result) => {
            const visible = (node) => !result.id.startsWith('color-contrast') || !away(document.querySelector(node.target[0]));
            return { ...result, nodes: result.nodes.filter(visible) };
        });
        return {
            violations: results.violations.flatMap(short),
            incomplete: doubts.flatMap(short),
            passed: results.passes.length
        };
    }, axe);
    assert.deepEqual(found.violations, [], 'axe finds violations');
    assert.deepEqual(found.incomplete, [], 'axe cannot decide');
    assert.ok(found.passed > 15, `axe looked at ${found.passed} rules alone`);
}

// Nobody else was asked, nothing broke the policy, nothing failed. Only the door's pages tell whence one comes, and
// they tell the door: its form has to say its origin.
export function quiet(visitor) {
    const foreign = visitor.requests.map((request) => request.url()).filter((url) => new URL(url).origin !== origin);
    assert.deepEqual(foreign, [], 'somebody else was asked');
    assert.deepEqual(visitor.faults(), [], 'the browser complains');
    for (const request of visitor.requests) {
        const told = request.headers().referer ?? '';
        assert.match(told, new RegExp(`^$|^${origin}/door`), `${request.url()} hears where the visitor came from`);
        assert.doesNotMatch(`${told} ${request.url()}`, /jwt|eyJ/, 'a token is on its way');
    }
}

// Nothing stays in the browser but the named cookies.
export async function leavesNothing(visitor, cookies = []) {
    assert.deepEqual((await visitor.context.cookies()).map(({ name }) => name), cookies, 'a cookie stays');
    const kept = await visitor.page.evaluate(async () => ({
        local: localStorage.length,
        session: sessionStorage.length,
        databases: (await indexedDB.databases()).length,
        caches: (await caches.keys()).length,
        workers: (await navigator.serviceWorker.getRegistrations()).length
    }));
    assert.deepEqual(kept, { local: 0, session: 0, databases: 0, caches: 0, workers: 0 }, 'something stays');
}

// Nothing is cut off or needs scrolling in two directions at 320 CSS pixels, which is 1280 at 400 % (WCAG 1.4.10),
// also with the text spaced as widely as a reader may want it (WCAG 1.4.12).
export async function reflows(page) {
    const before = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 256 });
    for (const spaced of [false, true]) {
        const wide = await page.evaluate((spaced) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(spaced ? `* { line-height: 1.5 !important; letter-spacing: .12em !important;
                word-spacing: .16em !important; } p { margin-bottom: 2em !important; }` : '');
            document.adoptedStyleSheets = [sheet];
            const room = document.documentElement.clientWidth;
            const scrolls = (element) => element && (['auto', 'scroll'].includes(getComputedStyle(element).overflowX)
                || scrolls(element.parentElement));
            const cut = (element) => /hidden|clip/.test(getComputedStyle(element).overflow)
                && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
            const wrong = [...document.body.querySelectorAll('*')].filter((element) => cut(element)
                || (element.getBoundingClientRect().right > room + .5 && !scrolls(element.parentElement)));
            const found = wrong.map((element) => `${element.outerHTML.slice(0, 120)} at ${element.getBoundingClientRect().right}`);
            if (document.documentElement.scrollWidth > room) {
                found.push(`the page is ${document.documentElement.scrollWidth} wide`);
            }
            document.adoptedStyleSheets = [];
            return found;
        }, spaced);
        assert.deepEqual(wide, [], spaced ? 'spaced text does not fit' : 'the page does not fit');
    }
    await page.setViewportSize(before);
}
