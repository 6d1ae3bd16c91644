//! What becomes of somebody else's work on the host.

use super::terminal::Terminal;
use crate::apply;
use crate::cli::Consent;
use crate::model::observed::Lock;
use crate::remote::Remote;
use crate::view::inert;
use anyhow::Result;

/// Whether the way is free.
pub(super) enum Way {
    /// Nobody works on the host.
    Free,
    /// Somebody did, and what they had changed was brought back: a new look is needed.
    Cleared,
}

/// Looks whether somebody works on the host; ends their work where that was asked for.
///
/// # Errors
/// When somebody does and it was not, or the host does not come to an end with it.
pub(super) fn make_way(
    lock: Option<&Lock>,
    consent: &Consent,
    remote: &mut dyn Remote,
    terminal: &mut Terminal,
) -> Result<Way> {
    let Some(Lock { owner, cause }) = lock else { return Ok(Way::Free) };
    let owner = inert::line(&format!("{owner}, {cause}"));
    if !consent.force_unlock {
        return Err(apply::taken(remote.host(), &owner));
    }
    let host = remote.host().to_owned();
    terminal.note(&format!("{host}: ending the work of {owner}; what it changed is brought back"));
    apply::unlock(remote)?;
    Ok(Way::Cleared)
}
