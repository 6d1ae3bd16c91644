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
