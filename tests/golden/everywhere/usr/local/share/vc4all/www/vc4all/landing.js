"use strict";
const NAMES = {
"topics": {
"anywhere": [
"bezwaar", "burgemeester", "consult", "diagnose", "directie", "echtscheiding", "faillissement", "functioner", "huisarts", "integriteit", "jeugdzorg", "jeugdhulp", "klacht", "mediation", "ontslag", "onderzoek", "patient", "politie", "psychiater", "psycholoog", "raadslid", "reorganisatie", "salaris", "schuldhulp", "schulden", "sollicitatie", "spreekuur", "therapie", "therapeut", "uitkering", "verslaving", "vertrouwelijk", "verzuim", "voogdij", "wethouder", "ziekmelding",
"appraisal", "bankruptcy", "complaint", "counsel", "diagnosis", "dismissal", "divorce", "doctor", "hearing", "interview", "investigation", "lawyer", "medical", "mediator", "performance", "police", "psychologist", "redundancy", "reorganisation", "reorganization", "salary", "therapist", "therapy",
"beschwerde", "bewerbung", "burgermeister", "ermittlung", "insolvenz", "krankmeldung", "kundigung", "schuldenberatung", "sprechstunde", "steuerprufung", "vertraulich", "vorstellungsgesprach",
"avocat", "candidature", "confidentiel", "dettes", "embauche", "enquete", "faillite", "licenciement", "medecin", "plainte", "psychologue", "salaire"
],
"at the start": [
"advocaat", "arts", "bijstand", "client", "coach", "dossier", "exit", "fusie", "ggz", "intake", "loon", "mdo", "schuld", "vog", "wia", "wlz", "wmo", "ziek", "zorg",
"audit", "board", "debt", "fraud", "hr", "merger", "sick", "tax",
"anwalt", "arzt", "gehalt", "jugendamt", "krank", "polizei", "scheidung", "sozialamt", "vorstand"
]
},
"people": {
"titles": ["dhr", "mevr", "mevrouw", "meneer", "mw", "dr", "drs", "ir", "ing", "mr", "mrs", "ms", "miss", "prof", "herr", "frau", "monsieur", "madame", "mme", "mlle"],
"particles": ["van", "de", "der", "den", "het", "ter", "ten", "te", "el", "al", "von", "ben", "bin", "mac", "mc"],
"first names": [
"ahmed", "aisha", "ali", "amina", "anita", "anna", "anne", "anneke", "annemiek", "anouk", "arjan", "astrid", "bart", "bas", "bert", "bram", "carla", "charlotte", "chris", "corrie", "daan", "danny", "dennis", "diana", "dirk", "edwin", "eline", "ellen", "els", "emma", "emre", "erik", "esther", "eva", "fatima", "femke", "floor", "frank", "fred", "geert", "gerard", "gerrit", "hannah", "hans", "harry", "hassan", "henk", "ibrahim", "ingrid", "irene", "iris", "jaap", "jack", "jacob", "jan", "janneke", "jasper", "jeroen", "jesse", "johan", "john", "jolanda", "joost", "joris", "karin", "kees", "khadija", "kim", "klaas", "laura", "lars", "leo", "lies", "linda", "lisa", "lotte", "luuk", "maaike", "maarten", "marco", "margriet", "maria", "marieke", "marijke", "mario", "marjan", "martijn", "mehmet", "michiel", "mieke", "mohamed", "mohammed", "monique", "mustafa", "nienke", "noor", "omar", "patrick", "paul", "peter", "petra", "piet", "pieter", "remco", "rene", "richard", "rob", "robert", "roel", "ruud", "samira", "sander", "sanne", "sara", "sjoerd", "sofie", "stefan", "susan", "suzanne", "sven", "thijs", "thomas", "tim", "tineke", "tom", "ton", "willem", "wim", "wouter", "yusuf", "yvonne",
"alice", "amy", "andrew", "anthony", "barbara", "brian", "charles", "daniel", "david", "dorothy", "edward", "elizabeth", "emily", "george", "helen", "james", "jane", "jennifer", "jessica", "joseph", "karen", "kate", "kevin", "margaret", "mary", "matthew", "michael", "nancy", "olivia", "sarah", "sophie", "stephen", "steven", "william",
"andreas", "birgit", "claudia", "dieter", "gunther", "heike", "heinz", "jurgen", "klaus", "manfred", "monika", "renate", "sabine", "ulrike", "ursula", "uwe", "wolfgang",
"catherine", "christophe", "francois", "guillaume", "isabelle", "jacques", "jean", "julien", "luc", "marie", "michel", "nathalie", "nicolas", "philippe", "pierre", "sylvie", "veronique"
],
"surnames": [
"bakker", "brouwer", "dekker", "devries", "dijkstra", "hendriks", "hoekstra", "huisman", "jacobs", "jansen", "janssen", "kuiper", "meijer", "mulder", "peters", "postma", "schouten", "smits", "vandenberg", "vanderberg", "vandermeer", "vandijk", "vanleeuwen", "veenstra", "verhoeven", "vermeulen", "visser", "willems",
"anderson", "johnson", "robinson", "smith", "taylor", "thompson", "wilson",
"fischer", "hoffmann", "muller", "schmidt", "schneider", "zimmermann", "dubois", "lefebvre", "moreau", "rousseau"
],
"no names": ["afdeling", "afspraak", "gesprek", "overleg", "raadsvergadering", "vergadering", "appointment", "meeting", "bestuur", "buurt", "demo", "dienst", "gemeente", "groep", "kamer", "net", "online", "plan", "plein", "project", "raad", "raads", "ruimte", "stad", "team", "test", "vereniging", "werk", "wijk", "zaal", "call", "city", "council", "department", "group", "hall", "office", "room", "square", "video", "work", "blauwe", "groene", "rode", "gele", "blue", "green", "red", "yellow", "besprechung", "gemeinde", "gesprach", "gruppe", "raum", "saal", "sitzung", "stadt", "verein", "appel", "association", "equipe", "groupe", "mairie", "reunion", "salle", "ville"]
},
"dates": ["januari", "februari", "maart", "april", "juni", "juli", "augustus", "september", "oktober", "november", "december", "january", "february", "march", "june", "july", "august", "october", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "januar", "februar", "marz", "dezember", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "janvier", "fevrier", "avril", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
"letters": { "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i" },
"pages": ["de", "door", "en", "fr", "http-bind", "nl", "privacy", "vc4all", "xmpp-websocket"]
};

// How hard a room's name is to guess, in whole bits. Examples: tests/names/strength.json.
const LETTER = 470;
const LETTER_OF_A_WORD = 150;
const DIGIT = 332;

// Letters or digits that all go up by one, or all down by one (0 follows 9); beyond ASCII nothing does.
function isSteady(row) {
    const follows = (one, next) => next < 128 && (one + 1 === next || (one === 57 && next === 48));
    const codes = Array.from(row, (character) => character.codePointAt(0));
    const pairs = codes.slice(1).map((next, at) => [codes[at], next]);
    return pairs.every(([one, next]) => follows(one, next)) || pairs.every(([one, next]) => follows(next, one));
}

// A year from 1900 to 2099.
const YEAR = "(?:19|20)[0-9]{2}";
const MONTH = "(?:0[1-9]|1[0-2])";
const DAY = "(?:0[1-9]|[12][0-9]|3[01])";
const ONE_YEAR = new RegExp(`^${YEAR}$`);
const ONE_DATE = new RegExp(`^(?:${YEAR}${MONTH}${DAY}|${DAY}${MONTH}${YEAR})$`);

// A row that is a shorter one again and again counts like the shorter one.
function worthOf(whole) {
    const row = whole.replace(/^(.+?)\1+$/u, "$1");
    const length = Array.from(row).length;
    const single = isSteady(row) || ONE_YEAR.test(row);
    if (/^[0-9]/.test(row)) {
        return (single ? 1 : ONE_DATE.test(row) ? 3 : length) * DIGIT;
    }
    return single ? LETTER : length * (length <= 2 ? LETTER : LETTER_OF_A_WORD);
}

// A row that came before counts nothing.
function bitsOf(name) {
    const small = name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    const rows = new Set(small.match(/[0-9]+|[a-z\u{80}-\u{10ffff}]+/gu) || []);
    return Math.floor(Array.from(rows).reduce((sum, row) => sum + worthOf(row), 0) / 100);
}

// How many random digits a name wants to reach so many bits.
function missingDigits(bits, wanted) {
    return Math.max(0, Math.ceil((wanted - bits) * 100 / DIGIT));
}

// What people type as a name of a room: the address that comes of it, and what it gives away. Examples: tests/names/leaks.json.
const LONGEST = 100;

function plain(text) {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// The room's name in its address, or the reason why there is none.
function addressOf(typed) {
    if (Array.from(typed).length > 10 * LONGEST) {
        return { why: "long" };
    }
    const letters = Array.from(plain(typed), (mark) => (Object.hasOwn(NAMES.letters, mark) ? NAMES.letters[mark] : mark));
    const address = letters.join("").replace(/[ _.,'’‘‐-―-]+/gu, "-").replace(/^-|-$/g, "");
    if (!/^[a-z0-9-]*$/.test(address)) {
        return { why: "characters" };
    }
    if (address === "" || address.length > LONGEST) {
        return { why: address === "" ? "empty" : "long" };
    }
    return NAMES.pages.includes(address) ? { why: "page" } : { address };
}

// Rows of letters, cut where a small letter meets a capital, and before a capital with which a word goes on small.
function wordsOf(typed) {
    const parts = typed.normalize("NFKC")
        .replace(/(?<=\p{Lowercase})(?=\p{Uppercase})/gu, " ")
        .replace(/(?<=\p{Uppercase})(?=\p{Uppercase}\p{Lowercase})/gu, " ");
    return parts.match(/\p{Alphabetic}+/gu) || [];
}

function isTopic(word) {
    return NAMES.topics.anywhere.some((topic) => word.includes(topic))
        || NAMES.topics["at the start"].some((topic) => (topic.length <= 3 ? word === topic : word.startsWith(topic)));
}

// A capital and small letters, at least three, and no word that we know otherwise.
function mayName(word) {
    const other = [NAMES.people.particles, NAMES.people.titles, NAMES.people["no names"], NAMES.dates];
    return /^\p{Uppercase}\p{Lowercase}{2,}$/u.test(word) && !isTopic(plain(word))
        && !other.some((list) => list.includes(plain(word)));
}

function hasAPerson(words) {
    const people = NAMES.people;
    const known = words.map(plain).some((word) => people["first names"].includes(word)
        || people.surnames.some((name) => word.includes(name)));
    const among = (list) => words.some((word) => list.includes(plain(word)));
    const capitals = words.filter(mayName).length;
    const initial = words.slice(1).some((word, at) => mayName(word) && /^\p{Uppercase}$/u.test(words[at]));
    return known || capitals >= 2 || (words.length >= 2 && among(people.titles))
        || (capitals >= 1 && among(people.particles)) || initial;
}

function isYear(digits) {
    return /^(?:19|20)\d\d$/.test(digits);
}

// Eight digits that are a day: year, month, day, or day, month, year.
function isDay(digits) {
    const within = (part, most) => Number(part) >= 1 && Number(part) <= most;
    return digits.length === 8
        && ((isYear(digits.slice(0, 4)) && within(digits.slice(4, 6), 12) && within(digits.slice(6), 31))
            || (isYear(digits.slice(4)) && within(digits.slice(2, 4), 12) && within(digits.slice(0, 2), 31)));
}

function hasADate(typed, words) {
    return typed.split(/[^0-9]+/).some((digits) => isYear(digits) || isDay(digits))
        || words.some((word) => NAMES.dates.includes(plain(word)));
}

// What a name gives away, judged as it was typed: capitals show where a word begins.
function leaksOf(typed) {
    const words = wordsOf(typed);
    const found = {
        topic: words.some((word) => isTopic(plain(word))),
        person: hasAPerson(words),
        date: hasADate(typed, words)
    };
    return Object.keys(found).filter((leak) => found[leak]);
}

// The invitation as text for a mail: the page's sheet, filled in as the operator's program fills it in.

// One line of words: nothing that ends a line, is invisible or turns the reading direction.
function oneLine(text) {
    const words = text.replace(/[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/gu, " ");
    return Array.from(words.replace(/ +/g, " ").trim()).slice(0, 200).join("").trim();
}

// Fills a sheet in, each place once; a line for which there is no value goes.
function fill(sheet, values) {
    const known = (name) => Object.hasOwn(values, name) && values[name] !== null;
    const lines = sheet.split("\n")
        .filter((line) => Array.from(line.matchAll(/\{(\w+)\}/g)).every((place) => known(place[1])))
        .map((line) => line.replace(/\{(\w+)\}/g, (place, name) => values[name]));
    return lines.join("\n").replace(/\n{3,}/g, "\n\n").trim() + "\n";
}

// How each language says a day and an hour; what it is not told, it says in English.
const MOMENTS = {
    nl: { locale: "nl-NL", say: ({ weekday, day, month, year, hour, minute }) => `${weekday} ${day} ${month} ${year} om ${hour}.${minute} uur` },
    en: { locale: "en-GB", say: ({ weekday, day, month, year, hour, minute }) => `${weekday} ${day} ${month} ${year} at ${hour}:${minute}` },
    de: { locale: "de-DE", say: ({ weekday, day, month, year, hour, minute }) => `${weekday}, ${day}. ${month} ${year} um ${hour}:${minute} Uhr` },
    fr: { locale: "fr-FR", say: ({ weekday, day, month, year, hour, minute }) => `${weekday} ${day === "1" ? "1er" : day} ${month} ${year} à ${hour} h ${minute}` }
};

// A day and an hour in words, with the time zone.
function momentOf(language, time, zone) {
    const { locale, say } = Object.hasOwn(MOMENTS, language) ? MOMENTS[language] : MOMENTS.en;
    const wanted = {
        timeZone: zone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23"
    };
    const parts = {};
    for (const part of new Intl.DateTimeFormat(locale, wanted).formatToParts(time)) {
        parts[part.type] = part.value;
    }
    return `${say({ ...parts, day: String(parseInt(parts.day, 10)), hour: String(Number(parts.hour)) })} (${zone})`;
}

// A letter without an addressee (RFC 6068); its line ends are those of mail.
function mailOf(title, text) {
    return "mailto:?subject=" + encodeURIComponent(title) + "&body=" + encodeURIComponent(text.replace(/\n/g, "\r\n"));
}

// The meeting as a calendar file (RFC 5545): private, without organizer and guests, in UTC.
const MINUTES = 60;

// TEXT (section 3.3.11).
function escapedText(text) {
    return text.replace(/[\\;,]/g, "\\$&").replace(/\n/g, "\\n");
}

function octetsOf(character) {
    return encodeURIComponent(character).replace(/%../g, "%").length;
}

// Lines of at most 75 octets; what is cut off goes on after a space (section 3.1).
function folded(line) {
    let text = "";
    let octets = 0;
    for (const character of line) {
        if (octets + octetsOf(character) > 75) {
            text += "\r\n ";
            octets = 1;
        }
        text += character;
        octets += octetsOf(character);
    }
    return text + "\r\n";
}

// A date-time in UTC (section 3.3.5, form 2), which every calendar shows in its own zone.
function utc(time) {
    return time.toISOString().replace(/[-:]|\.\d+/g, "");
}

function calendarOf(entry) {
    const end = new Date(entry.start.getTime() + (entry.minutes || MINUTES) * 60000);
    return [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//vc4all-deploy//NONSGML rooms//EN",
        "BEGIN:VEVENT",
        "CLASS:PRIVATE",
        "DESCRIPTION:" + escapedText(entry.text.trimEnd()),
        "DTEND:" + utc(end),
        "DTSTAMP:" + utc(entry.written),
        "DTSTART:" + utc(entry.start),
        "LOCATION:" + escapedText(entry.link),
        "SUMMARY:" + escapedText(entry.title),
        "UID:" + entry.id,
        "URL:" + entry.link,
        "END:VEVENT",
        "END:VCALENDAR"
    ].map(folded).join("");
}

// Digits that nobody thought of; 20 of them are 66 bits.
const DIGITS = 20;

// A byte gives a digit only below 250, so that each of the ten digits has exactly 25 bytes.
function digitOf(byte) {
    return byte < 250 ? String(byte % 10) : "";
}

function randomDigits(count, source) {
    const bytes = new Uint8Array(64);
    let digits = "";
    while (digits.length < count) {
        source(bytes);
        for (const byte of bytes) {
            digits += digitOf(byte);
        }
    }
    return digits.slice(0, count);
}

const chance = (bytes) => crypto.getRandomValues(bytes);

// The page itself: makes a room, names it, writes the invitation. Nothing is asked of any server.
function randomRoom(source, wanted) {
    return randomDigits(Math.max(DIGITS, missingDigits(0, wanted)), source);
}

// The name with random digits behind it, as many as it wants to be strong enough.
function stronger(name, wanted, source) {
    const digits = missingDigits(bitsOf(name), wanted);
    // A single digit may stand in the name already, and would count nothing.
    const longer = digits === 0 ? name : name + "-" + randomDigits(Math.max(2, digits), source);
    // Few digits are a year, or go up by one, now and then.
    return bitsOf(longer) >= wanted ? longer : stronger(name, wanted, source);
}

// What is wrong with a name, and what it gives away, in the order in which the page says it.
function remarksOn(typed, wanted) {
    const { address, why } = addressOf(typed);
    if (why === "empty") {
        return [];
    }
    return (address === undefined ? [why] : bitsOf(address) < wanted ? ["weak"] : ["strong"]).concat(leaksOf(typed));
}

// The address of a room that somebody knows: its name, or its link on this site.
function knownRoom(typed, site) {
    const text = typed.trim();
    const path = text.toLowerCase().startsWith(site + "/") ? text.slice(site.length + 1).replace(/[?#].*$/, "") : text;
    return addressOf(path);
}

const part = (id) => document.getElementById(id);

// The facts that the page was made with.
function facts() {
    const { site, bits, title, privacy } = part("made").dataset;
    const operator = document.querySelector(".operator").textContent.trim();
    return { site, wanted: Number(bits), title, operator, privacy, sheet: part("sheet").content.textContent };
}

function showOnly(list, kinds) {
    for (const line of list.children) {
        line.hidden = !kinds.includes(line.dataset.remark);
    }
}

function remark(field, list, kinds) {
    showOnly(list, kinds);
    const wrong = ["empty", "long", "characters", "page", "weak"].some((kind) => kinds.includes(kind));
    field.setAttribute("aria-invalid", String(wrong));
    if (wrong) {
        field.focus();
    }
    return wrong;
}

// The meeting as the form has it.
function meeting(room, about) {
    const start = part("at").value === "" ? null : new Date(part("at").value);
    const minutes = part("minutes").checkValidity() && part("minutes").value !== "" ? Number(part("minutes").value) : null;
    const title = oneLine(part("subject").value) || about.title;
    const link = about.site + "/" + room;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const when = start && momentOf(document.documentElement.lang, start, zone);
    const text = fill(about.sheet, { title, when, minutes, link, operator: about.operator, privacy: about.privacy });
    return { title, link, start, minutes, text };
}

function rewrite(room, about) {
    const { title, link, start, text } = meeting(room, about);
    part("link").value = link;
    part("invitation").value = text;
    part("mail").href = mailOf(title, text);
    part("calendar").disabled = start === null;
    part("calendar-hint").hidden = start !== null;
    part("enter").href = (part("enter").dataset.door || "/") + room;
    showOnly(part("link-said"), []);
    showOnly(part("text-said"), []);
}

function saveCalendar(room, about) {
    const id = Array.from(chance(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const entry = { ...meeting(room, about), id: id + "@" + new URL(about.site).hostname, written: new Date() };
    const file = document.createElement("a");
    file.href = URL.createObjectURL(new Blob([calendarOf(entry)], { type: "text/calendar;charset=utf-8" }));
    file.download = room + ".ics";
    file.click();
    // The browser has begun to save by then.
    setTimeout(() => URL.revokeObjectURL(file.href), 60000);
    showOnly(part("text-said"), ["saved"]);
}

// Copies a field's text; where the browser forbids it, the text is selected for the person to copy.
async function copy(field, said) {
    try {
        await navigator.clipboard.writeText(field.value);
        showOnly(said, ["copied"]);
    } catch {
        field.focus();
        field.select();
        showOnly(said, ["selected"]);
    }
}

function beginMaking(about) {
    let room = "";
    const made = (name) => {
        room = name;
        part("made").hidden = false;
        rewrite(room, about);
        part("made-title").focus();
    };
    part("start").addEventListener("click", () => made(randomRoom(chance, about.wanted)));
    const own = part("own");
    own.addEventListener("input", () => {
        const kinds = remarksOn(own.value, about.wanted);
        showOnly(part("own-remarks"), kinds);
        part("stronger").hidden = !kinds.includes("weak");
        part("own-address").textContent = addressOf(own.value).address || "…";
        own.removeAttribute("aria-invalid");
    });
    part("stronger").addEventListener("click", () => {
        const { address } = addressOf(own.value);
        own.value = address === undefined ? own.value : stronger(address, about.wanted, chance);
        own.dispatchEvent(new Event("input"));
        own.focus();
    });
    part("own-form").addEventListener("submit", (event) => {
        event.preventDefault();
        const { address, why } = addressOf(own.value);
        if (!remark(own, part("own-remarks"), why === "empty" ? [why] : remarksOn(own.value, about.wanted))) {
            made(address);
        }
    });
    part("meeting").addEventListener("submit", (event) => event.preventDefault());
    part("meeting").addEventListener("input", () => rewrite(room, about));
    part("copy-link").addEventListener("click", () => copy(part("link"), part("link-said")));
    part("copy-text").addEventListener("click", () => copy(part("invitation"), part("text-said")));
    part("calendar").addEventListener("click", () => saveCalendar(room, about));
}

function beginJoining(about) {
    const field = part("room");
    part("room-form").addEventListener("submit", (event) => {
        event.preventDefault();
        const { address, why } = knownRoom(field.value, about.site);
        if (!remark(field, part("room-remarks"), [why])) {
            location.assign("/" + address);
        }
    });
}

function begin() {
    for (const section of document.querySelectorAll(".needs-script")) {
        section.hidden = false;
    }
    const about = facts();
    beginMaking(about);
    beginJoining(about);
}

if (part("made")) {
    begin();
}
