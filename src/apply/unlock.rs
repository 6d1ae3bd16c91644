//! Ends the work of whoever holds the host's lock.

use crate::remote::{Order, Remote, answered};
use anyhow::Result;
use std::time::Duration;

const UNLOCK: &str = include_str!("unlock.sh");

/// Ends that work and waits until the host has brought back what it had changed; does nothing where nobody works.
///
/// # Errors
/// When the host cannot be reached, or does not come to an end with it.
pub fn unlock(remote: &mut dyn Remote) -> Result<()> {
    let patience = Duration::from_secs(60);
    answered(remote, &Order { purpose: "end the other work", script: UNLOCK, input: &[], patience }).map(drop)
}
