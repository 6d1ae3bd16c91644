//! Subtracts what was seen from what is wanted; no clock, no chance, no network.

mod certificate;
mod check;
mod compromise;
mod drift;
mod meetings;
mod orphans;
mod preflight;
mod rehearsal;
mod sight;
mod steps;
mod wake;

pub use check::check;
pub use compromise::compromise;
pub use meetings::{interrupts, regard};
pub use orphans::{leaves_any, orphans};
pub use preflight::{Case, objections};
pub use rehearsal::renews_itself;

use crate::model::backup::Brought;
use crate::model::deployment::Deployment;
use crate::model::known::Moves;
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
    let sight = Sight::of(claims, seen);
    rehearsing(claims, &sight, towards(deployment, claims, &sight, Vec::new()))
}

/// The same, and every one of these secrets that the host has is made anew, wherever it stands.
///
/// The claims must have passed [`check`].
pub fn rotation(deployment: &Deployment, claims: &[Claim], seen: &Observed, secrets: &BTreeSet<SecretName>) -> Plan {
    let sight = Sight::renewing(claims, seen, secrets);
    rehearsing(claims, &sight, towards(deployment, claims, &sight, Vec::new()))
}

/// The same with what a backup brings, which counts as seen: secrets before all else, keys once their folders are there,
/// and accounts after the units, because the door's first start makes their folder. A rehearsal waits for the next plan: the
/// name may lead to the former host yet.
pub fn diff_bringing(deployment: &Deployment, claims: &[Claim], seen: &Observed, brought: Vec<Change>) -> Plan {
    towards(deployment, claims, &Sight::of(claims, seen), brought)
}

/// The same, and the way of packages from one version to another; what they may bring or change is unknown, so all of
/// it is written again, and whatever runs from them is restarted.
pub fn upgrade(deployment: &Deployment, claims: &[Claim], seen: &Observed, moves: &Moves) -> Plan {
    // Another version of Jitsi's shows nothing about renewals, and a rehearsal that fails must not take it back.
    towards(deployment, claims, &Sight::with(claims, seen, moves), Vec::new())
}

/// The plan with the rehearsal that is due after it.
fn rehearsing(claims: &[Claim], sight: &Sight<'_>, mut plan: Plan) -> Plan {
    plan.changes.extend(rehearsal::due(sight, claims, &plan.changes));
    plan
}

fn towards(deployment: &Deployment, claims: &[Claim], sight: &Sight<'_>, brought: Vec<Change>) -> Plan {
    let seen = sight.seen;
    let Parcels { secrets, keys, accounts } = Parcels::of(brought);
    let claimed = secrets.iter().chain(&keys).filter(|change| is_claimed(change)).count();
    let mut draft = Draft { changes: secrets, touched: BTreeSet::new() };
    let (before_keys, after_keys) = steps::BEFORE_UNITS.split_at(steps::UP_TO_FOLDERS);
    for step in before_keys {
        draft.take(claims, |claim| step(sight, &claim.resource));
    }
    draft.changes.extend(keys);
    for step in after_keys {
        draft.take(claims, |claim| step(sight, &claim.resource));
    }
    let wakes = wake::gather(&draft.changes);
    draft.changes.extend(wake::refreshes(&wakes));
    draft.take(claims, |claim| wake::unit(sight, &wakes, &claim.resource));
    draft.changes.extend(accounts);
    draft.take(claims, |claim| steps::roster(sight, &claim.resource));
    draft.take(claims, |claim| certificate::step(sight, &claim.resource));
    Plan {
        domain: deployment.domain.clone(),
        formerly: formerly(deployment, seen),
        host: deployment.host.address.to_string(),
        based_on: Some(sight.seen.digest.clone()),
        unchanged: (claims.len() - draft.touched.len()).saturating_sub(claimed),
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

/// What a backup brings, by when it is put in its place.
#[derive(Default)]
struct Parcels {
    secrets: Vec<Change>,
    keys: Vec<Change>,
    accounts: Vec<Change>,
}

impl Parcels {
    fn of(brought: Vec<Change>) -> Self {
        let mut parcels = Self::default();
        for change in brought {
            match &change.action {
                Action::BringBack(Brought::Secret(_) | Brought::AuthorityAccount) => parcels.secrets.push(change),
                Action::BringBack(Brought::Accounts(_)) => parcels.accounts.push(change),
                _ => parcels.keys.push(change),
            }
        }
        parcels
    }
}

/// Whether a claim asked for it.
fn is_claimed(change: &Change) -> bool {
    !matches!(change.action, Action::BringBack(Brought::AuthorityAccount))
}

/// The changes so far, and which claims they are for.
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
