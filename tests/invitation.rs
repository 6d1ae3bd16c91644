//! `rooms new` as a person runs it, and the calendar file for any words: nothing of the meeting host's reaches a guest.

#![allow(clippy::unwrap_used, reason = "a test ends where something is wrong")]

use icalendar::{Calendar, Component as _};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use vc4all_deploy::inventory;
use vc4all_deploy::invitation::{Entry, Meeting};
use vc4all_deploy::model::deployment::{Deployment, Language};
use vc4all_deploy::model::values::Line;
use vc4all_deploy::render::Renderer;

const DOMAIN: &str = "vergaderen.voorbeeldstad.nl";

/// Runs `rooms new` in a folder; there is no way to any host.
fn rooms_new(folder: &Path, words: &[&str]) -> Output {
    let inventory = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/voorbeeldstad.yml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_vc4all-deploy"));
    command.args(["rooms", "new"]).arg(inventory).args(words);
    command.current_dir(folder).env("HOME", folder).env_remove("SSH_AUTH_SOCK").stdin(Stdio::null());
    command.output().unwrap()
}

fn said(output: &Output) -> (String, String) {
    (String::from_utf8(output.stdout.clone()).unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

fn fine(folder: &Path, words: &[&str]) -> (String, String) {
    let output = rooms_new(folder, words);
    let (out, err) = said(&output);
    assert!(output.status.success(), "{words:?}: {err}");
    (out, err)
}

/// The words of a refusal, which has one cause and one remedy.
fn refused(folder: &Path, words: &[&str]) -> String {
    let output = rooms_new(folder, words);
    let (out, err) = said(&output);
    assert_eq!(output.status.code(), Some(1), "{words:?}: {err}");
    assert_eq!(out, "", "{words:?}");
    assert!(err.starts_with("error: ") && err.contains("\nhelp: "), "{words:?}: {err}");
    assert!(!err.trim_end().chars().any(|c| c.is_control() && c != '\n'), "{words:?}: {err:?}");
    err
}

#[test]
fn a_room_comes_without_any_connection_with_an_invitation_below_it() {
    let folder = tempfile::tempdir().unwrap();
    let (out, err) = fine(folder.path(), &[]);
    let lines: Vec<&str> = out.lines().collect();
    let room = lines[0].strip_prefix("Room                 ").unwrap();
    assert!(room.len() == 20 && room.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(lines[1], format!("Guests               https://{DOMAIN}/{room}"));
    assert_eq!(lines[2], format!("Meeting host         https://{DOMAIN}/door?room={room}"));
    let invitation = lines[3..].join("\n");
    for part in
        [&format!("Link: https://{DOMAIN}/{room}"), "Gemeente Voorbeeldstad", &format!("https://{DOMAIN}/privacy/nl")]
    {
        assert!(invitation.contains(part), "{part}: {invitation}");
    }
    for part in ["Wanneer", "Duur", "door?room", "jwt", "{", "}", "\n\n\n"] {
        assert!(!invitation.contains(part), "{part}: {invitation}");
    }
    assert!(!err.contains("warning"), "{err}");
}

#[test]
fn files_are_written_once_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let when = ["--at", "2026-12-01 19:30", "--time-zone", "Europe/Amsterdam", "--minutes", "90", "--language", "en"];
    let files = ["--invitation", "mail.txt", "--calendar", "meeting.ics", "--subject", "Coffee, tea; cake"];
    let (out, _) = fine(folder.path(), &[when.as_slice(), &files].concat());
    assert_eq!(out.lines().count(), 3, "the text is in its file: {out}");
    let text = fs::read_to_string(folder.path().join("mail.txt")).unwrap();
    assert!(
        text.starts_with("Coffee, tea; cake\n\nWhen: Tuesday 1 December 2026 at 19:30 (Europe/Amsterdam)\n"),
        "{text}"
    );
    let file = fs::read_to_string(folder.path().join("meeting.ics")).unwrap();
    let calendar: Calendar = file.parse().unwrap();
    let event = calendar.components[0].as_event().unwrap();
    assert_eq!(event.property_value("DTSTART"), Some("20261201T183000Z"));
    assert_eq!(event.property_value("DTEND"), Some("20261201T200000Z"));
    assert_eq!(event.get_summary(), Some("Coffee, tea; cake"));
    assert_eq!(event.get_description(), Some(text.trim_end()));
    assert!(!file.contains("ORGANIZER") && !file.contains("ATTENDEE"), "{file}");
    for words in [files[..2].to_vec(), [&when[..], &files[2..4]].concat()] {
        let said = refused(folder.path(), &words);
        assert!(said.contains("is there already"), "{said}");
    }
    let half = refused(folder.path(), &[&when[..], &["--invitation", "new.txt", "--calendar", "meeting.ics"]].concat());
    assert!(half.contains("meeting.ics") && !folder.path().join("new.txt").exists(), "{half}");
    assert_eq!(fs::read_to_string(folder.path().join("mail.txt")).unwrap(), text);
    assert_eq!(fs::read_to_string(folder.path().join("meeting.ics")).unwrap(), file);
}

#[test]
fn a_name_is_made_an_address_warned_about_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (out, err) = fine(folder.path(), &["--name", "SollicitatiegesprekJanJansen"]);
    assert!(out.contains(&format!("https://{DOMAIN}/sollicitatiegesprekjanjansen\n")), "{out}");
    assert_eq!(err.matches("warning: ").count(), 2, "{err}");
    assert!(err.contains("what the meeting is about") && err.contains("name a person"), "{err}");
    let (out, err) = fine(folder.path(), &["--name", "Raadsvergadering 81723"]);
    assert!(out.starts_with("Room                 raadsvergadering-81723\n") && !err.contains("warning"), "{err}");
    let said = refused(folder.path(), &["--name", "raad"]);
    assert!(said.contains("`raad`") && said.contains("6 bits") && said.contains("take raad-"), "{said}");
    let (long, marks) = ("x".repeat(10_240), "\u{202e}".repeat(3000));
    for name in ["", " ", "a\r\nb-7135824690", "../../../etc/passwd", "$(reboot)", "a\u{1b}[2Jb", &long, &marks] {
        refused(folder.path(), &["--name", name]);
    }
}

#[test]
fn words_that_are_no_line_and_times_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(10_240);
    for subject in ["", "a\r\nATTENDEE:x", "a\nb", "a\u{202e}b", "a\u{7}b", &long] {
        refused(folder.path(), &["--subject", subject, "--at", "2026-12-01 19:30", "--calendar", "x.ics"]);
    }
    for at in ["", "tomorrow", "2026-02-30 10:00", "2026-12-01 19:30\r\nX:y"] {
        refused(folder.path(), &["--at", at, "--time-zone", "UTC"]);
    }
    refused(folder.path(), &["--at", "2026-12-01 19:30", "--time-zone", "Voorbeeld/Stad"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written before all is well");
}

#[test]
fn a_host_that_is_not_there_leaves_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let inventory = folder.path().join("inventory.yml");
    let example =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/voorbeeldstad.yml")).unwrap();
    let address = example.lines().find_map(|line| line.trim().strip_prefix("address: ").filter(|it| !it.contains(' ')));
    // A loopback address on which nobody listens.
    fs::write(&inventory, example.replace(address.unwrap(), "127.77.77.77")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_vc4all-deploy"));
    command.args(["rooms", "new", "inventory.yml", "--host-link", "--invitation", "mail.txt"]);
    command.current_dir(folder.path()).env("HOME", folder.path()).env_remove("SSH_AUTH_SOCK").stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", said(&output).1);
    assert!(!folder.path().join("mail.txt").exists());
}

static DEPLOYMENT: LazyLock<Deployment> = LazyLock::new(|| {
    inventory::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/voorbeeldstad.yml")).unwrap()
});
static RENDERER: LazyLock<Renderer> = LazyLock::new(|| Renderer::new().unwrap());

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_subject_stays_inside_of_its_property(
        subject in "[ -~é😀会 \\\\;,:\"{}\u{a0}\u{3000}]{0,90}",
        second in -30_000_000_000_i64..200_000_000_000,
        minutes in proptest::option::of(1_u16..=1440),
    ) {
        let Ok(subject) = Line::parse(&subject) else { return Ok(()) };
        let start = jiff::Timestamp::from_second(second).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
        let meeting = Meeting { language: Language::Nl, room: "kamer-12", subject: Some(&subject), start: Some(start), minutes };
        let text = meeting.text(&DEPLOYMENT, &RENDERER).unwrap();
        let beginning = format!("{subject}\n\nWanneer: ");
        prop_assert!(text.starts_with(&beginning));
        let entry = Entry { id: "id", written: jiff::Timestamp::UNIX_EPOCH, text: &text };
        let file = meeting.calendar(&DEPLOYMENT, &entry).unwrap();
        for line in file.split_terminator("\r\n") {
            prop_assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{:?}", line);
        }
        let read: Calendar = file.parse().unwrap();
        let event = read.components[0].as_event().unwrap();
        prop_assert_eq!(event.get_summary(), Some(subject.as_str()));
        prop_assert_eq!(event.get_description(), Some(text.trim_end()));
        prop_assert_eq!(event.properties().len(), 9);
    }
}
