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
