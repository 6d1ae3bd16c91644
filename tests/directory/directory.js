"use strict";

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

// Each press of a button leads to a room that nobody thought of before. The link itself leads to the start page, so that
// it also works without this script, and whoever copies it copies no room.
for (const link of document.querySelectorAll("a[data-site]")) {
    const start = link.href;
    for (const kind of ["click", "auxclick"]) {
        link.addEventListener(kind, () => {
            link.href = link.dataset.site + randomDigits(Number(link.dataset.digits), chance);
            // The browser has read the address when the press has been dealt with.
            setTimeout(() => { link.href = start; });
        });
    }
}
