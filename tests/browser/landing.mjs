// The landing page at work: a room is made and named, guests are invited, and no server hears of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { host, launch, origin } from './browser.mjs';
import { accessible, leavesNothing, quiet, reflows } from './checks.mjs';
import { tabTo } from './keyboard.mjs';

const WORDS = {
    nl: {
        start: /^Direct beeldbellen$/,
        own: /^Liever een eigen naam/,
        name: /^Naam voor de nieuwe ruimte$/,
        make: /^Maak deze ruimte$/,
        digits: /^Zet er cijfers achter$/,
        weak: /te makkelijk te raden/,
        strong: /moeilijk genoeg/,
        leaks: [/waar het gesprek over gaat/, /naam van een persoon/],
        link: /^Link voor de gasten$/,
        text: /^Tekst voor uw mail$/,
        copyLink: /^Kopieer de link$/,
        copyText: /^Kopieer de tekst$/,
        copied: /^Gekopieerd/,
        mail: /mailprogramma/,
        calendar: /^Bewaar voor de agenda$/,
        saved: /agendabestand is gemaakt/,
        host: /^Begin als gastheer$/,
        subject: /^Onderwerp$/,
        at: /^Begint op$/,
        minutes: /^Duurt/,
        when: 'Wanneer: dinsdag 1 december 2026 om 19.30 uur (',
        known: /^Naam of link van de ruimte$/
    },
    en: {
        start: /^Start a video call$/,
        own: /^Rather a name of your own/,
        name: /^Name of the new room$/,
        make: /^Make this room$/,
        digits: /^Add digits$/,
        weak: /too easy to guess/,
        strong: /hard enough/,
        leaks: [/what the conversation is about/, /person’s name/],
        link: /^Link for the guests$/,
        text: /^Text for your mail$/,
        copyLink: /^Copy the link$/,
        copyText: /^Copy the text$/,
        copied: /^Copied/,
        mail: /mail program/,
        calendar: /^Save for the calendar$/,
        saved: /calendar file is made/,
        host: /^Start as the meeting host$/,
        subject: /^Subject$/,
        at: /^Begins at$/,
        minutes: /^Takes/,
        when: 'When: Tuesday 1 December 2026 at 19:30 (',
        known: /^Name or link of the room$/
    },
    de: {
        start: /^Videogespräch starten$/,
        own: /^Lieber ein eigener Name/,
        name: /^Name des neuen Raums$/,
        make: /^Diesen Raum anlegen$/,
        digits: /^Ziffern anhängen$/,
        weak: /zu leicht zu erraten/,
        strong: /schwer genug/,
        leaks: [/worum es in dem Gespräch geht/, /Name einer Person/],
        link: /^Link für die Gäste$/,
        text: /^Text für Ihre E-Mail$/,
        copyLink: /^Link kopieren$/,
        copyText: /^Text kopieren$/,
        copied: /^Kopiert/,
        mail: /E-Mail-Programm/,
        calendar: /^Für den Kalender speichern$/,
        saved: /Kalenderdatei ist erstellt/,
        host: /^Als Gastgeber beginnen$/,
        subject: /^Betreff$/,
        at: /^Beginnt am$/,
        minutes: /^Dauert/,
        when: 'Wann: Dienstag, 1. Dezember 2026 um 19:30 Uhr (',
        known: /^Name oder Link des Raums$/
    },
    fr: {
        start: /^Démarrer un appel vidéo$/,
        own: /^Vous préférez choisir le nom/,
        name: /^Nom de la nouvelle salle$/,
        make: /^Créer cette salle$/,
        digits: /^Ajouter des chiffres$/,
        weak: /trop facile à deviner/,
        strong: /assez difficile/,
        leaks: [/le sujet de la conversation/, /le nom d’une personne/],
        link: /^Lien pour les invités$/,
        text: /^Texte pour votre e-mail$/,
        copyLink: /^Copier le lien$/,
        copyText: /^Copier le texte$/,
        copied: /^Copié/,
        mail: /votre messagerie/,
        calendar: /^Enregistrer pour l’agenda$/,
        saved: /fichier d’agenda est créé/,
        host: /^Commencer comme organisateur$/,
        subject: /^Objet$/,
        at: /^Commence le$/,
        minutes: /^Durée/,
        when: 'Quand\u00a0: mardi 1er décembre 2026 à 19 h 30 (',
        known: /^Nom ou lien de la salle$/
    }
};

let browser;
before(async () => {
    browser = await launch();
});
after(async () => {
    assert.deepEqual(await browser.close(), [host], 'somebody else was asked');
});

// The page in each language, with a narrow dark and a wide light window.
async function inEachLanguage(look) {
    const ways = [['nl', { width: 1280 }], ['en', { width: 360, scheme: 'dark' }], ['de', { width: 360 }], ['fr', { width: 1280, scheme: 'dark' }]];
    for (const [language, wishes] of ways) {
        const visitor = await browser.visitor({ language, ...wishes });
        // What was copied is read back.
        await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
        await visitor.go(`/${language}/`);
        await look(visitor, WORDS[language]);
        quiet(visitor);
        await visitor.close();
    }
}

const button = (page, name) => page.getByRole('button', { name });
const field = (page, name) => page.getByLabel(name);

test('one button makes a room, and everything for its guests without a request', () => inEachLanguage(async (visitor, words) => {
    const { page } = visitor;
    await tabTo(page, 'button', words.start);
    const asked = visitor.requests.length;
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2', 'the focus goes to what is new');
    const link = await field(page, words.link).inputValue();
    assert.match(link, new RegExp(`^${origin}/[0-9]{20}$`));
    const room = link.slice(origin.length + 1);
    assert.equal(await page.getByRole('link', { name: words.host }).getAttribute('href'), `/door?room=${room}`);
    assert.ok(await button(page, words.calendar).isDisabled(), 'there is no time yet');

    await field(page, words.subject).fill('Thee; koffie, \u202ecake {link}');
    await field(page, words.at).fill('2026-12-01T19:30');
    await field(page, words.minutes).fill('45');
    const text = await field(page, words.text).inputValue();
    assert.ok(text.startsWith('Thee; koffie, cake {link}\n\n') && text.includes(words.when), text);
    assert.ok(new RegExp(`^(?:Link:|Lien\\u00a0:) ${link}$`, 'm').test(text) && text.includes(`${origin}/privacy/`) && text.includes('Voorbeeldstad'), text);
    assert.ok(!/jwt|\/door/.test(text), 'what the meeting host uses is told to nobody');

    const mail = new URL(await page.getByRole('link', { name: words.mail }).getAttribute('href'));
    assert.equal(mail.pathname, '');
    assert.equal(mail.searchParams.get('subject'), 'Thee; koffie, cake {link}');
    assert.equal(mail.searchParams.get('body'), text.replace(/\n/g, '\r\n'));

    for (const copy of [words.copyLink, words.copyText]) {
        await tabTo(page, 'button', copy);
        await page.keyboard.press('Enter');
        await page.getByRole('status').getByText(words.copied).filter({ visible: true }).first().waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), copy === words.copyLink ? link : text);
    }
    const saving = page.waitForEvent('download');
    await button(page, words.calendar).click();
    const saved = await saving;
    assert.equal(saved.suggestedFilename(), `${room}.ics`);
    const lines = readFileSync(await saved.path(), 'utf8').replace(/\r\n /g, '').split('\r\n');
    for (const line of ['BEGIN:VCALENDAR', 'CLASS:PRIVATE', `LOCATION:${link}`, 'SUMMARY:Thee\\; koffie\\, cake {link}', 'END:VCALENDAR']) {
        assert.ok(lines.includes(line), line);
    }
    await page.getByRole('status').getByText(words.saved).filter({ visible: true }).waitFor();
    assert.equal(visitor.requests.length, asked, 'a server hears of the room');
    await visitor.shot(`landing-made-${visitor.language}`);
    await accessible(page);
    await leavesNothing(visitor);
    // What one types into a line scrolls inside of it.
    await field(page, words.subject).fill('');
    await reflows(page);
}));

test('a name of one\'s own is judged while it is typed, and made stronger', () => inEachLanguage(async (visitor, words) => {
    const { page } = visitor;
    await page.locator('summary').filter({ hasText: words.own }).click();
    const own = field(page, words.name);
    const remarks = page.getByRole('listitem');
    await own.pressSequentially('Raad');
    await remarks.filter({ hasText: words.weak }).waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await own.getAttribute('aria-invalid'), 'true');
    assert.ok(await own.evaluate((element) => element === document.activeElement), 'the focus stays where the fault is');
    assert.ok(await field(page, words.link).isHidden(), 'no room is made of it');
    await accessible(page);

    await button(page, words.digits).click();
    assert.match(await own.inputValue(), /^raad-[0-9]{11}$/);
    await remarks.filter({ hasText: words.strong }).waitFor();
    await own.fill('SollicitatiegesprekJanJansen');
    for (const leak of words.leaks) {
        await remarks.filter({ hasText: leak }).waitFor();
    }
    await visitor.shot(`landing-name-${visitor.language}`);
    await accessible(page);
    await own.fill('Kamer Zes 7135824690');
    await button(page, words.make).click();
    assert.equal(await field(page, words.link).inputValue(), `${origin}/kamer-zes-7135824690`);
}));

test('a room that one knows is found by its name and by its link', () => inEachLanguage(async (visitor, words) => {
    const { page } = visitor;
    await field(page, words.known).fill('https://elsewhere.example.org/kamer');
    await page.keyboard.press('Enter');
    assert.equal(await field(page, words.known).getAttribute('aria-invalid'), 'true');
    await accessible(page);
    for (const typed of ['Kamer Zes 7135824690', `${origin}/kamer-zes-7135824690?x=y`]) {
        await visitor.go(`/${visitor.language}/`);
        await field(page, words.known).fill(typed);
        await page.keyboard.press('Enter');
        await page.waitForURL(`${origin}/kamer-zes-7135824690`);
    }
    // The room itself is Jitsi's page, of which this stage has no more than the outline.
    visitor.complaints = [];
}));
