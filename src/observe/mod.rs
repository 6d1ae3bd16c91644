//! Asks a host how it is: one read-only script, one answer.

mod certificate;
pub mod history;
mod listeners;
mod parse;
mod probe;
mod renewal;
mod standing;
mod stock;

pub use certificate::read as certificate;
pub use listeners::listening;
pub use parse::parse;
pub use probe::{PROBE, Questions, encoded};
pub use renewal::renewal;
pub use stock::{Piece, Stock};

use crate::model::observed::Observed;
use crate::remote::{Order, Remote, answered};
use anyhow::{Context as _, Result};
use std::time::Duration;

/// Looks at the host.
///
/// # Errors
/// When the host cannot be reached, its distribution is none that we know, or its answer makes no sense.
pub fn observe(remote: &mut dyn Remote, questions: &Questions) -> Result<Observed> {
    let asked = questions.text();
    let order = Order {
        purpose: "look at the host",
        script: PROBE,
        input: asked.as_bytes(),
        patience: Duration::from_secs(60),
    };
    let answer = answered(remote, &order)?;
    parse(&answer.stdout, questions).with_context(|| format!("host {}: read its answer", remote.host()))
}
