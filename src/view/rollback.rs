//! Says what going back to an earlier generation does not undo.

use super::inert;
use crate::model::names::PackageName;
use crate::model::observed::Observed;
use crate::model::plan::{Action, Plan};
use crate::model::renewal::units::TIMER;
use crate::model::resource::{Claim, Resource, Unit, UnitState};
use std::collections::BTreeMap;

/// An earlier generation, as far as it decides what comes back.
pub struct Then<'a> {
    /// The packages that were installed, with their versions.
    pub packages: &'a BTreeMap<PackageName, String>,
    /// What the host held.
    pub claims: &'a [Claim],
}

/// What stays as it is, one line each, and only what applies.
pub fn caveats(then: &Then<'_>, plan: &Plan, seen: &Observed) -> String {
    let mut lines = vec!["Going back does not undo:".to_owned()];
    lines.extend(packages(then.packages, seen));
    lines.extend(secrets(plan));
    if seen.certificate.is_some() && !plan.changes.iter().any(|change| matches!(change.action, Action::Issue(_))) {
        lines.push(format!("certificate: it stays the one that is in force, {}", renewed(then.claims)));
    }
    if !seen.roster.is_empty() || plan.changes.iter().any(|change| is_door(&change.action)) {
        lines.push("meeting hosts: who got or lost an account since, and their passphrases".to_owned());
    }
    lines.push("data: what the servers wrote meanwhile, such as their logs".to_owned());
    lines.join("\n  ")
}

/// Who renews the certificate then.
fn renewed(claims: &[Claim]) -> &'static str {
    let is_timer = |unit: &Unit| unit.name.as_str() == TIMER && unit.state == UnitState::Running;
    if claims.iter().any(|claim| matches!(&claim.resource, Resource::Unit(unit) if is_timer(unit))) {
        "and the host renews it as ever"
    } else {
        "and in that generation the host does not renew it by itself: run `renew` in time, or `up`"
    }
}

/// Packages stay: an older version is not always to be had, and removing one can take others with it.
fn packages(then: &BTreeMap<PackageName, String>, seen: &Observed) -> Vec<String> {
    let later: Vec<&str> =
        seen.packages.keys().filter(|name| !then.contains_key(name)).map(PackageName::as_str).collect();
    let moved = seen.packages.iter().filter_map(|(name, now)| {
        let before = then.get(name).filter(|before| **before != now.version)?;
        Some(format!("{name} ({}, was {})", inert::line(&now.version), inert::line(before)))
    });
    let moved: Vec<String> = moved.collect();
    let mut lines = Vec::new();
    if !later.is_empty() {
        lines.push(format!("packages: these came later, and stay installed: {}", later.join(", ")));
    }
    if !moved.is_empty() {
        lines.push(format!("versions: these packages keep the one they have: {}", moved.join(", ")));
    }
    lines
}

fn is_door(action: &Action) -> bool {
    matches!(action, Action::SetUnit { unit, .. } if unit.name.as_str() == "vc4all-door.service")
}

fn secrets(plan: &Plan) -> Option<String> {
    let born = plan.changes.iter().filter_map(|change| match &change.action {
        Action::CreateSecret(name) => Some(name.as_str()),
        _ => None,
    });
    let born: Vec<&str> = born.collect();
    (!born.is_empty()).then(|| format!("secrets: these are made anew, the former ones are gone: {}", born.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::{ComponentName, UnitName};

    #[test]
    fn a_generation_without_the_timer_does_not_renew_by_itself() {
        let claim = |name, state| {
            let unit = Unit { name: UnitName::new(name).unwrap(), state, gates: Vec::new(), from: None };
            Claim { component: ComponentName::new("renewal").unwrap(), resource: Resource::Unit(unit) }
        };
        assert!(renewed(&[claim(TIMER, UnitState::Running)]).contains("as ever"));
        for older in [vec![], vec![claim("nginx.service", UnitState::Running)], vec![claim(TIMER, UnitState::Stopped)]]
        {
            assert!(renewed(&older).contains("does not renew it by itself"), "{older:?}");
        }
    }
}
