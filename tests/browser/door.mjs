// The door: each of its pages, and the way through it for a visitor with a keyboard, a screen reader or no script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { host, launch, origin } from './browser.mjs';
import { accessible, leavesNothing, quiet, reflows } from './checks.mjs';
import { tabs, tabTo } from './keyboard.mjs';
import { accounts, codeOf, open } from './service.mjs';

const ROOM = '48261937205518364097';
const STATE = JSON.stringify({ room: ROOM, roomSafe: ROOM, tenant: '', 'config.startWithAudioMuted': true });
const door = (language, room = ROOM) => `/door?room=${room}&state=${encodeURIComponent(STATE)}&lang=${language}`;
const COOKIE = '__Host-vc4all-door';
const LANGUAGES = { nl: 'en', en: 'de', de: 'fr', fr: 'nl' };
const [clerk, member, chair, scribe] = accounts;
const WORDS = {
    nl: { account: /^Account$/, passphrase: /^Wachtzin$/, code: /^Code$/, stay: /^Aangemeld blijven/, enter: /^Inloggen$/, failed: /^Niet gelukt: /, open: /^Open de ruimte$/, out: /^Afmelden$/, refused: /Dat klopt niet/ },
    en: { account: /^Account$/, passphrase: /^Passphrase$/, code: /^Code$/, stay: /^Stay signed in/, enter: /^Log in$/, failed: /^That did not work: /, open: /^Open the room$/, out: /^Sign out$/, refused: /That is not right/ },
    de: { account: /^Konto$/, passphrase: /^Passphrase$/, code: /^Code$/, stay: /angemeldet bleiben$/, enter: /^Anmelden$/, failed: /^Nicht gelungen: /, open: /^Raum öffnen$/, out: /^Abmelden$/, refused: /Die Angaben stimmen nicht/ },
    fr: { account: /^Compte$/, passphrase: /^Phrase de passe$/, code: /^Code$/, stay: /^Rester connecté/, enter: /^Se connecter$/, failed: /^Échec: /, open: /^Ouvrir la salle$/, out: /^Se déconnecter$/, refused: /Ce n’est pas correct/ }
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

// Presses a button and waits for the page of that status.
async function send(visitor, button, status) {
    const answered = visitor.page.waitForResponse((response) => response.request().method() === 'POST');
    const arrived = visitor.page.waitForEvent('framenavigated');
    await button();
    const [answer] = await Promise.all([answered, arrived]);
    assert.equal(answer.status(), status);
    await visitor.page.waitForLoadState('load');
    if (status >= 400) {
        visitor.forgive(answer.url(), status);
    }
    return answer;
}

async function fill({ page }, account, code) {
    await page.locator('#account').fill(account.account);
    await page.locator('#passphrase').fill(account.passphrase);
    await page.locator('#code').fill(code);
}

// The same with the phone left at home.
async function recover(visitor, account) {
    await fill(visitor, account, '');
    await visitor.page.locator('summary').click();
    await visitor.page.locator('#recovery').fill(account.recovery.pop());
}

// What the token in the room's address says, and that there is nothing else of it in the browser.
async function inTheRoom({ page }) {
    await page.waitForURL((url) => url.pathname === `/${ROOM}`);
    const { hash, referrer } = await page.evaluate(() => ({ hash: location.hash, referrer: document.referrer }));
    const [jwt, ...switches] = hash.slice(1).split('&');
    assert.deepEqual(switches, ['config.prejoinConfig.enabled=false', 'config.startWithAudioMuted=true']);
    assert.doesNotMatch(referrer, /jwt|eyJ/);
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString('utf8'));
    assert.equal(claims.room, ROOM);
    assert.equal(claims.sub, host);
    return claims;
}

// Each name may be wrong a few times only.
let strangers = 0;
const stranger = () => `nobody-${(strangers += 1)}`;

// Every page that the door has, with what it takes to see it.
const PAGES = {
    'log-in': (visitor) => visitor.go(door(visitor.language)),
    refused: async (visitor) => {
        await visitor.go(door(visitor.language));
        await fill(visitor, { account: stranger(), passphrase: 'not this one' }, '123456');
        await send(visitor, () => visitor.page.keyboard.press('Enter'), 403);
    },
    'no-phone': async (visitor) => {
        await visitor.go(door(visitor.language));
        await visitor.page.locator('summary').focus();
        await visitor.page.keyboard.press('Enter');
        await visitor.page.locator('#recovery').waitFor();
        await visitor.page.evaluate(() => document.activeElement.blur());
    },
    choose: (visitor) => visitor.go(`/door?lang=${visitor.language}`),
    guessable: (visitor) => visitor.go(door(visitor.language, 'overleg'), 400),
    notice: (visitor) => visitor.go(`/door/open?lang=${visitor.language}`, 405),
    'signed-in': async (visitor) => {
        await visitor.go(door(visitor.language));
        await recover(visitor, clerk.recovery.length > 0 ? clerk : scribe);
        await visitor.page.locator('#stay').check();
        await send(visitor, () => visitor.page.keyboard.press('Enter'), 303);
        await visitor.go(door(visitor.language));
        await visitor.page.getByRole('button', { name: WORDS[visitor.language].open }).waitFor();
    }
};

async function everywhere(wishes, look, languages = Object.keys(LANGUAGES)) {
    for (const language of languages) {
        const visitor = await browser.visitor({ language, ...wishes });
        for (const [name, reach] of Object.entries(PAGES)) {
            await reach(visitor);
            assert.equal(await visitor.page.locator('html').getAttribute('lang'), language);
            await look(visitor, `door-${name}-${language}`, name === 'signed-in' ? [COOKIE] : []);
        }
        await visitor.close();
    }
}

for (const [width, scheme] of [[1280, 'light'], [360, 'dark']]) {
    test(`no rule of axe is broken, ${width} wide, ${scheme}`, () => everywhere({ width, scheme }, async (visitor, name, cookies) => {
        await visitor.shot(`${name}-${width}-${scheme}`);
        await accessible(visitor.page);
        await leavesNothing(visitor, cookies);
        quiet(visitor);
    }));
}

test('a keyboard reaches everything, and nothing is cut off at 400 %', () => everywhere({}, async (visitor, name) => {
    const said = await tabs(visitor.page);
    if (name.includes('log-in')) {
        const fields = said.filter(({ role }) => role === 'textbox');
        assert.deepEqual(fields.map(({ required }) => required), [true, true, false]);
        assert.ok(fields[2].description.length > 20, 'what a code is, is not said');
    }
    await reflows(visitor.page);
    // German has the longest words.
}, ['nl', 'de']));

test('a refusal is heard, keeps the account and not the passphrase, and leaves no cookie', async () => {
    for (const language of Object.keys(LANGUAGES)) {
        const visitor = await browser.visitor({ language });
        await PAGES.refused(visitor);
        const { page } = visitor;
        assert.match(await page.getByRole('alert').innerText(), WORDS[language].refused);
        assert.match(await page.title(), WORDS[language].failed);
        const focused = await tabTo(page, 'textbox', WORDS[language].passphrase);
        assert.match(focused.description, WORDS[language].refused);
        assert.match(await page.locator('#account').inputValue(), /^nobody-/);
        assert.equal(await page.locator('#passphrase').inputValue(), '');
        assert.equal(await page.locator('#code').inputValue(), '');
        await leavesNothing(visitor);
        quiet(visitor);
        await visitor.close();
    }
});

test('a keyboard alone leads through the door into the room, and back out', async () => {
    const visitor = await browser.visitor();
    const { page } = visitor;
    const words = WORDS.nl;
    await visitor.go(door('nl'));
    await tabTo(page, 'textbox', words.account);
    await page.keyboard.type(member.account);
    await page.keyboard.press('Tab');
    await page.keyboard.type(member.passphrase);
    await page.keyboard.press('Tab');
    await page.keyboard.type(codeOf(member.appKey));
    await tabTo(page, 'checkbox', words.stay);
    await page.keyboard.press('Space');
    await leavesNothing(visitor);
    const before = Date.now() / 1000;
    await tabTo(page, 'button', words.enter);
    await send(visitor, () => page.keyboard.press('Enter'), 303);
    const claims = await inTheRoom(visitor);
    assert.equal(claims.context.user.name, 'De raadslid');
    const [cookie, ...others] = await visitor.context.cookies();
    assert.deepEqual(others, []);
    const { name, domain, path, secure, httpOnly, sameSite } = cookie;
    assert.deepEqual({ name, domain, path, secure, httpOnly, sameSite }, { name: COOKIE, domain: host, path: '/', secure: true, httpOnly: true, sameSite: 'Strict' });
    assert.ok(Math.abs(cookie.expires - before - 7 * 86_400) < 60, 'the cookie lives as long as the page says');

    // Once signed in, one button opens the next room.
    await visitor.go(door('nl'));
    await tabTo(page, 'button', words.open);
    await send(visitor, () => page.keyboard.press('Enter'), 303);
    await inTheRoom(visitor);

    await visitor.go(door('nl'));
    await tabTo(page, 'button', words.out);
    await send(visitor, () => page.keyboard.press('Enter'), 303);
    await page.locator('#passphrase').waitFor();
    await leavesNothing(visitor);
    quiet(visitor);
    await visitor.close();
});

test('the token is in the address of the room alone: no request, no referrer, no page before it', async () => {
    const visitor = await browser.visitor({ language: 'en' });
    const { page } = visitor;
    await visitor.go(door('en'));
    await fill(visitor, chair, codeOf(chair.appKey));
    await send(visitor, () => page.getByRole('button', { name: WORDS.en.enter }).click(), 303);
    await inTheRoom(visitor);
    await leavesNothing(visitor);
    await page.goBack();
    assert.equal(page.url(), `${origin}${door('en')}`);
    assert.equal(await page.locator('#passphrase').inputValue(), '', 'the passphrase is in the page');
    quiet(visitor);
    await visitor.close();
});

test('without script the door works as well', async () => {
    for (const [language, other] of Object.entries(LANGUAGES)) {
        const visitor = await browser.visitor({ language, script: false });
        const { page } = visitor;
        await visitor.go(door(language));
        await page.getByRole('navigation').locator(`a[lang=${other}]`).click();
        await page.locator(`html[lang=${other}]`).waitFor({ state: 'attached' });
        assert.equal(await page.locator('form input[name=room]').inputValue(), ROOM, 'the room is lost');
        await recover(visitor, chair);
        await send(visitor, () => page.getByRole('button', { name: WORDS[other].enter }).click(), 303);
        await inTheRoom(visitor);
        quiet(visitor);
        await visitor.close();
    }
});

test('a form from another site opens nothing', async () => {
    const other = await launch();
    const visitor = await other.visitor();
    const { page } = visitor;
    await visitor.context.route('https://elsewhere.example/', (route) => route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><form method="post" action="${origin}/door"><input name="room" value="${ROOM}">
            <input name="account" value="${chair.account}"><input name="passphrase" value="${chair.passphrase}">
            <input name="code" value="${chair.recovery.pop()}"><button>1</button></form>`
    }));
    await page.goto('https://elsewhere.example/');
    await send(visitor, () => page.getByRole('button').click(), 403);
    assert.equal(new URL(page.url()).hash, '');
    assert.deepEqual(await visitor.context.cookies(), []);
    await other.close();
});
