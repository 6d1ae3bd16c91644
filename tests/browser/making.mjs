// From the landing page through the door, with a keyboard alone, and what a screen reader hears on the way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { host, launch, origin } from './browser.mjs';
import { accessible, leavesNothing, quiet, reflows } from './checks.mjs';
import { heard, tabs, tabTo } from './keyboard.mjs';
import { open } from './service.mjs';

const WORDS = {
    nl: {
        start: /^Direct beeldbellen$/, own: /^Liever een eigen naam/, name: /^Naam voor de nieuwe ruimte$/, weak: /te makkelijk te raden/,
        stronger: /^Zet er cijfers achter$/, make: /^Maak deze ruimte$/, made: /^Uw nieuwe ruimte$/, enter: /^Begin als gastheer$/,
        known: /^Naam of link van de ruimte$/, empty: /Vul de naam of de link in/, log: /^Inloggen/
    },
    en: {
        start: /^Start a video call$/, own: /name of your own/, name: /^Name (of|for) the new room$/, weak: /too easy to guess/,
        stronger: /^Add digits/, make: /^Make this room$/, made: /^Your new room$/, enter: /as (the )?meeting host$/,
        known: /^Name or link of the room$/, empty: /Fill in the name or the link/, log: /^Log in/
    }
};

let browser;
let close;
before(async () => {
    close = await open();
    browser = await launch();
});
after(async () => {
    close();
    assert.deepEqual(await browser.close(), [host], 'somebody else was asked');
});

async function each(wishes, look) {
    for (const language of Object.keys(WORDS)) {
        const visitor = await browser.visitor({ language, ...wishes });
        await visitor.go(`/${language}/`);
        await look(visitor, WORDS[language], language);
        quiet(visitor);
        await visitor.close();
    }
}

async function make({ page }, words) {
    await tabTo(page, 'button', words.start);
    await page.keyboard.press('Enter');
    assert.match((await heard(page)).name, words.made, 'the new room is not announced');
    return page.locator('#link').inputValue();
}

test('a room is made and opened with a keyboard alone', () => each({}, async (visitor, words) => {
    const { page } = visitor;
    const link = await make(visitor, words);
    assert.match(link, new RegExp(`^${origin}/\\d{16,40}$`));
    await leavesNothing(visitor);
    await tabTo(page, 'link', words.enter);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === '/door');
    assert.equal(await page.locator('form input[name=room]').inputValue(), link.slice(origin.length + 1));
    assert.match(await page.getByRole('heading', { level: 1 }).innerText(), words.log);
}));

for (const [width, scheme] of [[1280, 'light'], [360, 'dark']]) {
    test(`what the page shows later stands the same checks, ${width} wide, ${scheme}`, () => each({ width, scheme }, async (visitor, words, language) => {
        const { page } = visitor;
        await make(visitor, words);
        await page.locator('summary').click();
        await page.locator('#at').fill('2026-12-01T19:30');
        await visitor.shot(`landing-made-${language}-${width}-${scheme}`);
        await accessible(page);
        await page.evaluate(() => document.querySelectorAll('[data-remark]').forEach((line) => {
            line.hidden = false;
        }));
        await visitor.shot(`landing-remarks-${language}-${width}-${scheme}`);
        await accessible(page);
        await reflows(page);
        await leavesNothing(visitor);
    }));
}

test('Tab reaches all that the page shows later', () => each({}, async (visitor, words) => {
    const { page } = visitor;
    await make(visitor, words);
    await page.locator('summary').click();
    await page.locator('#at').fill('2026-12-01T19:30');
    await page.evaluate(() => document.activeElement.blur());
    const said = await tabs(page);
    assert.ok(said.length > 15, `only ${said.length} stops`);
}));

test('a name that is easy to guess is refused aloud, and digits help', () => each({}, async (visitor, words) => {
    const { page } = visitor;
    await tabTo(page, 'DisclosureTriangle', words.own);
    await page.keyboard.press('Enter');
    await tabTo(page, 'textbox', words.name);
    await page.keyboard.type('overleg');
    await page.keyboard.press('Enter');
    const refused = await heard(page);
    assert.match(refused.name, words.name, 'the field has lost the focus');
    assert.equal(refused.invalid, 'true');
    assert.match(refused.description, words.weak);
    const remark = page.locator('[data-remark=weak]:visible');
    assert.equal(await remark.locator('xpath=ancestor::*[@aria-live]').count(), 1, 'nobody hears it');
    await tabTo(page, 'button', words.stronger);
    await page.keyboard.press('Enter');
    assert.equal((await heard(page)).invalid, 'false');
    await tabTo(page, 'button', words.make);
    await page.keyboard.press('Enter');
    assert.match(await page.locator('#link').inputValue(), /\/overleg-?\d{6,}$/);
}));

test('a room that one knows is reached by its name or its link', () => each({}, async (visitor, words, language) => {
    const { page } = visitor;
    for (const typed of ['Kamer-48261937', `${origin}/Kamer-48261937`]) {
        await visitor.go(`/${language}/`);
        await tabTo(page, 'textbox', words.known);
        await page.keyboard.press('Enter');
        const refused = await heard(page);
        assert.equal(refused.invalid, 'true');
        assert.match(refused.description, words.empty);
        await page.keyboard.type(typed);
        await page.keyboard.press('Enter');
        await page.waitForURL((url) => url.pathname.toLowerCase() === '/kamer-48261937');
    }
}));
