//! `renewal`: the host renews its certificate by itself, and has shown that it can.

use super::{DAY, Evidence, Judgement, Promise, count, inside};
use crate::inside::Facts;
use crate::model::finding::Source;
use crate::model::ledger::{Failure, Held, Ledger, Rehearsal};
use crate::model::names::HostPath;
use crate::model::observed::{Observed, SeenCertificate, SeenPath};
use crate::model::renewal::moment;
use crate::model::renewal::units::{LOOK, TIMER};
use crate::model::standing::{self, StandingOrder};

pub(super) const PROMISE: Promise = Promise {
    name: "renewal",
    title: "The certificate renews itself, and the host has rehearsed it",
    sources: &[
        Source::Law("GDPR art. 32(1)(b)"),
        Source::Guideline("RFC 9773: when an authority wants a certificate renewed"),
        Source::Ours("docs/living-host.md, \"The certificate\""),
    ],
    judge,
};

/// The timer fires twice a day; so long without a look is no chance.
const LONG: i64 = 2 * DAY;
/// So many failures in a row are no accident of one day.
const MANY: u32 = 3;

const UP: &str = "Run `vc4all-deploy up`";
const READ: &str = "`journalctl -u vc4all-renew` on the host tells more";
const REHEARSE: &str = "Run `vc4all-deploy renew --rehearse`; `journalctl -u vc4all-rehearse` on the host tells more";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let seen = evidence.observed;
        let ledger = seen.renewal.clone().unwrap_or_default();
        if let Some(fault) = asleep(facts) {
            return Judgement::broken(fault, UP);
        }
        if let Some(failure) = &ledger.failing {
            return failing(failure, &ledger, seen);
        }
        if let Some(fault) = late(facts, &ledger) {
            return Judgement::broken(fault, format!("Run `vc4all-deploy renew`; {READ}"));
        }
        match (unrehearsed(&ledger, seen), spared(facts, &ledger)) {
            (None, _) => Judgement::kept(kept(facts, &ledger)),
            (Some(fault), None) => Judgement::broken(fault, REHEARSE),
            (Some(fault), Some(until)) => {
                Judgement::noted(format!("{fault}; it costs a certificate, and can be made after {}", moment(until)))
            }
        }
    })
}

/// Why nobody wakes it.
fn asleep(facts: &Facts) -> Option<String> {
    match facts.unit(TIMER) {
        None => Some(format!("{TIMER} is not there")),
        Some(unit) if !unit.runs() => Some(format!("{TIMER} is {}", unit.active)),
        Some(unit) if !unit.starts_by_itself() => Some(format!("{TIMER} is {}", unit.file)),
        Some(_) => None,
    }
}

/// A failure or two leave time enough for the next attempts; more of them, or less time, do not.
fn failing(failure: &Failure, ledger: &Ledger, seen: &Observed) -> Judgement {
    let times = count(usize::try_from(failure.times).unwrap_or(usize::MAX), "look");
    let told = format!("it fails ({times} in a row): {}", failure.why);
    let remedy = format!("{}; {READ}", failure.help);
    if failure.times >= MANY || is_scarce(ledger, seen) {
        Judgement::broken(told, remedy)
    } else {
        Judgement::noted(format!("{told}; the host tries again by itself")).with_remedy(remedy)
    }
}

/// Whether less than a quarter of the lifetime is left.
fn is_scarce(ledger: &Ledger, seen: &Observed) -> bool {
    let shown = seen.certificate.as_ref().map(SeenCertificate::lifetime);
    let noted = ledger.certificate.as_ref().map(Held::lifetime);
    shown.or(noted).is_some_and(|lifetime| lifetime.is_scarce(seen.clock))
}

/// Nobody is late who had no time: the timer has to run for long enough.
fn late(facts: &Facts, ledger: &Ledger) -> Option<String> {
    let failed = |job: &&str| facts.failed.iter().any(|name| name == job);
    let awake = facts.unit(TIMER).and_then(|unit| unit.active_for).unwrap_or_default();
    let old = i64::try_from(awake.min(facts.uptime)).unwrap_or(i64::MAX) > LONG;
    let ago = |moment: i64| facts.clock.told.saturating_sub(moment);
    match ledger.looked {
        None if old => Some("the host has never looked at its certificate".to_owned()),
        Some(looked) if old && ago(looked) > LONG => {
            Some(format!("the host last looked at its certificate {} ago", days(ago(looked))))
        }
        // It says so with its exit code, too.
        _ if ledger.waits.is_some_and(|until| until > facts.clock.told) => None,
        // Without a word in its notes it did not get as far as to write any.
        _ => Some(LOOK).filter(failed).map(|job| format!("{job} has failed")),
    }
}

/// Until when there is no rehearsal because a renewal may need what it costs; one that has failed is no better for that.
fn spared(facts: &Facts, ledger: &Ledger) -> Option<i64> {
    let failed = ledger.rehearsed.as_ref().is_some_and(|last| last.why.is_some());
    ledger.spared.filter(|until| !failed && *until > facts.clock.told)
}

fn unrehearsed(ledger: &Ledger, seen: &Observed) -> Option<String> {
    match &ledger.rehearsed {
        None => Some("the host has never rehearsed a renewal".to_owned()),
        Some(Rehearsal { why: Some(why), .. }) => Some(format!("the last rehearsal of a renewal failed: {why}")),
        Some(_) => told(seen)
            .filter(|order| !ledger.is_rehearsed(order))
            .map(|_| "the host has not rehearsed what it was told since".to_owned()),
    }
}

/// The standing order that the host has.
fn told(seen: &Observed) -> Option<StandingOrder> {
    let path = HostPath::new(standing::PATH).ok()?;
    match seen.paths.get(&path) {
        Some(SeenPath::File { text: Some(text), .. }) => StandingOrder::read(text).ok(),
        _ => None,
    }
}

fn kept(facts: &Facts, ledger: &Ledger) -> String {
    let now = facts.clock.told;
    let looked = match ledger.looked {
        None => "the host has not looked at it yet".to_owned(),
        Some(looked) => format!("the host looked {} hours ago", now.saturating_sub(looked).max(0) / 3600),
    };
    let waits = ledger.waits.filter(|until| *until > now);
    let waits = waits.map(|until| format!("due, and waits until {} for its next attempt; ", moment(until)));
    let due = waits.unwrap_or_else(|| due(ledger, now));
    format!("{due}{looked}, and has rehearsed a renewal")
}

fn due(ledger: &Ledger, now: i64) -> String {
    match ledger.due {
        Some(due) if due > now => format!("due in {}; ", days(due.saturating_sub(now))),
        Some(_) => "due now; ".to_owned(),
        None => String::new(),
    }
}

fn days(seconds: i64) -> String {
    count(usize::try_from(seconds / DAY).unwrap_or_default(), "day")
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::digest::Digest;
    use crate::model::finding::Verdict;

    fn judged(change: impl FnOnce(&mut World)) -> (Verdict, String) {
        World::judged(judge, change)
    }

    fn ledger(world: &mut World) -> &mut Ledger {
        world.observed.renewal.as_mut().unwrap()
    }

    fn broken(change: fn(&mut World), words: &str) {
        let (verdict, seen) = judged(change);
        assert!(verdict == Verdict::Broken && seen.contains(words), "{verdict:?} {seen}");
    }

    #[test]
    fn a_host_that_looks_and_has_rehearsed_keeps_it() {
        let wanted = "due in 48 days; the host looked 5 hours ago, and has rehearsed a renewal";
        assert_eq!(judged(|_| ()), (Verdict::Kept, wanted.into()));
        let fresh = judged(|world| (ledger(world).looked, ledger(world).due) = (None, None));
        assert_eq!(fresh, (Verdict::Kept, "the host has not looked at it yet, and has rehearsed a renewal".into()));
        let (verdict, seen) = judged(|world| ledger(world).waits = Some(World::NOW + DAY));
        assert!(verdict == Verdict::Kept && seen.contains("UTC for its next attempt; the host looked"), "{seen}");
    }

    #[test]
    fn a_timer_that_sleeps_breaks_it() {
        broken(|world| world.unit(TIMER).active = "inactive".into(), "vc4all-renew.timer is inactive");
        broken(|world| world.unit(TIMER).file = "disabled".into(), "vc4all-renew.timer is disabled");
        broken(|world| world.facts().units.clear(), "is not there");
    }

    #[test]
    fn no_look_for_two_days_breaks_it_where_there_was_time() {
        broken(
            |world| {
                world.unit(TIMER).active_for = Some(900_000);
                ledger(world).looked = Some(World::NOW - 3 * DAY);
            },
            "last looked at its certificate 3 days ago",
        );
        broken(
            |world| {
                world.unit(TIMER).active_for = Some(900_000);
                world.observed.renewal = None;
            },
            "never looked",
        );
        let restarted = judged(|world| ledger(world).looked = Some(World::NOW - 30 * DAY));
        assert_eq!(restarted.0, Verdict::Kept);
        broken(|world| world.facts().failed.push(LOOK.into()), "vc4all-renew.service has failed");
    }

    #[test]
    fn one_failure_is_noted_and_three_or_little_time_break_it() {
        let fail = |world: &mut World| ledger(world).fail(World::NOW - DAY, "port 80 is closed", "Open it");
        let (verdict, seen) = judged(fail);
        assert_eq!((verdict, seen.contains("(1 look in a row): port 80 is closed")), (Verdict::Noted, true), "{seen}");
        let (verdict, seen) = judged(|world| (0..3).for_each(|_| fail(world)));
        assert_eq!((verdict, seen.contains("(3 looks in a row)")), (Verdict::Broken, true), "{seen}");
        let (verdict, _) = judged(|world| {
            fail(world);
            let held = ledger(world).certificate.as_mut().unwrap();
            (held.not_before, held.not_after) = (World::NOW - 70 * DAY, World::NOW + 20 * DAY);
        });
        assert_eq!(verdict, Verdict::Broken);
    }

    #[test]
    fn a_look_that_waits_has_not_failed_whatever_systemd_calls_it() {
        let waits = |until| {
            judged(move |world| {
                ledger(world).waits = Some(until);
                world.facts().failed.push(LOOK.into());
            })
        };
        assert_eq!(waits(World::NOW + DAY).0, Verdict::Kept);
        assert_eq!(waits(World::NOW - DAY).0, Verdict::Broken);
    }

    #[test]
    fn a_rehearsal_that_is_spared_breaks_nothing_and_mends_none_that_failed() {
        let (verdict, seen) = judged(|world| {
            ledger(world).rehearsed = None;
            ledger(world).spared = Some(World::NOW + DAY);
        });
        assert!(verdict == Verdict::Noted && seen.contains("and can be made after"), "{verdict:?} {seen}");
        broken(
            |world| {
                ledger(world).rehearsed.as_mut().unwrap().why = Some("no page".into());
                ledger(world).spared = Some(World::NOW + DAY);
            },
            "failed: no page",
        );
    }

    #[test]
    fn a_rehearsal_that_never_was_failed_or_was_of_another_order_breaks_it() {
        broken(|world| ledger(world).rehearsed = None, "never rehearsed");
        broken(|world| ledger(world).rehearsed.as_mut().unwrap().why = Some("no page".into()), "failed: no page");
        broken(|world| ledger(world).rehearsed.as_mut().unwrap().order = Digest::of(b"other"), "was told since");
    }
}
