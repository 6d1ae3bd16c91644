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

// A day and an hour in words, with the time zone.
function momentOf(language, time, zone) {
    const wanted = {
        timeZone: zone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23"
    };
    const parts = {};
    for (const part of new Intl.DateTimeFormat(language === "nl" ? "nl-NL" : "en-GB", wanted).formatToParts(time)) {
        parts[part.type] = part.value;
    }
    const day = `${parts.weekday} ${parts.day} ${parts.month} ${parts.year}`;
    return language === "nl"
        ? `${day} om ${Number(parts.hour)}.${parts.minute} uur (${zone})`
        : `${day} at ${Number(parts.hour)}:${parts.minute} (${zone})`;
}

// A letter without an addressee (RFC 6068); its line ends are those of mail.
function mailOf(title, text) {
    return "mailto:?subject=" + encodeURIComponent(title) + "&body=" + encodeURIComponent(text.replace(/\n/g, "\r\n"));
}
