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
