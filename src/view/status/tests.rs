//! How a host that was made by hand looks on the screen and to a machine.

use super::*;
use crate::model::digest::Digest;
use crate::model::ledger::Ledger;
use crate::model::ledger::{Advised, Held, Rehearsal};
use crate::model::names::{HostPath, PackageName};
use crate::model::observed::{InstalledPackage, Lock, SeenTimer};
use crate::model::renewal::Window;
use crate::model::subject::SubjectName;
use crate::model::traits::{Architecture, Release, Traits};
use crate::model::values::Domain;

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;

fn seen() -> Observed {
    let traits = Traits {
        release: Release::Debian12,
        architecture: Architecture::X86_64,
        memory_mib: 4096,
        addresses: Vec::new(),
        ssh_ports: vec![22],
    };
    let managed = |path: &str, state| (HostPath::new(path).unwrap(), state);
    let standing = Standing {
        managed: [
            managed("/etc/nginx/nginx.conf", Managed::Edited),
            managed("/etc/turnserver.conf", Managed::Gone),
            managed("/etc/nftables.conf", Managed::AsLeft),
        ]
        .into(),
        ..Standing::default()
    };
    let window = Window { start: NOW + 20 * DAY, end: NOW + 22 * DAY };
    let rehearsal = "https://staging.example.nl/directory".to_owned();
    let ledger = Ledger {
        certificate: Some(Held { serial: "01".to_owned(), not_before: NOW - DAY, not_after: NOW + 89 * DAY }),
        advice: Some(Advised { serial: "01".to_owned(), window, until: NOW + DAY }),
        looked: Some(NOW - 3600),
        due: Some(NOW + 21 * DAY),
        rehearsed: Some(Rehearsal { at: NOW - DAY, directory: rehearsal, order: Digest::of(b""), why: None }),
        ..Ledger::default()
    };
    let package = InstalledPackage { version: "1.0-1190-1".to_owned(), held: true };
    let certificate = SeenCertificate {
        names: vec![SubjectName::parse("meet.example.nl").unwrap()],
        not_before: NOW - 86_400,
        not_after: NOW + 89 * 86_400 + 5,
        serial: "01".to_owned(),
        issued_by: Some("https://acme.example.nl/directory".to_owned()),
    };
    Observed {
        generation: 4,
        clock: NOW,
        standing: Some(standing),
        certificate: Some(certificate),
        renewal: Some(ledger),
        renewal_timer: Some(SeenTimer { next: Some(NOW + 7200), last: Some(NOW - 3600) }),
        people: Some(People { people: 3, meetings: 1, waiting: 1 }),
        packages: [(PackageName::new("jicofo").unwrap(), package)].into(),
        ..Observed::bare(traits)
    }
}

fn history() -> History {
    let past = |number, cause: &str| Past {
        number,
        author: "jo since 2026-03-01 10:00:00 UTC".to_owned(),
        cause: format!("{cause} meet.example.nl"),
    };
    History { current: 4, generations: vec![past(3, "up"), past(4, "rollback to 2")], ..History::default() }
}

fn plan() -> Plan {
    Plan {
        domain: Domain::parse("meet.example.nl").unwrap(),
        formerly: None,
        host: "192.0.2.1".to_owned(),
        based_on: Some(Digest::of(b"")),
        changes: Vec::new(),
        unchanged: 3,
    }
}

#[test]
fn one_screen_tells_how_a_host_stands() {
    let (seen, history, plan) = (seen(), history(), plan());
    let ill = ["coturn.service".to_owned()];
    let status = Status { seen: &seen, history: &history, plan: &plan, ill: &ill };
    assert_eq!(
        text(&status, Colour::Never),
        "meet.example.nl · host 192.0.2.1\n\
         \n\
         generation   4 · rollback to 2 · by jo · 2026-03-01 10:00:00 UTC\n\
         inventory    the host is what it says\n\
         drift        /etc/nginx/nginx.conf edited\n             \
                      /etc/turnserver.conf gone\n\
         certificate  meet.example.nl · 89 days left · https://acme.example.nl/directory\n\
         renewal      due 2027-02-05 08:00 UTC, as the authority advises\n             \
                      looked at 2027-01-15 07:00 UTC · next 2027-01-15 10:00 UTC\n             \
                      rehearsed 2027-01-14 08:00 UTC at https://staging.example.nl/directory\n\
         meetings     3 people in 1 meeting · 1 in a lobby\n\
         health       failed or not running: coturn.service\n\
         Jitsi        jicofo 1.0-1190-1\n\
         at work      nobody\n\
         \n  \
         kept  since                    who  by\n\
         * 4     2026-03-01 10:00:00 UTC  jo   rollback to 2\n  \
         3     2026-03-01 10:00:00 UTC  jo   up\n"
    );
}

#[test]
fn a_host_without_a_generation_is_said_to_be_one() {
    let (seen, plan) = (Observed { generation: 0, standing: None, ..seen() }, plan());
    let status = Status { seen: &seen, history: &History::default(), plan: &plan, ill: &[] };
    let text = text(&status, Colour::Never);
    assert!(text.contains("nothing is deployed here") && !text.contains("drift"), "{text}");
    let read: serde_json::Value = serde_json::from_str(&json(&status).unwrap()).unwrap();
    assert_eq!(read["generation"], serde_json::Value::Null);
}

fn renewal(change: impl FnOnce(&mut Observed)) -> String {
    let (mut seen, plan) = (seen(), plan());
    change(&mut seen);
    let status = Status { seen: &seen, history: &History::default(), plan: &plan, ill: &[] };
    let text = text(&status, Colour::Never);
    let begin = text.find("renewal").unwrap();
    text[begin..text.find("meetings").unwrap()].to_owned()
}

#[test]
fn a_renewal_that_fails_says_since_when_why_and_what_to_do() {
    let text = renewal(|seen| {
        let ledger = seen.renewal.as_mut().unwrap();
        ledger.fail(NOW - 2 * DAY, "port 80 is closed", "open it");
        ledger.fail(NOW - DAY, "port 80 is closed", "open it");
        ledger.rehearsed.as_mut().unwrap().why = Some("a page of somebody else".to_owned());
    });
    assert!(text.contains("fails since 2027-01-13 08:00 UTC (2 looks): port 80 is closed\n"), "{text}");
    assert!(text.contains("help: open it\n") && text.contains("`journalctl -u vc4all-renew`"), "{text}");
    assert!(text.contains("the rehearsal on 2027-01-14 08:00 UTC failed: a page of somebody else\n"), "{text}");
}

#[test]
fn a_host_that_nobody_wakes_is_said_to_be_one() {
    let stopped = renewal(|seen| seen.renewal_timer = Some(SeenTimer::default()));
    assert!(stopped.contains("nobody looks again: vc4all-renew.timer does not run"), "{stopped}");
    let new = renewal(|seen| seen.renewal = None);
    assert_eq!(new, "renewal      the host has not looked yet; it does so on 2027-01-15 10:00 UTC\n");
    let old = renewal(|seen| (seen.renewal, seen.renewal_timer) = (None, None));
    assert!(old.contains("does not renew it by itself; `up` tells it how"), "{old}");
    let waiting = renewal(|seen| {
        let ledger = seen.renewal.as_mut().unwrap();
        (ledger.due, ledger.waits) = (Some(NOW - DAY), Some(NOW + DAY));
    });
    let words = "due 2027-01-14 08:00 UTC, and waits for its next attempt until 2027-01-16 08:00 UTC\n";
    assert!(waiting.contains(words), "{waiting}");
    let without_advice = renewal(|seen| {
        let ledger = seen.renewal.as_mut().unwrap();
        (ledger.advice, ledger.rehearsed, ledger.due) = (None, None, Some(NOW + 59 * DAY));
    });
    assert!(without_advice.contains("when little of its time is left"), "{without_advice}");
    assert!(without_advice.contains("never rehearsed"), "{without_advice}");
}

#[test]
fn programs_find_the_same() {
    let (seen, history, plan) = (seen(), history(), plan());
    let status = Status { seen: &seen, history: &history, plan: &plan, ill: &[] };
    let read: serde_json::Value = serde_json::from_str(&json(&status).unwrap()).unwrap();
    assert_eq!((&read["format"], &read["version"]), (&"vc4all-status".into(), &1.into()));
    assert_eq!((&read["generation"]["number"], &read["kept"][0]["number"]), (&4.into(), &3.into()));
    let present =
        serde_json::json!({"number": 4, "author": "jo", "since": "2026-03-01 10:00:00 UTC", "cause": "rollback to 2"});
    assert_eq!(read["generation"], present);
    assert_eq!(read["drift"][1], serde_json::json!({"path": "/etc/turnserver.conf", "state": "gone"}));
    let renewal = serde_json::json!({
        "next": "2027-01-15T10:00:00Z", "looked": "2027-01-15T07:00:00Z", "due": "2027-02-05T08:00:00Z", "waits": null, "failing": null,
        "rehearsed": {"at": "2027-01-14T08:00:00Z", "directory": "https://staging.example.nl/directory", "failed": null}
    });
    assert_eq!(read["renewal"], renewal);
    assert_eq!((&read["certificate"]["days_left"], &read["people"]["people"]), (&89.into(), &3.into()));
}

#[test]
fn a_hostile_host_moves_no_cursor_and_fills_no_screen() {
    let evil = format!("a\u{1b}[2J\r\u{202e}{}", "x".repeat(10_000));
    let past = Past { number: 4, author: evil.clone(), cause: evil.clone() };
    let history = History { current: 4, generations: vec![past.clone(), past], ..History::default() };
    let lock = Some(Lock { owner: evil.clone(), cause: evil.clone() });
    let mut seen = Observed { lock, ..seen() };
    let ledger = seen.renewal.as_mut().unwrap();
    ledger.fail(i64::MIN, &evil, &evil);
    let last = ledger.rehearsed.as_mut().unwrap();
    (last.at, last.directory, last.why) = (i64::MAX, evil.clone(), Some(evil.clone()));
    let (plan, ill) = (plan(), vec![evil; 1000]);
    let status = Status { seen: &seen, history: &history, plan: &plan, ill: &ill };
    let shown = text(&status, Colour::Never);
    assert!(shown.len() < 4000, "{} bytes", shown.len());
    assert!(!(shown + &json(&status).unwrap()).contains(['\u{1b}', '\u{202e}', '\r']));
}
