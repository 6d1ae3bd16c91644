//! What a backup brings to a host: the host as if it held that already, the changes, and the bytes of each.

use super::contents::Contents;
use super::entry::{Entry, Part};
use crate::model::backup::{Brought, BroughtCertificate};
use crate::model::deployment::Deployment;
use crate::model::marks;
use crate::model::names::{ComponentName, LoginName, SecretName};
use crate::model::observed::{Observed, SeenPath};
use crate::model::plan::{Action, Change, Plan, Why};
use crate::model::resource::{Certificate, Claim, Content, File, Resource};
use crate::model::secret::Secret;
use crate::plan;
use anyhow::{Context as _, Result};
use std::collections::BTreeSet;

/// The changes that lead to the claims, with what the backup brings among them.
pub fn plan(deployment: &Deployment, contents: &Contents, claims: &[Claim], seen: &Observed) -> Plan {
    let brought = changes(contents, claims, seen.clock);
    plan::diff_bringing(deployment, claims, &expected(contents, claims, seen), brought)
}

/// The host as if it held already what the backup brings.
pub fn expected(contents: &Contents, claims: &[Claim], seen: &Observed) -> Observed {
    let mut expected = seen.clone();
    let brought = changes(contents, claims, seen.clock);
    let mut secrets = BTreeSet::new();
    for change in &brought {
        let Action::BringBack(brought) = &change.action else { continue };
        match brought {
            Brought::Secret(name) => drop(secrets.insert(name.clone())),
            Brought::SelfSigned(pair) => {
                for path in [&pair.key, &pair.certificate] {
                    expected.paths.insert(path.clone(), stands());
                }
            }
            Brought::Certificate(_) => expected.certificate = contents.certificate().cloned(),
            Brought::Accounts(accounts) => expected.roster.extend(accounts.iter().cloned()),
            Brought::AuthorityAccount => {}
        }
    }
    forget_old(&mut expected, claims, &secrets);
    expected.secrets.extend(secrets);
    expected
}

/// The bytes that travel to the host for it.
///
/// # Errors
/// When the backup does not hold it.
pub fn bytes(contents: &Contents, brought: &Brought) -> Result<Secret<Vec<u8>>> {
    let entries = match brought {
        Brought::Secret(name) => vec![Entry::Secret(name.clone())],
        Brought::AuthorityAccount => vec![Entry::AuthorityAccount],
        Brought::SelfSigned(pair) => vec![Entry::PairKey(pair.name.clone()), Entry::PairCertificate(pair.name.clone())],
        Brought::Certificate(_) => vec![Entry::Certificate(Part::Key), Entry::Certificate(Part::Chain)],
        Brought::Accounts(names) => names.iter().cloned().map(Entry::Account).collect(),
    };
    let mut bytes = Vec::new();
    for entry in entries {
        if let Entry::Account(name) = &entry {
            bytes.extend_from_slice(format!("{name} ").as_bytes());
        }
        bytes.extend_from_slice(contents.bytes(&entry).with_context(|| format!("the backup holds no {entry}"))?);
    }
    Ok(Secret::new(bytes))
}

/// Who is in the backup and not in the list of the inventory.
pub fn left_out<'a>(contents: &'a Contents, claims: &[Claim]) -> Vec<&'a LoginName> {
    let taken = taken(contents, claims);
    contents.accounts().filter(|account| !taken.contains(account)).collect()
}

/// One change for each thing that the claims want and the backup holds.
fn changes(contents: &Contents, claims: &[Claim], clock: i64) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut bring = |component: &ComponentName, brought: Brought| {
        changes.push(Change { component: component.clone(), why: Why::Missing, action: Action::BringBack(brought) });
    };
    for Claim { component, resource } in claims {
        match resource {
            Resource::Secret(name) if contents.secrets().any(|held| held == name) => {
                bring(component, Brought::Secret(name.clone()));
            }
            Resource::SelfSigned(pair) if contents.pairs().any(|held| *held == pair.name) => {
                bring(component, Brought::SelfSigned(pair.clone()));
            }
            Resource::Certificate(wanted) => {
                if contents.bytes(&Entry::AuthorityAccount).is_some() {
                    bring(component, Brought::AuthorityAccount);
                }
                if let Some(certificate) = usable(contents, wanted, clock) {
                    bring(component, Brought::Certificate(certificate));
                }
            }
            Resource::File(file) if is_door(file) => {
                let taken = taken(contents, claims);
                if !taken.is_empty() {
                    bring(component, Brought::Accounts(taken.into_iter().cloned().collect()));
                }
            }
            _ => {}
        }
    }
    changes
}

const DAY: i64 = 24 * 60 * 60;

/// The certificate of the backup, where it is for the wanted names, from the wanted authority, and not over.
fn usable(contents: &Contents, wanted: &Certificate, clock: i64) -> Option<BroughtCertificate> {
    let held = contents.certificate()?;
    let same = held.issued_by.as_deref() == Some(wanted.authority.directory());
    let left = held.not_after.saturating_sub(clock);
    let fits = same && wanted.names.iter().all(|name| held.names.contains(name)) && left > 0;
    fits.then(|| BroughtCertificate {
        wanted: wanted.clone(),
        serial: held.serial.to_uppercase(),
        days: left.div_euclid(DAY),
    })
}

/// The settings that the door reads; they are claimed only where meeting hosts have accounts.
fn is_door(file: &File) -> bool {
    file.path.as_str() == "/etc/vc4all/door.json"
}

/// The accounts that have a place on the host: those that the inventory lists, or all where it lists none.
fn taken<'a>(contents: &'a Contents, claims: &[Claim]) -> Vec<&'a LoginName> {
    let door = claims.iter().any(|claim| matches!(&claim.resource, Resource::File(file) if is_door(file)));
    let listed = claims.iter().find_map(|claim| match &claim.resource {
        Resource::Roster(roster) => Some(&roster.hosts),
        _ => None,
    });
    let wanted = |account: &&LoginName| listed.is_none_or(|hosts| hosts.iter().any(|host| host.account == **account));
    contents.accounts().filter(|_| door).filter(wanted).collect()
}

/// What an earlier attempt left on the host goes by secrets that are about to change.
fn forget_old(expected: &mut Observed, claims: &[Claim], secrets: &BTreeSet<SecretName>) {
    for claim in claims {
        match &claim.resource {
            Resource::Account(account) if secrets.contains(&account.password) => {
                expected.accounts.remove(&format!("{}@{}", account.user, account.domain));
            }
            Resource::File(File { path, content: Content::WithSecrets(text), .. }) => {
                let changes = marks::secrets(text).any(|name| secrets.iter().any(|secret| secret.as_str() == name));
                if let Some(SeenPath::File { text, .. }) = expected.paths.get_mut(path).filter(|_| changes) {
                    *text = None;
                }
            }
            _ => {}
        }
    }
}

fn stands() -> SeenPath {
    SeenPath::File { owner: String::new(), group: String::new(), mode: 0, text: None }
}
