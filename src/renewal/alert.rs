//! When the operator is told that a certificate cannot be renewed, and when that it is over. All times are seconds since
//! 1970.

use crate::model::ledger::{Held, Ledger, Told};

/// What the operator is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The certificate cannot be renewed.
    Failing,
    /// The certificate has less than a tenth of its lifetime left, whether an attempt failed or not.
    RunningOut,
    /// What the operator was told of is over.
    Well,
    /// Nothing; the message is to show that it arrives.
    Test,
}

impl Event {
    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failing => "renewal-failing",
            Self::RunningOut => "running-out",
            Self::Well => "well-again",
            Self::Test => "test",
        }
    }
}

/// How long the operator is left alone after a message. A little less than a day: looks do not come to the second.
const PAUSE: i64 = 23 * 60 * 60;
/// How far ahead of this clock a note may be, in seconds.
const SKEW: i64 = 5 * 60;

/// What the operator is to be told now.
///
/// One failure is no news where there is time: authorities are down for an hour now and then. The second in a row is, and
/// the first when less than a quarter of the lifetime is left.
pub fn due(ledger: &Ledger, now: i64) -> Option<Event> {
    let held = ledger.certificate.as_ref().map(Held::lifetime);
    let nearly_out = held.is_some_and(|lifetime| lifetime.is_nearly_over(now));
    let scarce = || held.is_some_and(|lifetime| lifetime.is_scarce(now));
    let event = match &ledger.failing {
        Some(failure) if failure.times >= 2 || scarce() => Event::Failing,
        _ if nearly_out => Event::RunningOut,
        Some(_) => return None,
        None => return ledger.told.map(|_| Event::Well),
    };
    (!told_lately(ledger, now)).then_some(event)
}

/// Notes that the operator was told.
pub fn note(ledger: &mut Ledger, event: Event, now: i64) {
    let began = match event {
        Event::Failing => ledger.failing.as_ref().map_or(now, |failure| failure.since),
        Event::RunningOut => now,
        Event::Well => return ledger.told = None,
        Event::Test => return,
    };
    let since = ledger.told.map_or(began, |before| before.since);
    ledger.told = Some(Told { since, at: now });
}

/// Whether they were told within the last day; what a clock that was wrong wrote down does not count.
fn told_lately(ledger: &Ledger, now: i64) -> bool {
    let past = |told: &Told| told.at <= now.saturating_add(SKEW);
    ledger.told.filter(past).is_some_and(|told| now < told.at.saturating_add(PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400;
    const BORN: i64 = 1_800_000_000;

    fn holding(days: i64) -> Ledger {
        let held = Held { serial: "0a".to_owned(), not_before: BORN, not_after: BORN + days * DAY };
        Ledger { certificate: Some(held), ..Ledger::default() }
    }

    /// One look: what it finds, and what is told where every message arrives.
    fn look(ledger: &mut Ledger, now: i64, well: bool) -> Option<Event> {
        if well {
            ledger.mend();
        } else {
            ledger.fail(now, "port 80 is closed", "open it");
        }
        let event = due(ledger, now);
        if let Some(event) = event {
            note(ledger, event, now);
        }
        event
    }

    #[test]
    fn the_second_failure_is_news_and_its_end_too() {
        let mut ledger = holding(90);
        let due = BORN + 60 * DAY;
        let told: Vec<_> = [false, false, false, false, true, true]
            .into_iter()
            .enumerate()
            .map(|(at, well)| look(&mut ledger, due + i64::try_from(at).unwrap() * DAY / 2, well))
            .collect();
        assert_eq!(told, [None, Some(Event::Failing), None, Some(Event::Failing), Some(Event::Well), None]);
    }

    #[test]
    fn one_failure_that_passes_is_no_news() {
        let mut ledger = holding(90);
        assert_eq!(look(&mut ledger, BORN + 60 * DAY, false), None);
        assert_eq!(look(&mut ledger, BORN + 61 * DAY, true), None);
    }

    #[test]
    fn with_little_time_left_the_first_failure_is_news() {
        for (days, quarter) in [(90, 68), (6, 5)] {
            assert_eq!(look(&mut holding(days), BORN + quarter * DAY, false), Some(Event::Failing));
        }
    }

    #[test]
    fn a_certificate_that_runs_out_says_so_without_any_failure() {
        let mut ledger = holding(90);
        let last = BORN + 82 * DAY;
        assert_eq!(look(&mut ledger, last, true), Some(Event::RunningOut));
        assert_eq!(look(&mut ledger, last + DAY / 2, true), None);
        assert_eq!(look(&mut ledger, last + DAY, true), Some(Event::RunningOut));
        ledger.certificate = holding(180).certificate;
        assert_eq!(look(&mut ledger, last + DAY + 60, true), Some(Event::Well));
        assert_eq!(look(&mut ledger, last + 2 * DAY, true), None);
    }

    #[test]
    fn what_did_not_arrive_is_still_due() {
        let mut ledger = holding(90);
        let now = BORN + 60 * DAY;
        ledger.fail(now, "a", "b");
        ledger.fail(now + DAY / 2, "a", "b");
        for hours in 0..5 {
            assert_eq!(due(&ledger, now + DAY / 2 + hours * 3600), Some(Event::Failing));
        }
    }

    #[test]
    fn a_wrong_clock_silences_nobody() {
        let mut ledger = holding(90);
        ledger.fail(BORN + 60 * DAY, "a", "b");
        ledger.fail(BORN + 60 * DAY, "a", "b");
        note(&mut ledger, Event::Failing, BORN + 400 * DAY);
        assert_eq!(due(&ledger, BORN + 61 * DAY), Some(Event::Failing));
        let absurd = Held { serial: String::new(), not_before: i64::MIN, not_after: i64::MAX };
        assert_eq!(due(&Ledger { certificate: Some(absurd), ..Ledger::default() }, i64::MIN), None);
    }

    proptest! {
        /// Looks at any distance, good or bad, with messages that arrive or not.
        #[test]
        fn nobody_is_told_too_often_and_everybody_is_told_the_end(
            looks in proptest::collection::vec((60_i64..2 * DAY, any::<bool>(), any::<bool>()), 1..80),
        ) {
            let mut ledger = holding(90);
            let (mut now, mut open, mut last) = (BORN + 40 * DAY, false, None);
            for (pause, well, arrives) in looks {
                now += pause;
                if well {
                    ledger.mend();
                } else {
                    ledger.fail(now, "a", "b");
                }
                let event = due(&ledger, now);
                let nearly_out = now > BORN + 81 * DAY;
                let bad = nearly_out || ledger.failing.as_ref().is_some_and(|failure| failure.times >= 2);
                match event {
                    Some(Event::Well) => prop_assert!(open && !bad && well),
                    Some(_) => prop_assert!(!well || nearly_out),
                    None => prop_assert!(!bad || last.is_some_and(|last| now - last < PAUSE)),
                }
                if let Some(event) = event.filter(|_| arrives) {
                    if event != Event::Well {
                        prop_assert!(!open || last.is_none_or(|last| now - last >= PAUSE));
                        last = Some(now);
                    }
                    open = event != Event::Well;
                    note(&mut ledger, event, now);
                }
            }
        }
    }
}
