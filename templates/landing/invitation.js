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
