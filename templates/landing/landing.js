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
