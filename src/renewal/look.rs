//! One look at the certificate in force, and whether it is renewed now.

use super::news::{Task, Why};
use super::pair::Pair;
use super::sight;
use super::trouble::Trouble;
use super::turn::Turn;
use crate::model::renewal::{Attempts, Decision, Lifetime, Reason, decide, moment};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It is renewed, for this reason.
    Due(Why),
    /// It is good until then.
    Good(i64),
    /// It should be renewed, and an attempt before that one was in vain: the next is made then.
    Paused(i64),
}

/// A certificate that is not there, or not the ordered one, ended long ago; the authority counts those for it like any other.
const NONE: Lifetime = Lifetime { not_before: 0, not_after: 90 * 24 * 60 * 60 };

/// Judges the pair in force.
///
/// # Errors
/// When the clock is wrong, or the authority wants to be left alone by a person too.
pub(super) fn find(turn: &Turn<'_>, task: Task, pair: Option<&Pair>) -> Result<Found, Trouble> {
    let (now, standing, attempts) = (turn.upkeep.now, turn.upkeep.standing, turn.ledger.attempts);
    if task == Task::Now {
        return match attempts.banned(now) {
            Some(until) => Err(banned(until)),
            None => Ok(Found::Due(Why::Ordered)),
        };
    }
    let ordered = pair.filter(|pair| pair.is_ordered(standing));
    let lifetime = lifetime(ordered);
    let advice = turn.ledger.advice.as_ref();
    let window = advice.filter(|advice| ordered.is_some_and(|pair| pair.seen.serial == advice.serial));
    let share = ordered.map_or(0, |pair| pair.share(standing));
    let at = |attempts| decide(now, lifetime, window.map(|advice| advice.window), share, attempts);
    // Whether it is due at all: what is not the ordered one always is.
    let succeeded = attempts.succeeded.filter(|_| ordered.is_some());
    let calm = Attempts { succeeded, ..Attempts::default() };
    Ok(match (at(attempts), at(calm)) {
        (Decision::Renew(_), _) if ordered.is_none() => Found::Due(Why::Other),
        (Decision::Renew(Reason::Asked), _) => Found::Due(Why::Asked),
        (Decision::Renew(Reason::Ending), _) => Found::Due(Why::Ending),
        (Decision::Wait(until), Decision::Renew(_)) => Found::Paused(until),
        (Decision::Wait(_), Decision::Wait(due)) => Found::Good(due),
        (Decision::ClockBehind, _) | (_, Decision::ClockBehind) => {
            let cause = "the clock of this host stands before the first second of its certificate";
            return Err(Trouble::here(cause, sight::CLOCK));
        }
    })
}

/// How long the certificates are good that the authority gives, as far as the ordered pair shows it.
pub(super) fn lifetime(ordered: Option<&Pair>) -> Lifetime {
    ordered.map_or(NONE, |pair| pair.held().lifetime())
}

/// The authority has said when it wants to be asked again.
pub(super) fn banned(until: i64) -> Trouble {
    let cause = format!("the authority wants no order of this host before {}", moment(until));
    Trouble::here(cause, "wait until then")
}
