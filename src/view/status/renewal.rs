//! Whether the host renews its certificate by itself: when it looks, when the certificate is due, what went wrong.

use super::super::inert;
use super::{Line, Status, short};
use crate::model::ledger::{Failure, Ledger, Rehearsal};
use crate::model::observed::{Observed, SeenTimer};
use crate::model::renewal::moment;
use crate::model::renewal::units::TIMER;
use serde::Serialize;

/// The most characters of what an attempt said: an authority explains itself at length.
const LONGEST: usize = 400;

/// The lines of the screen, the worst last.
pub(super) fn lines(status: &Status<'_>) -> Vec<Line> {
    let seen = status.seen;
    let Some(ledger) = &seen.renewal else { return vec![without_looks(seen)] };
    let mut lines = match ledger.looked {
        None => vec![without_looks(seen)],
        Some(looked) => vec![due(seen, ledger), rounds(seen, looked)],
    };
    lines.extend(ledger.failing.iter().flat_map(failing));
    lines.extend(rehearsed(ledger.rehearsed.as_ref()));
    lines
}

fn without_looks(seen: &Observed) -> Line {
    match seen.renewal_timer {
        Some(SeenTimer { next: Some(next), .. }) => {
            Line::odd(format!("the host has not looked yet; it does so on {}", moment(next)))
        }
        Some(_) => Line::bad(format!("nobody looks at it: {TIMER} does not run; `up` starts it")),
        None => Line::odd("the host does not renew it by itself; `up` tells it how"),
    }
}

fn due(seen: &Observed, ledger: &Ledger) -> Line {
    let Some(due) = ledger.due else { return Line::odd("not known yet when it is due") };
    if let Some(until) = ledger.waits {
        return Line::odd(format!("due {}, and waits for its next attempt until {}", moment(due), moment(until)));
    }
    let serial = seen.certificate.as_ref().map(|certificate| certificate.serial.as_str());
    let advised = ledger.advice.as_ref().is_some_and(|advice| {
        serial.is_some_and(|serial| serial.eq_ignore_ascii_case(&advice.serial)) && advice.window.start <= due
    });
    let latest = ledger.certificate.as_ref().map(|held| held.lifetime().due());
    let why = match latest {
        Some(latest) if advised && due < latest => "as the authority advises",
        _ => "when little of its time is left",
    };
    Line::good(format!("due {}, {why}", moment(due)))
}

/// When the host looked and when it looks again.
fn rounds(seen: &Observed, looked: i64) -> Line {
    let looked = format!("looked at {}", moment(looked));
    match seen.renewal_timer.and_then(|timer| timer.next) {
        Some(next) => Line::good(format!("{looked} · next {}", moment(next))),
        None => Line::bad(format!("{looked} · nobody looks again: {TIMER} does not run; `up` starts it")),
    }
}

fn failing(failure: &Failure) -> [Line; 3] {
    let Failure { since, times, why, help, .. } = failure;
    let looks = if *times == 1 { "1 look".to_owned() } else { format!("{times} looks") };
    [
        Line::bad(format!("fails since {} ({looks}): {}", moment(*since), long(why))),
        Line::bad(format!("help: {}", long(help))),
        Line::bad("`journalctl -u vc4all-renew` on the host tells more"),
    ]
}

fn rehearsed(last: Option<&Rehearsal>) -> Vec<Line> {
    match last {
        None => vec![Line::odd("never rehearsed; `renew --rehearse` does it")],
        Some(Rehearsal { at, directory, why: None, .. }) => {
            vec![Line::good(format!("rehearsed {} at {}", moment(*at), short(directory)))]
        }
        Some(Rehearsal { at, why: Some(why), .. }) => vec![
            Line::bad(format!("the rehearsal on {} failed: {}", moment(*at), long(why))),
            Line::bad("`journalctl -u vc4all-rehearse` on the host tells more"),
        ],
    }
}

/// A text of the host, harmless and on one line.
fn long(text: &str) -> String {
    let cut: String = text.chars().take(LONGEST).collect();
    inert::line(&cut)
}

/// The same for programs; moments as RFC 3339 writes them.
#[derive(Serialize)]
pub(super) struct Renewal {
    /// When the host looks next; nothing where nobody wakes it.
    next: Option<String>,
    looked: Option<String>,
    due: Option<String>,
    /// Until when it waits for its next attempt, where it is due.
    waits: Option<String>,
    failing: Option<Failing>,
    rehearsed: Option<Rehearsed>,
}

#[derive(Serialize)]
struct Failing {
    since: Option<String>,
    looks: u32,
    why: String,
    help: String,
}

#[derive(Serialize)]
struct Rehearsed {
    at: Option<String>,
    directory: String,
    /// Nothing where it was good.
    failed: Option<String>,
}

impl Renewal {
    pub(super) fn of(seen: &Observed) -> Option<Self> {
        let next = seen.renewal_timer.and_then(|timer| timer.next);
        if next.is_none() && seen.renewal.is_none() {
            return None;
        }
        let ledger = seen.renewal.as_ref();
        let failing = ledger.and_then(|ledger| ledger.failing.as_ref()).map(|failure| Failing {
            since: exact(failure.since),
            looks: failure.times,
            why: long(&failure.why),
            help: long(&failure.help),
        });
        let rehearsed = ledger.and_then(|ledger| ledger.rehearsed.as_ref()).map(|last| Rehearsed {
            at: exact(last.at),
            directory: short(&last.directory),
            failed: last.why.as_deref().map(long),
        });
        Some(Self {
            next: next.and_then(exact),
            looked: ledger.and_then(|ledger| ledger.looked).and_then(exact),
            due: ledger.and_then(|ledger| ledger.due).and_then(exact),
            waits: ledger.and_then(|ledger| ledger.waits).and_then(exact),
            failing,
            rehearsed,
        })
    }
}

fn exact(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}
