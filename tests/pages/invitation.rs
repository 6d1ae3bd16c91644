//! The invitation and the calendar file of the browser beside those of the program.

use super::client::landing;
use super::stage::*;
use icalendar::{Calendar, Component as _};
use serde_json::{Value, json};
use std::path::Path;
use vc4all_deploy::invitation::{Entry, Meeting, Names, privacy, sheet, strength, untitled};
use vc4all_deploy::model::deployment::{Deployment, Guests, Language};
use vc4all_deploy::model::values::Line;
use vc4all_deploy::render::Renderer;

const ROOM: &str = "83920174659302847561";
const ID: &str = "00112233445566778899aabbccddeeff";

/// Whose, in which language, and then what is said of it: subject, beginning, minutes.
type Case = (Deployment, Language, Option<Line>, Option<&'static str>, Option<u16>);

/// A meeting in each language, for each kind of guests, with much and with little said about it.
fn meetings() -> Vec<Case> {
    let subjects =
        ["Kennismaken", "a\\b;c,d:e\"f", "{link} {when} {subject} $& $1", "Overleg 会議 😀 – één", &"é😀;".repeat(60)];
    let times = ["2026-12-01T19:30:00+01:00[Europe/Amsterdam]", "2027-07-04T09:05:00+02:00[Europe/Amsterdam]"];
    let mut all = Vec::new();
    for (guests, days) in [(Guests::Lobby, 1), (Guests::Password, 7), (Guests::LobbyOrPassword, 30), (Guests::None, 2)]
    {
        for language in Language::ALL {
            let mut deployment = deployment();
            deployment.access.guests = guests;
            deployment.retention.logs_days = days;
            all.push((deployment.clone(), language, None, None, None));
            all.push((deployment.clone(), language, None, Some(times[0]), None));
            for (at, subject) in subjects.iter().enumerate() {
                all.push((deployment.clone(), language, Line::parse(subject).ok(), Some(times[at % 2]), Some(45)));
            }
        }
    }
    all
}

#[test]
fn the_browser_writes_what_the_program_writes() {
    if !have(&["node"]) {
        return;
    }
    let renderer = Renderer::new().unwrap();
    let written: jiff::Timestamp = "2026-11-22T03:04:05.678Z".parse().unwrap();
    let (mut asked, mut expected) = (Vec::new(), Vec::new());
    for (deployment, language, subject, start, minutes) in meetings() {
        let start: Option<jiff::Zoned> = start.map(|start| start.parse().unwrap());
        let meeting = Meeting { language, room: ROOM, subject: subject.as_ref(), start: start.clone(), minutes };
        let text = meeting.text(&deployment, &renderer).unwrap();
        let calendar = meeting.calendar(&deployment, &Entry { id: ID, written, text: &text });
        asked.push(json!({
            "language": language.code(), "sheet": sheet(&deployment, &renderer, language).unwrap(),
            "operator": deployment.operator.name, "privacy": privacy(&deployment, language),
            "title": subject.as_ref().map_or(untitled(language), Line::as_str), "minutes": minutes,
            "link": meeting.link(&deployment), "start": start.map(|start| start.timestamp().to_string()),
            "id": format!("{ID}@{}", deployment.domain),
        }));
        expected.push((text, calendar));
    }
    let found = landing(&format!(
        "{}.map((one) => {{
            const start = one.start && new Date(one.start), title = oneLine(one.title), written = new Date('{written}');
            const when = start && momentOf(one.language, start, 'Europe/Amsterdam');
            const text = fill(one.sheet, {{ ...one, title, when }});
            return [text, start && calendarOf({{ ...one, title, text, start, written }})];
        }})",
        json!(asked)
    ));
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 112);
    for ((text, calendar), found) in expected.iter().zip(found) {
        assert_eq!(found[0].as_str().unwrap(), text);
        assert_eq!(found[1].as_str(), calendar.as_deref());
    }
}

/// How many properties and brackets a calendar file has; none of its lines is too long.
fn properties(calendar: &str) -> usize {
    for line in calendar.split_terminator("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
    }
    calendar.replace("\r\n ", "").split_terminator("\r\n").count()
}

#[test]
fn what_is_typed_into_the_page_stays_inside_of_its_property() {
    if !have(&["node"]) {
        return;
    }
    let hostile = [
        "a\r\nATTENDEE:mailto:x@example.org".to_owned(),
        "a\nEND:VEVENT\nBEGIN:VALARM".to_owned(),
        "a\\nb\\;c\\".to_owned(),
        "\u{0}\u{1}\u{7f}\u{85}a\u{9b}".to_owned(),
        "\u{202e}evil\u{2066}\u{200b}\u{feff}\u{2028}x\u{2029}".to_owned(),
        "😀".repeat(5000),
        "x".repeat(10_240),
        "%0d%0aX: y & ? # = +".to_owned(),
    ];
    let found = landing(&format!(
        "{}.concat('\\ud800 lone \\udc00').map((typed) => {{
            const title = oneLine(typed), text = fill('{{title}}\\n\\nx {{link}}\\n', {{ title, link: 'l' }});
            const time = new Date(Date.UTC(2026, 11, 1));
            return [title, calendarOf({{ title, text, link: 'https://h/r', id: 'i', start: time, written: time }}), mailOf(title, text)];
        }})",
        json!(hostile)
    ));
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), hostile.len() + 1);
    for one in found {
        let [title, calendar, mail] = [0, 1, 2].map(|at| one[at].as_str().unwrap());
        assert!(Line::parse(title).is_ok(), "{title:?}");
        assert_eq!(properties(calendar), 15, "{calendar}");
        let read: Calendar = calendar.parse().unwrap();
        let event = read.components[0].as_event().unwrap();
        assert_eq!(event.property_value("SUMMARY"), Some(title));
        assert_eq!(event.property_value("DESCRIPTION"), Some(format!("{title}\n\nx l").as_str()));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"%-_.!~*'()".contains(&b);
        let (subject, body) = mail.strip_prefix("mailto:?subject=").unwrap().split_once("&body=").unwrap();
        assert!(subject.bytes().chain(body.bytes()).all(plain), "{mail}");
        assert!(!subject.contains("%0D") && !subject.contains("%0A"), "{mail}");
    }
}

/// Names that nobody would think of, from pieces that meet in all ways.
fn odd_names() -> Vec<String> {
    const PIECES: [&str; 40] = [
        "a", "Z", "ab", "jan", "Jan", "De", "van", "J", "Vries", "overleg", "Zorg", "ontslag", "hr", "tax", "maart",
        "May", "7", "12", "2026", "1899", "20261122", "000", "-", " ", ".", "_", "'", "/", "é", "É", "ß", "İ", "ﬁ",
        "Σ", "Ж", "会", "😀", "\u{301}", "\u{202e}", "ǅ",
    ];
    // A linear congruential generator (Knuth, MMIX) gives the same names each time.
    let mut state: u64 = 3;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    (0..5000).map(|_| (0..=next(8)).map(|_| PIECES[next(PIECES.len())]).collect()).collect()
}

/// The strength of each name as Prosody's gate counts it.
fn in_lua(names: &[String]) -> Vec<u64> {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("names");
    std::fs::write(&list, names.join("\n")).unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/prosody/plugins/vc4all_names.lib.lua");
    let script = "local names = dofile(arg[1]); for line in io.lines(arg[2]) do print(names.bits(line)) end";
    let main = folder.path().join("main.lua");
    std::fs::write(&main, script).unwrap();
    let output = std::process::Command::new("lua5.4").args([&main, Path::new(file), &list]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect()
}

#[test]
fn program_browser_and_gate_judge_thousands_of_names_alike() {
    if !have(&["node", "lua5.4"]) {
        return;
    }
    let names = Names::new().unwrap();
    let typed = odd_names();
    let found = landing(&format!(
        "{}.map((typed) => [addressOf(typed).address ?? null, leaksOf(typed), bitsOf(typed)])",
        json!(typed)
    ));
    let found: &Vec<Value> = found.as_array().unwrap();
    let gate = in_lua(&typed);
    assert_eq!((found.len(), gate.len()), (typed.len(), typed.len()));
    for ((typed, found), gate) in typed.iter().zip(found).zip(gate) {
        assert_eq!(gate, strength::bits(typed), "{typed:?}");
        let expected = json!([names.address(typed).ok(), names.leaks(typed), strength::bits(typed)]);
        assert_eq!(found, &expected, "{typed:?}");
    }
}
