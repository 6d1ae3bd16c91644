"use strict";
// How hard a room's name is to guess, in whole bits. Examples: tests/names/strength.json.
const LETTER = 470;
const LETTER_OF_A_WORD = 150;
const DIGIT = 332;

// Digits that are all the same, that go up or down by one (0 follows 9), or that are a year from 1900 to 2099.
function isOneDigitsWorth(digits) {
    const steps = new Set(Array.from(digits).slice(1).map((digit, at) => (10 + Number(digit) - Number(digits[at])) % 10));
    return /^(?:19|20)\d\d$/.test(digits) || steps.size === 0 || (steps.size === 1 && /^[019]$/.test([...steps][0]));
}

function worthOf(row) {
    const length = Array.from(row).length;
    if (/^[0-9]/.test(row)) {
        return isOneDigitsWorth(row) ? DIGIT : length * DIGIT;
    }
    return length <= 2 ? length * LETTER : length * LETTER_OF_A_WORD;
}

function bitsOf(name) {
    const rows = name.match(/[0-9]+|[a-zA-Z\u{80}-\u{10ffff}]+/gu) || [];
    return Math.floor(rows.reduce((sum, row) => sum + worthOf(row), 0) / 100);
}

// How many random digits a name wants to reach so many bits.
function missingDigits(bits, wanted) {
    return Math.max(0, Math.ceil((wanted - bits) * 100 / DIGIT));
}

// Names a room with digits from the browser's own source of chance, and warns about names that tell too much.

const DIGITS = 20;
const LONG_ENOUGH = 16;

// Words that say what a conversation is about, in Dutch and English; compared without accents and capitals.
const TOPICS = [
    "afspraak", "arts", "bezwaar", "burgemeester", "client", "consult", "coach", "diagnose", "directie", "echtscheiding",
    "exit", "faillissement", "functioner", "fusie", "gesprek", "huisarts", "integriteit", "intake", "jeugdzorg", "klacht",
    "loon", "mediation", "ontslag", "onderzoek", "overleg", "patient", "politie", "psycholoog", "raadslid", "reorganisatie",
    "salaris", "schuld", "sollicitatie", "spreekuur", "therapie", "uitkering", "vergadering", "verzuim", "wethouder",
    "wmo", "ziek", "zorg",
    "appointment", "board", "complaint", "counsel", "debt", "dismissal", "divorce", "doctor", "hearing", "interview",
    "investigation", "lawyer", "meeting", "merger", "patient", "police", "salary", "sick", "therapy"
];

// A byte gives a digit only below 250, so that each of the ten digits has exactly 25 bytes.
function digitOf(byte) {
    return byte < 250 ? String(byte % 10) : "";
}

function randomRoom(fill) {
    const bytes = new Uint8Array(64);
    let room = "";
    while (room.length < DIGITS) {
        fill(bytes);
        for (const byte of bytes) {
            room += digitOf(byte);
        }
    }
    return room.slice(0, DIGITS);
}

function plain(name) {
    return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// The words of a name: runs of letters, cut where a small letter meets a capital.
function wordsOf(name) {
    const parts = name.normalize("NFKC").replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
    return parts.match(/\p{L}[\p{L}\p{M}]*/gu) || [];
}

function isWord(word) {
    return word.length >= 3 && /[aeiouy]/.test(plain(word)) && /[^aeiouy]/.test(plain(word));
}

function looksLikeAPerson(words) {
    const capital = words.filter((word) => /^\p{Lu}\p{Ll}{2,}$/u.test(word));
    const title = words.some((word) => /^(dhr|mevr|mw|meneer|mevrouw|dr|drs|ir|mr|mrs|ms)$/.test(plain(word)));
    const particle = words.some((word) => /^(van|de|der|den|ter|ten|el|al|von|ben)$/.test(plain(word)));
    return capital.length >= 2 || (title && words.length >= 2) || (particle && capital.length >= 1);
}

function hasADate(name) {
    const groups = name.match(/\d+/g) || [];
    const year = (text) => /^(19|20)\d\d$/.test(text);
    const together = groups.some((text) => text.length === 8
        && (year(text.slice(0, 4)) && Number(text.slice(4, 6)) <= 12 && Number(text.slice(6)) <= 31
            || year(text.slice(4)) && Number(text.slice(2, 4)) <= 12 && Number(text.slice(0, 2)) <= 31));
    return together || groups.some(year)
        || /(januari|februari|maart|april|juni|juli|augustus|september|oktober|november|december|january|february|march|june|july|august|october|monday|maandag|dinsdag|woensdag|donderdag|vrijdag|tuesday|wednesday|thursday|friday)/.test(plain(name));
}

function isAPattern(name) {
    const marks = new Set(name);
    const steps = new Set(Array.from(name).slice(1).map((mark, at) => mark.charCodeAt(0) - name.charCodeAt(at)));
    return name.length > 0 && (marks.size < 5 || steps.size <= 2);
}

// The kinds of warning that a name deserves, in the order in which the page shows them.
function warningsFor(name) {
    const words = wordsOf(name);
    const found = {
        characters: !/^[\p{L}\p{N}_-]*$/u.test(name),
        short: name.length < LONG_ENOUGH,
        pattern: /^\d+$/.test(name) && isAPattern(name),
        date: hasADate(name),
        topic: TOPICS.some((topic) => plain(name).includes(topic)),
        person: looksLikeAPerson(words),
        words: words.some(isWord)
    };
    return name === "" ? [] : Object.keys(found).filter((kind) => found[kind]);
}

function show(name) {
    const kinds = warningsFor(name);
    for (const line of document.querySelectorAll("[data-warning]")) {
        line.hidden = !kinds.includes(line.dataset.warning);
    }
    return kinds;
}

function begin() {
    for (const part of document.querySelectorAll(".needs-script")) {
        part.hidden = false;
    }
    const field = document.getElementById("room");
    document.getElementById("start").addEventListener("click", () => {
        location.assign("/" + randomRoom((bytes) => crypto.getRandomValues(bytes)));
    });
    field.addEventListener("input", () => show(field.value.trim()));
    document.getElementById("own-form").addEventListener("submit", (event) => {
        event.preventDefault();
        const name = field.value.trim();
        if (name === "" || show(name).includes("characters")) {
            field.focus();
        } else {
            location.assign("/" + encodeURIComponent(name));
        }
    });
}

begin();
