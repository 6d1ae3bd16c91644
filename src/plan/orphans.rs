//! What the generation in force made and nobody wants any more.

use super::check::identities;
use crate::model::names::{ComponentName, HostPath, SecretName};
use crate::model::observed::Standing;
use crate::model::resource::{Absent, Claim, Original, Resource, Unit, UnitState, Wake};
use anyhow::Result;
use std::collections::BTreeSet;

/// Who takes away a secret of the operator's: no record tells which component it was for.
const GIVEN: &str = "secrets";

/// Whether the host's manifest names something that is wanted no more.
pub fn leaves_any(wanted: &[Claim], standing: &Standing) -> bool {
    let wanted = names(wanted);
    let paths = standing.managed.keys().map(|path| format!("path {path}"));
    let units = standing.units.iter().map(|unit| format!("unit {unit}"));
    let accounts = standing.accounts.iter().map(|account| format!("account {account}"));
    let secrets = standing.secrets.iter().chain(&standing.given).map(|secret| format!("secret {secret}"));
    paths.chain(units).chain(accounts).chain(secrets).any(|name| !wanted.contains(&name))
}

/// The claims that take away what was recorded and is wanted no more: what stood there before us comes back, files and
/// links go, units stop, accounts of daemons go, and so do secrets. Packages and folders are no concern of a plan.
///
/// What the manifest does not name is left alone, whatever the record says.
///
/// # Errors
/// Never for names that a manifest of ours can have.
pub fn orphans(wanted: &[Claim], recorded: &[Claim], standing: &Standing) -> Result<Vec<Claim>> {
    let names = names(wanted);
    let eyes = Eyes { wanted, names: &names, standing };
    let mut found = Vec::new();
    for claim in recorded {
        for resource in eyes.opposites(&claim.resource)? {
            found.push(Claim { component: claim.component.clone(), resource });
        }
    }
    for name in standing.given.iter().filter(|name| !names.contains(&format!("secret {name}"))) {
        found.push(Claim { component: ComponentName::new(GIVEN)?, resource: removed(name) });
    }
    Ok(found)
}

fn names(claims: &[Claim]) -> BTreeSet<String> {
    claims.iter().flat_map(|claim| identities(&claim.resource)).collect()
}

fn removed(secret: &SecretName) -> Resource {
    Resource::Absent(Absent { path: secret.path(), wakes: Vec::new(), from: None })
}

struct Eyes<'a> {
    wanted: &'a [Claim],
    names: &'a BTreeSet<String>,
    standing: &'a Standing,
}

impl Eyes<'_> {
    fn opposites(&self, resource: &Resource) -> Result<Vec<Resource>> {
        Ok(match resource {
            Resource::Secret(name) if self.is_left(&format!("secret {name}"), &self.standing.secrets, name) => {
                vec![removed(name)]
            }
            Resource::Account(account) => {
                let name = format!("{}@{}", account.user, account.domain);
                let left = self.is_left(&format!("account {name}"), &self.standing.accounts, &name);
                left.then(|| Resource::Dropped(account.clone())).into_iter().collect()
            }
            Resource::Unit(unit) if self.is_left(&format!("unit {}", unit.name), &self.standing.units, &unit.name) => {
                let name = unit.name.clone();
                vec![Resource::Unit(Unit { name, state: UnitState::Stopped, gates: Vec::new(), from: None })]
            }
            Resource::File(file) => self.path(&file.path, &file.wakes).into_iter().collect(),
            Resource::Link(link) => self.path(&link.path, &link.wakes).into_iter().collect(),
            Resource::Source(source) => {
                let paths = [&source.file.path, &source.keyring];
                paths.into_iter().filter_map(|path| self.path(path, &source.file.wakes)).collect()
            }
            Resource::SelfSigned(pair) => {
                let paths = [&pair.key, &pair.certificate];
                paths.into_iter().filter_map(|path| self.path(path, &pair.wakes)).collect()
            }
            Resource::Secret(_)
            | Resource::Given(_)
            | Resource::Unit(_)
            | Resource::Package(_)
            | Resource::Directory(_)
            | Resource::Absent(_)
            | Resource::Original(_)
            | Resource::Dropped(_)
            | Resource::Certificate(_)
            | Resource::Roster(_) => Vec::new(),
        })
    }

    /// Whether the manifest names it, and nobody wants it.
    fn is_left<T: Ord>(&self, identity: &str, recorded: &BTreeSet<T>, name: &T) -> bool {
        recorded.contains(name) && !self.names.contains(identity)
    }

    fn path(&self, path: &HostPath, wakes: &[Wake]) -> Option<Resource> {
        if !self.standing.managed.contains_key(path) || self.names.contains(&format!("path {path}")) {
            return None;
        }
        let (path, wakes) = (path.clone(), wakes.iter().filter(|wake| self.is_heard(wake)).cloned().collect());
        Some(match self.standing.found.contains(&path) {
            true => Resource::Original(Original { path, wakes }),
            false => Resource::Absent(Absent { path, wakes, from: None }),
        })
    }

    /// A unit that goes too has nothing to notice.
    fn is_heard(&self, wake: &Wake) -> bool {
        match wake {
            Wake::Refresh(_) => true,
            Wake::Reload(name) | Wake::Restart(name) => self.wanted.iter().any(
                |claim| matches!(&claim.resource, Resource::Unit(unit) if unit.name == *name && unit.state == UnitState::Running),
            ),
        }
    }
}
