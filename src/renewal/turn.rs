//! One look at the certificate, as it goes on: the pair, the notes, and who is told.

use super::keep;
use super::news::{Done, News, Task};
use super::pair::Pair;
use super::telling::{self, Means};
use super::trouble::{Counts, Trouble};
use crate::model::ledger::Ledger;
use crate::model::standing::StandingOrder;
use crate::remote::Remote;
use anyhow::Result;
use std::mem::take;
use std::path::Path;

/// Everything that one look needs.
pub struct Upkeep<'a> {
    /// What is ordered.
    pub standing: &'a StandingOrder,
    /// The host's notes.
    pub ledger: &'a Path,
    /// The folder of the pair in force.
    pub live: &'a Path,
    /// Who does it and since when, on one line.
    pub author: &'a str,
    /// The clock, seconds since 1970.
    pub now: i64,
}

/// One look, as it goes on.
pub(super) struct Turn<'a> {
    pub(super) upkeep: &'a Upkeep<'a>,
    pub(super) remote: &'a mut dyn Remote,
    pub(super) heard: &'a mut dyn FnMut(News),
    pub(super) ledger: Ledger,
}

impl Turn<'_> {
    /// The pair in force; the ledger learns of it.
    ///
    /// # Errors
    /// When the disk does not give it.
    pub(super) fn pair(&mut self) -> Result<Option<Pair>, Trouble> {
        let pair = Pair::read(self.upkeep.live).map_err(|error| Trouble::of_host(&error))?;
        self.ledger.certificate = pair.as_ref().map(Pair::held);
        Ok(pair)
    }

    /// Writes down that an attempt begins: one that is killed counts too.
    ///
    /// # Errors
    /// When the disk does not take it; without it nothing is begun.
    pub(super) fn begin(&mut self) -> Result<(), Trouble> {
        self.ledger.began = Some(self.upkeep.now);
        keep::write(&self.ledger, self.upkeep.ledger).map_err(|error| Trouble::of_host(&error))
    }

    /// An attempt that nobody works on any more has failed, unless another pair is in force since.
    pub(super) fn settle(&mut self) {
        let Some(began) = self.ledger.began.take() else { return };
        let signed = take(&mut self.ledger.signing);
        let serial = self.ledger.certificate.take().map(|held| held.serial);
        let now_held = Pair::read(self.upkeep.live).ok().flatten().map(|pair| pair.seen.serial);
        if now_held.is_some() && now_held != serial {
            self.ledger.attempts = self.ledger.attempts.after_success(began);
            return;
        }
        let attempts = self.ledger.attempts;
        self.ledger.attempts =
            if signed { attempts.after_failure_with_certificate(began) } else { attempts.after_failure(began, None) };
        let help = "see on the host with `journalctl -u vc4all-renew.service` what ended it; the host tries again";
        self.ledger.fail(began, "an attempt ended in the middle", help);
    }

    /// Notes how it went.
    pub(super) fn note(&mut self, task: Task, done: &Result<Done, Trouble>) {
        // While somebody else works there, nobody looks.
        if task == Task::Rehearse || matches!(done, Ok(Done::Busy(_))) {
            return;
        }
        let (now, ledger) = (self.upkeep.now, &mut self.ledger);
        ledger.looked = Some(now);
        (ledger.began, ledger.signing, ledger.waits) = (None, false, None);
        match done {
            Ok(Done::Kept { due }) => {
                ledger.due = Some(*due);
                ledger.attempts = ledger.attempts.at_rest(now);
                ledger.mend();
            }
            Ok(Done::Renewed) => {
                ledger.attempts = ledger.attempts.after_success(now);
                ledger.advice = None;
                ledger.mend();
                self.see();
            }
            Ok(Done::Paused { until }) => {
                ledger.due = Some(ledger.due.map_or(now, |due| due.min(now)));
                ledger.waits = Some(*until);
            }
            Ok(Done::Rehearsed | Done::Spared { .. } | Done::Busy(_)) => {}
            Err(trouble) => {
                ledger.attempts = match trouble.counts {
                    Counts::No => ledger.attempts,
                    Counts::Perhaps(until) => ledger.attempts.after_failure(now, until),
                    Counts::Signed => ledger.attempts.after_failure_with_certificate(now),
                };
                ledger.fail(now, &trouble.advice.cause, &trouble.advice.help);
            }
        }
    }

    /// Tells the operator what has to be told, and writes down that it was.
    ///
    /// # Errors
    /// When the disk does not take it; the operator is told again then.
    pub(super) fn tell(&mut self, task: Task) -> Result<()> {
        if task == Task::Rehearse {
            return Ok(());
        }
        let sent = telling::tell(self.upkeep.standing, &mut self.ledger, &Means::of_host(self.upkeep.now));
        for sent in &sent {
            let text = sent.to_string();
            (self.heard)(if sent.done.is_ok() { News::Told(text) } else { News::NotTold(text) });
        }
        if sent.is_empty() { Ok(()) } else { keep::write(&self.ledger, self.upkeep.ledger) }
    }

    /// The new pair, and when it is due.
    fn see(&mut self) {
        // The next look reads it again; this one has done its work.
        if let Ok(Some(pair)) = self.pair() {
            self.ledger.due = Some(pair.held().lifetime().due());
        }
    }
}
