//! Says what going back to an earlier generation does not undo.

use super::inert;
use crate::model::names::PackageName;
use crate::model::observed::Observed;
use crate::model::plan::{Action, Plan};
use std::collections::BTreeMap;

/// What stays as it is, one line each, and only what applies; `then` are the packages of that generation.
pub fn caveats(then: &BTreeMap<PackageName, String>, plan: &Plan, seen: &Observed) -> String {
    let mut lines = vec!["Going back does not undo:".to_owned()];
    lines.extend(packages(then, seen));
    lines.extend(secrets(plan));
    if seen.certificate.is_some() {
        lines.push("certificate: it stays the one that is in force, and is renewed as ever".to_owned());
    }
    if !seen.roster.is_empty() || plan.changes.iter().any(|change| is_door(&change.action)) {
        lines.push("meeting hosts: who got or lost an account since, and their passphrases".to_owned());
    }
    lines.push("data: what the servers wrote meanwhile, such as their logs".to_owned());
    lines.join("\n  ")
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
