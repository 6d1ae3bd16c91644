//! A renewal played through: the whole way, and everything stays as it is.

use super::look::{banned, lifetime};
use super::news::{Done, News};
use super::pair::order;
use super::telling::{self, Means};
use super::trouble::{Counts, Trouble};
use super::turn::Turn;
use super::{attempt, keep, sight};
use crate::acme::{self, Desk, Mode, Side, Step, Terms};
use crate::apply::Hold;
use crate::model::ledger::Rehearsal;

const ALERTS: &str = "see that `alerts` of the inventory is right and that the host reaches who is named there, run `up` where you \
                      changed something";

/// Plays it through, and notes how it went.
///
/// # Errors
/// Where a renewal would fail too, or nobody would hear of it; and where the authority wants no order now, which is not noted,
/// since nothing was tried.
pub(super) fn play(turn: &mut Turn<'_>) -> Result<Done, Trouble> {
    let shared = turn.upkeep.standing.rehearsal == turn.upkeep.standing.directory;
    if shared && let Some(until) = spared(turn)? {
        turn.ledger.spared = Some(until);
        return Ok(Done::Spared { until });
    }
    let done = played(turn, shared);
    let why = match &done {
        Ok(Done::Busy(_)) => return done,
        Ok(_) => None,
        Err(trouble) => Some(trouble.to_string()),
    };
    let (at, standing) = (turn.upkeep.now, turn.upkeep.standing);
    let (directory, order) = (standing.rehearsal.clone(), standing.tried());
    turn.ledger.rehearsed = Some(Rehearsal { at, directory, order, why });
    turn.ledger.spared = None;
    done
}

/// Until when a rehearsal costs what a renewal may need: one authority for both counts both.
///
/// # Errors
/// When the authority wants no order now.
fn spared(turn: &mut Turn<'_>) -> Result<Option<i64>, Trouble> {
    let (now, standing) = (turn.upkeep.now, turn.upkeep.standing);
    let pair = turn.pair()?;
    let attempts = turn.ledger.attempts;
    if let Some(until) = attempts.banned(now) {
        return Err(banned(until));
    }
    Ok(attempts.spared(lifetime(pair.as_ref().filter(|pair| pair.is_ordered(standing))), now))
}

/// A renewal that fails has to be heard of: a test message goes to whom the order names.
fn try_alerts(turn: &Turn<'_>) -> Result<(), Trouble> {
    let tried = telling::try_out(turn.upkeep.standing, &turn.ledger, &Means::of_host(turn.upkeep.now));
    tried.map_err(|error| Trouble::with_help(&error, ALERTS))
}

fn played(turn: &mut Turn<'_>, shared: bool) -> Result<Done, Trouble> {
    let standing = turn.upkeep.standing;
    let there = acme::clock(&order(standing, &standing.rehearsal, None));
    sight::same_time(turn.upkeep.now, there.map_err(|error| Trouble::of_order(&error))?)?;
    let told = match try_alerts(turn) {
        // A message that does not arrive costs no certificate.
        Err(trouble) if shared => return Err(trouble),
        told => told,
    };
    let hold = match attempt::held(turn)? {
        Ok(hold) => hold,
        Err(owner) => return Ok(Done::Busy(owner)),
    };
    let done = under(turn, &hold, shared);
    let released = hold.release(turn.remote).map_err(|error| Trouble::of_host(&error));
    if shared && let Err(Trouble { counts: Counts::Perhaps(Some(until)), .. }) = &done {
        // One authority for both: it counts both.
        turn.ledger.attempts = turn.ledger.attempts.after_failure(turn.upkeep.now, Some(*until));
    }
    done.and_then(|done| released.and(told).map(|()| done))
}

fn under(turn: &mut Turn<'_>, hold: &Hold, shared: bool) -> Result<Done, Trouble> {
    let standing = turn.upkeep.standing;
    let (order, step) = (order(standing, &standing.rehearsal, None), hold.step());
    let terms = Terms {
        domain: &standing.domain,
        authority: &order.directory,
        mode: Mode::Rehearsal,
        side: Side::Host,
        step: &step,
    };
    let mut desk = Desk::new(turn.remote, terms).map_err(|error| Trouble::of_host(&error))?;
    let (heard, ledger) = (&mut turn.heard, &mut turn.ledger);
    let issued = acme::issue(&order, &mut desk, &mut |step| {
        if step == Step::Signing && shared {
            ledger.attempts = ledger.attempts.after_rehearsal(turn.upkeep.now);
            // As in an attempt: who is killed from here on has cost a certificate.
            let _ = keep::write(ledger, turn.upkeep.ledger);
        }
        // The pair that was made is in use nowhere.
        if step != Step::Installed {
            heard(News::Step(step));
        }
    });
    let cleared = desk.clear().map_err(|error| Trouble::of_host(&error));
    issued.map_err(|error| Trouble::of_order(&error))?;
    cleared.map(|()| Done::Rehearsed)
}
