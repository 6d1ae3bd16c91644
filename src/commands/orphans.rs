//! Finds what the generation in force made and nobody wants any more; asks the host for its record only then.

use crate::model::advice::Advice;
use crate::model::observed::Observed;
use crate::model::resource::Claim;
use crate::observe::history::{Wish, history};
use crate::plan;
use crate::record;
use crate::remote::Remote;
use anyhow::Result;

/// The claims that take it away.
///
/// # Errors
/// When the host's record is damaged, or the host moved on meanwhile.
pub(super) fn find(remote: &mut dyn Remote, wanted: &[Claim], seen: &Observed) -> Result<Vec<Claim>> {
    let Some(standing) = seen.standing.as_ref().filter(|standing| plan::leaves_any(wanted, standing)) else {
        return Ok(Vec::new());
    };
    let Some(recorded) = history(remote, Wish::Current)?.record else { return Ok(Vec::new()) };
    if recorded.generation != seen.generation {
        return Err(moved(remote.host()).into());
    }
    let record = record::unpack(&recorded.packed).map_err(|error| {
        let (host, number) = (remote.host(), seen.generation);
        let cause =
            format!("host {host}: what nobody wants any more cannot be told, for its record is damaged: {error:#}");
        let file = format!("/var/lib/vc4all/generations/{number}/record");
        Advice::new(cause, format!("remove {file} on the host: whatever is left over then stays where it is"))
    })?;
    plan::orphans(wanted, &record.claims, standing)
}

/// Somebody else put a new generation in force between two looks.
pub(super) fn moved(host: &str) -> Advice {
    Advice::new(format!("host {host}: it changed while it was looked at"), "run it again")
}
