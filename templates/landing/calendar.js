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
