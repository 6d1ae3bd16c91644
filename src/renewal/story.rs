//! One look at the certificate, and what follows from it.

use super::news::{Done, News, Task};
use super::turn::{Turn, Upkeep};
use super::{attempt, keep, rehearse};
use crate::remote::Remote;
use anyhow::Result;

/// Carries it out, and writes down how it went; alone on this host.
///
/// # Errors
/// Where it failed, with the next step ([`crate::model::advice::Advice`]); the certificate in force stays.
pub fn carry_out(
    task: Task,
    upkeep: &Upkeep<'_>,
    remote: &mut dyn Remote,
    heard: &mut dyn FnMut(News),
) -> Result<Done> {
    let Some(_alone) = keep::alone(upkeep.ledger)? else {
        return Ok(Done::Busy("another look at the certificate".to_owned()));
    };
    let mut turn = Turn { upkeep, remote, heard, ledger: keep::read(upkeep.ledger)? };
    turn.settle();
    turn.ledger.ask(&upkeep.standing.directory);
    let done = match task {
        Task::Rehearse => rehearse::play(&mut turn),
        Task::WhereDue | Task::Now => attempt::renew(&mut turn, task),
    };
    turn.note(task, &done);
    let kept = keep::write(&turn.ledger, upkeep.ledger);
    // Told also where the disk takes no notes: a full one is what stops renewals.
    let told = turn.tell(task);
    kept.and(told)?;
    done.map_err(|trouble| trouble.advice.into())
}
