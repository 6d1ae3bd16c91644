//! A renewal: a look, and where it is due one attempt at a new certificate, under the host's lock.

use super::look::{Found, find};
use super::news::{Done, News, Task};
use super::pair::order;
use super::trouble::Trouble;
use super::turn::Turn;
use super::{keep, sight};
use crate::acme::{self, Desk, Hsts, Mode, Side, Step, Terms};
use crate::apply::{Grip, Hold};
use crate::model::resource::Wake;

/// Renews where it is due.
pub(super) fn renew(turn: &mut Turn<'_>, task: Task) -> Result<Done, Trouble> {
    let pair = turn.pair()?;
    sight::ask(turn, pair.as_ref())?;
    match find(turn, task, pair.as_ref())? {
        Found::Due(_) => make(turn, task),
        Found::Good(due) => Ok(Done::Kept { due }),
        Found::Paused(until) => Ok(Done::Paused { until }),
    }
}

/// Takes the lock, looks again, and orders.
///
/// # Errors
/// When the lock cannot be had, or no certificate came.
fn make(turn: &mut Turn<'_>, task: Task) -> Result<Done, Trouble> {
    let hold = match held(turn)? {
        Ok(hold) => hold,
        Err(owner) => return Ok(Done::Busy(owner)),
    };
    let made = under(turn, task, &hold);
    let released = hold.release(turn.remote).map_err(|error| Trouble::of_host(&error));
    // What went wrong first is what people have to know.
    made.and_then(|done| released.map(|()| done))
}

/// The lock, or who has it.
pub(super) fn held(turn: &mut Turn<'_>) -> Result<Result<Hold, String>, Trouble> {
    let upkeep = turn.upkeep;
    match Hold::attempt(turn.remote, upkeep.author, &upkeep.standing.domain) {
        Ok(Grip::Held(hold)) => Ok(Ok(hold)),
        Ok(Grip::Taken(owner)) => Ok(Err(owner)),
        Err(error) => Err(Trouble::of_host(&error)),
    }
}

fn under(turn: &mut Turn<'_>, task: Task, hold: &Hold) -> Result<Done, Trouble> {
    let pair = turn.pair()?;
    // Somebody may have renewed it while we waited.
    let why = match find(turn, task, pair.as_ref())? {
        Found::Due(why) => why,
        Found::Good(due) => return Ok(Done::Kept { due }),
        Found::Paused(until) => return Ok(Done::Paused { until }),
    };
    turn.begin()?;
    (turn.heard)(News::Due(why));
    let standing = turn.upkeep.standing;
    let order = order(standing, &standing.directory, pair.as_ref().filter(|pair| pair.is_ordered(standing)));
    let wakes: Vec<_> = standing.reload.iter().cloned().map(Wake::Reload).collect();
    let hsts = if standing.hsts { Hsts::Told } else { Hsts::Untold };
    let (mode, step) = (Mode::InForce { hsts, wakes: &wakes }, hold.step());
    let terms = Terms { domain: &standing.domain, authority: &order.directory, mode, side: Side::Host, step: &step };
    let mut desk = Desk::new(turn.remote, terms).map_err(|error| Trouble::of_host(&error))?;
    let (heard, ledger) = (&mut turn.heard, &mut turn.ledger);
    let issued = acme::issue(&order, &mut desk, &mut |step| {
        if step == Step::Signing {
            ledger.signing = true;
            // Who is killed from here on has cost a certificate. A disk that does not take the note stops nobody any more.
            let _ = keep::write(ledger, turn.upkeep.ledger);
        }
        heard(News::Step(step));
    });
    match issued {
        Ok(_) => Ok(Done::Renewed),
        Err(error) if turn.ledger.signing => Err(Trouble::of_signing(&error)),
        Err(error) => Err(Trouble::of_order(&error)),
    }
}
