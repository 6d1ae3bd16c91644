//! Finds contradictions between the claims of all components before anything is planned.

use crate::model::marks;
use crate::model::names::HostPath;
use crate::model::resource::{Claim, Content, Resource, Wake};
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};

/// Looks for claims that contradict or miss each other.
///
/// # Errors
/// When two claims want the same path, package, unit, secret or account, a wake names a unit that nobody claims, an
/// account or a text names a secret that nobody claims, or a text that is written as it is holds a mark. The message
/// has one line for each.
pub fn check(claims: &[Claim]) -> Result<()> {
    let (mut known, mut faults) = (Known::default(), Vec::new());
    for claim in claims {
        for name in identities(&claim.resource) {
            if let Some(first) = known.names.insert(name.clone(), claim.component.as_str()) {
                faults.push(format!("component {}: {name} is wanted by component {first} too", claim.component));
            }
        }
    }
    for claim in claims {
        faults.extend(known.faults(&claim.resource).map(|fault| format!("component {}: {fault}", claim.component)));
    }
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("\n"))
}

/// What everybody claims, and who.
#[derive(Default)]
struct Known<'a> {
    names: BTreeMap<String, &'a str>,
}

impl Known<'_> {
    fn faults(&self, resource: &Resource) -> impl Iterator<Item = String> {
        let mut faults = BTreeSet::new();
        for wake in wakes(resource) {
            if let Wake::Reload(name) | Wake::Restart(name) = wake {
                faults.extend(self.missing(&format!("unit {name}")));
            }
        }
        if let Resource::Account(account) = resource {
            faults.extend(self.missing(&format!("secret {}", account.password)));
        }
        for content in contents(resource) {
            for name in marks::secrets(content.text()) {
                match content {
                    Content::Plain(_) | Content::Program(_) => {
                        _ = faults.insert(format!("a plain text holds the mark of secret {name}"))
                    }
                    Content::WithSecrets(_) => faults.extend(self.missing(&format!("secret {name}"))),
                }
            }
        }
        faults.into_iter()
    }

    fn missing(&self, name: &str) -> Option<String> {
        (!self.names.contains_key(name)).then(|| format!("needs {name}, which nobody claims"))
    }
}

pub(super) fn identities(resource: &Resource) -> Vec<String> {
    let path = |path: &HostPath| format!("path {path}");
    match resource {
        Resource::Secret(name) => vec![format!("secret {name}")],
        Resource::Given(given) => vec![format!("secret {}", given.name)],
        Resource::Source(source) => vec![path(&source.file.path), path(&source.keyring)],
        Resource::Package(package) => vec![format!("package {}", package.name)],
        Resource::Directory(directory) => vec![path(&directory.path)],
        Resource::File(file) => vec![path(&file.path)],
        Resource::Link(link) => vec![path(&link.path)],
        Resource::Absent(absent) => vec![path(&absent.path)],
        Resource::SelfSigned(pair) => vec![path(&pair.key), path(&pair.certificate)],
        Resource::Original(original) => vec![path(&original.path)],
        Resource::Account(account) | Resource::Dropped(account) => {
            vec![format!("account {}@{}", account.user, account.domain)]
        }
        Resource::Certificate(_) => vec!["the public certificate".to_owned()],
        Resource::Unit(unit) => vec![format!("unit {}", unit.name)],
        Resource::Roster(_) => vec!["the accounts at the door".to_owned()],
    }
}

fn wakes(resource: &Resource) -> &[Wake] {
    match resource {
        Resource::Given(given) => &given.wakes,
        Resource::Source(source) => &source.file.wakes,
        Resource::File(file) => &file.wakes,
        Resource::Link(link) => &link.wakes,
        Resource::Absent(absent) => &absent.wakes,
        Resource::Original(original) => &original.wakes,
        Resource::SelfSigned(pair) => &pair.wakes,
        Resource::Certificate(certificate) => &certificate.wakes,
        Resource::Secret(_)
        | Resource::Package(_)
        | Resource::Directory(_)
        | Resource::Account(_)
        | Resource::Dropped(_)
        | Resource::Unit(_)
        | Resource::Roster(_) => &[],
    }
}

fn contents(resource: &Resource) -> Vec<&Content> {
    match resource {
        Resource::Source(source) => vec![&source.file.content],
        Resource::File(file) => vec![&file.content],
        Resource::Package(package) => package.preseed.iter().map(|preseed| &preseed.answer).collect(),
        Resource::Secret(_)
        | Resource::Given(_)
        | Resource::Directory(_)
        | Resource::Link(_)
        | Resource::Absent(_)
        | Resource::Original(_)
        | Resource::SelfSigned(_)
        | Resource::Account(_)
        | Resource::Dropped(_)
        | Resource::Certificate(_)
        | Resource::Unit(_)
        | Resource::Roster(_) => Vec::new(),
    }
}
