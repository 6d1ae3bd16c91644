//! Subtracts what was seen from what is wanted; no clock, no chance, no network.

mod certificate;
mod check;
mod drift;
mod meetings;
mod orphans;
mod preflight;
mod sight;
mod steps;
mod wake;

pub use check::check;
pub use meetings::{interrupts, regard};
pub use orphans::{leaves_any, orphans};
pub use preflight::{Case, never_deployed, objections};

use crate::model::deployment::Deployment;
use crate::model::names::SecretName;
use crate::model::observed::Observed;
use crate::model::plan::{Action, Change, Plan, Why};
use crate::model::resource::Claim;
use crate::model::traits::{Architecture, Traits};
use crate::model::values::Domain;
use sight::Sight;
use std::collections::BTreeSet;

/// The changes that lead from `seen` to `claims`, in the order of execution.
///
/// Same claims and same observation give the same plan. The claims must have passed [`check`].
pub fn diff(deployment: &Deployment, claims: &[Claim], seen: &Observed) -> Plan {
    towards(deployment, claims, &Sight::of(claims, seen))
}

/// The same, and every one of these secrets that the host has is made anew, wherever it stands.
///
/// The claims must have passed [`check`].
pub fn rotation(deployment: &Deployment, claims: &[Claim], seen: &Observed, secrets: &BTreeSet<SecretName>) -> Plan {
    towards(deployment, claims, &Sight::renewing(claims, seen, secrets))
}

fn towards(deployment: &Deployment, claims: &[Claim], sight: &Sight<'_>) -> Plan {
    let seen = sight.seen;
    let mut draft = Draft::default();
    for step in steps::BEFORE_UNITS {
        draft.take(claims, |claim| step(sight, &claim.resource));
    }
    let wakes = wake::gather(&draft.changes);
    draft.changes.extend(wake::refreshes(&wakes));
    draft.take(claims, |claim| wake::unit(sight, &wakes, &claim.resource));
    draft.take(claims, |claim| steps::roster(sight, &claim.resource));
    draft.take(claims, |claim| certificate::step(sight, &claim.resource));
    Plan {
        domain: deployment.domain.clone(),
        formerly: formerly(deployment, seen),
        host: deployment.host.address.to_string(),
        based_on: Some(seen.digest.clone()),
        unchanged: claims.len() - draft.touched.len(),
        changes: draft.changes,
    }
}

/// The changes on a fresh host of the kind that the inventory declares, on which nothing was observed.
pub fn fresh(deployment: &Deployment, claims: &[Claim]) -> Plan {
    Plan { based_on: None, ..diff(deployment, claims, &nothing(deployment)) }
}

fn nothing(deployment: &Deployment) -> Observed {
    Observed::bare(Traits {
        release: deployment.host.release,
        architecture: Architecture::X86_64,
        memory_mib: deployment.host.memory_mib,
        addresses: Vec::new(),
        ssh_ports: Vec::new(),
    })
}

/// The domain of the generation in force, where it is another one; the verb's record ends with it.
fn formerly(deployment: &Deployment, seen: &Observed) -> Option<Domain> {
    let domain = Domain::parse(seen.standing.as_ref()?.cause.rsplit(' ').next()?).ok()?;
    (domain != deployment.domain).then_some(domain)
}

/// The changes so far, and which claims they are for.
#[derive(Default)]
struct Draft {
    changes: Vec<Change>,
    touched: BTreeSet<usize>,
}

impl Draft {
    fn take(&mut self, claims: &[Claim], step: impl Fn(&Claim) -> Option<(Why, Action)>) {
        for (index, claim) in claims.iter().enumerate() {
            if let Some((why, action)) = step(claim) {
                self.changes.push(Change { component: claim.component.clone(), why, action });
                self.touched.insert(index);
            }
        }
    }
}
