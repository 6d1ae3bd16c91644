//! What a host is asked to write into its manifest: each thing that the claims want, one a line.

use crate::model::names::PackageName;
use crate::model::program::Program;
use crate::model::resource::{Claim, Content, File, Resource, Unit, UnitState};
use std::collections::BTreeSet;

/// Lines `KIND NAME FROM` of everything that the claims want on the host; `FROM` is the package that lays it down, or
/// `-`. A unit that must not run is nothing that we bring. What we own as a whole (`/var/lib/vc4all`, the accounts at the door) is not in it.
pub fn wanted(claims: &[Claim]) -> String {
    let lines: BTreeSet<String> = claims.iter().flat_map(|claim| things(&claim.resource)).collect();
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Lines `DIGEST PATH` of the programs of ours among them.
pub fn programs(claims: &[Claim]) -> String {
    let line = |claim: &Claim| match &claim.resource {
        Resource::File(File { path, content: Content::Program(Program { build: Some(build), .. }), .. }) => {
            Some(format!("{} {path}\n", build.digest))
        }
        _ => None,
    };
    claims.iter().filter_map(line).collect()
}

fn things(resource: &Resource) -> Vec<String> {
    match resource {
        Resource::Secret(name) => vec![format!("secret {name} -")],
        Resource::Given(given) => vec![format!("given {} -", given.name)],
        Resource::Source(source) => {
            vec![thing("file", &source.file.path, source.file.from.as_ref()), format!("file {} -", source.keyring)]
        }
        Resource::Package(package) => vec![format!("package {} -", package.name)],
        Resource::Directory(directory) => vec![format!("directory {} -", directory.path)],
        Resource::File(file) => vec![thing("file", &file.path, file.from.as_ref())],
        Resource::Link(link) => vec![thing("link", &link.path, link.from.as_ref())],
        Resource::SelfSigned(pair) => vec![format!("file {} -", pair.key), format!("file {} -", pair.certificate)],
        Resource::Account(account) => vec![format!("account {}@{} -", account.user, account.domain)],
        Resource::Unit(Unit { state: UnitState::Stopped, .. }) => Vec::new(),
        Resource::Unit(unit) => vec![thing("unit", &unit.name, unit.from.as_ref())],
        Resource::Absent(_)
        | Resource::Original(_)
        | Resource::Dropped(_)
        | Resource::Certificate(_)
        | Resource::Roster(_) => Vec::new(),
    }
}

fn thing(kind: &str, name: &dyn std::fmt::Display, from: Option<&PackageName>) -> String {
    format!("{kind} {name} {}", from.map_or("-", PackageName::as_str))
}
