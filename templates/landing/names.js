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
