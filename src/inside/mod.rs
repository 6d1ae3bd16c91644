//! The host from inside: one read-only script, one answer, facts without judgement.

mod facts;
mod journal;
mod parse;
mod questions;
mod rotation;

pub use facts::{
    Bridge, Clock, Disk, Facts, LockedFile, LogFile, Logs, Memory, Reader, Trace, Traces, UnitFacts, Updates,
};
pub use journal::Journal;
pub use parse::parse;
pub use questions::{Needle, NeedleKind, Questions, Visit};
pub use rotation::Rule;

use crate::remote::{Order, Remote, answered};
use anyhow::{Context as _, Result};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The script that answers; it reads the questions on its standard input.
pub const LOOK: &str = include_str!("look.sh");

/// Looks at the host from inside, after all other looks: it searches the logs for what the visit left there.
///
/// # Errors
/// When the host cannot be reached, or its answer makes no sense.
pub fn look(remote: &mut dyn Remote, questions: &Questions) -> Result<Facts> {
    let asked = now();
    let input = questions.text(asked);
    let order = Order {
        purpose: "look at the host from inside",
        script: LOOK,
        input: input.reveal().as_bytes(),
        patience: Duration::from_secs(30),
    };
    let answer = answered(remote, &order)?;
    let mut facts =
        parse(&answer.stdout, questions).with_context(|| format!("host {}: read its answer", remote.host()))?;
    facts.clock.asked = asked;
    facts.clock.answered = now();
    Ok(facts)
}

/// Our clock in seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
