//! The way of a host whose keys somebody else may have: another certificate first, then the old ones are revoked.

use super::{diff, rotation};
use crate::model::deployment::Deployment;
use crate::model::names::SecretName;
use crate::model::observed::Observed;
use crate::model::plan::{Action, Change, Plan, Why};
use crate::model::resource::{Certificate, Claim, Resource};
use crate::model::revocation::Holdings;
use std::collections::BTreeSet;

/// A rotation of these secrets; before it the certificate, what is to be revoked, and the key of the account. Where an
/// earlier run did all but the revocations, they alone are left.
///
/// The claims must have passed [`super::check`].
pub fn compromise(deployment: &Deployment, claims: &[Claim], seen: &Observed, secrets: &BTreeSet<SecretName>) -> Plan {
    let nothing = Holdings::default();
    let holdings = seen.holdings.as_ref().unwrap_or(&nothing);
    let plan = if holdings.rest { diff(deployment, claims, seen) } else { rotation(deployment, claims, seen, secrets) };
    let claimed = claims.iter().find_map(|claim| match &claim.resource {
        Resource::Certificate(certificate) => Some((claim, certificate)),
        _ => None,
    });
    let Some((claim, certificate)) = claimed else { return plan };
    let first = with_authority(certificate, seen, holdings);
    let issues = first.iter().any(|action| matches!(action, Action::Issue(_)));
    let unchanged = if issues && !is_due(&plan) { plan.unchanged.saturating_sub(1) } else { plan.unchanged };
    let rest = plan.changes.into_iter().filter(|change| !(issues && matches!(change.action, Action::Issue(_))));
    let first =
        first.into_iter().map(|action| Change { component: claim.component.clone(), why: Why::Compromised, action });
    Plan { changes: first.chain(rest).collect(), unchanged, ..plan }
}

fn is_due(plan: &Plan) -> bool {
    plan.changes.iter().any(|change| matches!(change.action, Action::Issue(_)))
}

/// What is done with the authority, in its order.
fn with_authority(certificate: &Certificate, seen: &Observed, holdings: &Holdings) -> Vec<Action> {
    let directory = certificate.authority.directory();
    let of_authority = seen.certificate.as_ref().is_some_and(|held| held.issued_by.is_some());
    let mut actions = Vec::new();
    if of_authority && !holdings.rest {
        actions.push(Action::Issue(certificate.clone()));
    }
    actions.extend(holdings.compromised(directory, seen.clock).cloned().map(Action::Revoke));
    if holdings.account || (of_authority && !holdings.rest) {
        actions.push(Action::RenewAccount(directory.to_owned()));
    }
    actions
}
