//! What the authority says before anything is ordered: what time it is, and when it would like to be asked.

use super::news::News;
use super::pair::{Pair, order};
use super::trouble::Trouble;
use super::turn::Turn;
use crate::acme;
use crate::model::ledger::Advised;
use std::time::Duration;

/// A clock that is further off than this decides nothing, in seconds.
const HOUR: i64 = 60 * 60;
/// How long advice counts, whatever the authority says (RFC 9773 §4.3 wants bounds of the client's own).
const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Compares the clocks, and takes the authority's advice about this pair. An authority that cannot be reached is no reason to
/// wait, and none to hurry.
///
/// # Errors
/// When one of both clocks is wrong.
pub(super) fn ask(turn: &mut Turn<'_>, pair: Option<&Pair>) -> Result<(), Trouble> {
    let upkeep = turn.upkeep;
    let order = order(upkeep.standing, &upkeep.standing.directory, None);
    match acme::clock(&order) {
        Ok(there) => compare(turn, pair, there)?,
        Err(error) => {
            (turn.heard)(News::NoAdvice(error.to_string()));
            return Ok(());
        }
    }
    let Some(pair) = pair.filter(|pair| pair.is_ordered(upkeep.standing)) else { return Ok(()) };
    if turn.ledger.advice.as_ref().is_some_and(|advice| counts(advice, pair, upkeep.now)) {
        return Ok(());
    }
    match acme::advice(&order, &pair.pem) {
        Ok(given) => {
            turn.ledger.advice = given.map(|(window, again)| {
                let seconds = again.clamp(SHORTEST, LONGEST).as_secs();
                let until = upkeep.now.saturating_add(i64::try_from(seconds).unwrap_or(HOUR));
                Advised { serial: pair.seen.serial.clone(), window, until }
            });
        }
        // What it said before about this very certificate still counts.
        Err(error) => (turn.heard)(News::NoAdvice(error.to_string())),
    }
    Ok(())
}

/// Goes on with two clocks only where time is short: nobody knows which one is wrong, and the new chain is checked anyway.
fn compare(turn: &mut Turn<'_>, pair: Option<&Pair>, there: Option<i64>) -> Result<(), Trouble> {
    let now = turn.upkeep.now;
    match same_time(now, there) {
        Err(doubt) if pair.is_some_and(|pair| pair.held().lifetime().is_scarce(now)) => {
            (turn.heard)(News::OtherClock(doubt.to_string()));
            Ok(())
        }
        judged => judged,
    }
}

/// Whether this advice is about this pair and not too old; a clock that was wrong may have written it down.
fn counts(advice: &Advised, pair: &Pair, now: i64) -> bool {
    let longest = now.saturating_add(i64::try_from(LONGEST.as_secs()).unwrap_or(i64::MAX));
    advice.serial == pair.seen.serial && (now + 1..=longest).contains(&advice.until)
}

/// Refuses where the clock of this host and that of the authority differ by more than an hour.
///
/// # Errors
/// By how much.
pub(super) fn same_time(here: i64, there: Option<i64>) -> Result<(), Trouble> {
    let Some(there) = there else { return Ok(()) };
    let behind = there.saturating_sub(here);
    if behind.saturating_abs() <= HOUR {
        return Ok(());
    }
    let way = if behind > 0 { "behind" } else { "ahead of" };
    let cause = format!("the clock of this host is {} {way} the authority's", span(behind.saturating_abs()));
    Err(Trouble::here(cause, CLOCK))
}

/// What to do about a wrong clock.
pub(super) const CLOCK: &str = "set the clock of the host right, and see with `timedatectl` why it does not keep the time; a wrong clock decides nothing";

fn span(seconds: i64) -> String {
    match seconds {
        ..172_800 => format!("{} minutes", seconds / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::observed::SeenCertificate;
    use crate::model::renewal::Window;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn clocks_that_differ_by_more_than_an_hour_decide_nothing() {
        for there in [None, Some(NOW), Some(NOW - HOUR), Some(NOW + HOUR)] {
            assert!(same_time(NOW, there).is_ok(), "{there:?}");
        }
        for (there, words) in [
            (NOW + HOUR + 60, "61 minutes behind the authority's"),
            (NOW - 26 * HOUR, "1560 minutes ahead of the authority's"),
            (NOW - 300 * 24 * HOUR, "300 days ahead of the authority's"),
            (i64::MIN, "ahead of"),
        ] {
            let trouble = same_time(NOW, Some(there)).unwrap_err();
            assert!(trouble.to_string().contains(words), "{trouble}");
        }
    }

    #[test]
    fn advice_counts_for_its_own_certificate_and_its_own_time() {
        let seen = SeenCertificate {
            names: Vec::new(),
            not_before: NOW,
            not_after: NOW + 9,
            serial: "7f".to_owned(),
            issued_by: None,
        };
        let pair = Pair { seen, pem: String::new() };
        let advice =
            |serial: &str, until| Advised { serial: serial.to_owned(), window: Window { start: NOW, end: NOW }, until };
        assert!(counts(&advice("7f", NOW + 60), &pair, NOW));
        for wrong in [advice("7e", NOW + 60), advice("7f", NOW), advice("7f", NOW + 25 * HOUR), advice("7f", i64::MAX)]
        {
            assert!(!counts(&wrong, &pair, NOW), "{wrong:?}");
        }
    }
}
