//! From what we left to what becomes of it, and whether it did.

use super::traces;
use crate::model::estate::{Entry, Estate, Kind, Origin, Parting, Proof, Removal, Stands, Thing};
use crate::model::names::HostPath;
use anyhow::Result;
use std::collections::BTreeSet;

/// What is done to the host.
///
/// # Errors
/// Never for paths of ours.
pub fn removal(estate: &Estate, target: (String, String)) -> Result<Removal> {
    let is_made = |entry: &&Entry| entry.origin == Origin::Made;
    let made = || estate.entries.iter().filter(is_made).map(|entry| &entry.thing);
    let packages: Vec<_> = estate.purgeable.iter().cloned().collect();
    let ours = made().filter_map(|thing| if let Thing::Package(name) = thing { Some(name.clone()) } else { None });
    let needed = ours.filter(|name| estate.packages.contains(name) && !estate.purgeable.contains(name)).collect();
    let keeps_prosody = !packages.iter().any(|name| name.as_str() == "prosody");
    let account = |thing: &Thing| if let Thing::Account(name) = thing { Some(name.clone()) } else { None };
    let whole = traces::going_with(&packages)?.into_iter().filter(|path| estate.standing.contains_key(path)).collect();
    let folder = |thing: &Thing| if let Thing::Directory(path) = thing { Some(path.clone()) } else { None };
    let page = traces::laid_down_by(&packages)?;
    let emptied = traces::emptied_with(&packages)?;
    let stands = |path: &HostPath| estate.standing.contains_key(path);
    Ok(Removal {
        based_on: estate.digest.clone(),
        target,
        generation: estate.generation,
        people: None,
        units: made()
            .filter_map(|thing| if let Thing::Unit(name) = thing { Some(name.clone()) } else { None })
            .collect(),
        accounts: made().filter_map(account).filter(|_| keeps_prosody).collect(),
        paths: made().filter_map(path).chain(&page).filter(|path| stands(path)).cloned().collect(),
        edited: edited(estate),
        needed,
        originals: originals(estate),
        lost: lost(estate),
        whole,
        folders: made().filter_map(folder).chain(emptied).filter(stands).collect(),
        packages,
        parting: Parting::default(),
    })
}

/// The path of a file or link.
fn path(thing: &Thing) -> Option<&HostPath> {
    match thing {
        Thing::File(path, _) | Thing::Link(path, _) => Some(path),
        _ => None,
    }
}

fn edited(estate: &Estate) -> BTreeSet<HostPath> {
    let changed = |entry: &&Entry| {
        let stands = path(&entry.thing).and_then(|path| estate.standing.get(path)).map(|stands| &stands.kind);
        match (&entry.thing, stands) {
            (_, None) => false,
            (Thing::File(_, digest), Some(kind)) => {
                kind != &Kind::File(Some(digest.clone())) && !is_back(estate, &entry.thing)
            }
            (Thing::Link(_, target), Some(kind)) => {
                kind != &Kind::Link(target.clone()) && !is_back(estate, &entry.thing)
            }
            _ => false,
        }
    };
    estate.entries.iter().filter(changed).filter_map(|entry| path(&entry.thing)).cloned().collect()
}

/// Whether an interrupted removal has put the original back already.
fn is_back(estate: &Estate, thing: &Thing) -> bool {
    path(thing).is_some_and(|path| {
        estate.originals.get(path).is_some_and(|original| estate.standing.get(path) == Some(original))
    })
}

fn found(estate: &Estate) -> impl Iterator<Item = &HostPath> {
    estate.entries.iter().filter(|entry| entry.origin == Origin::Found).filter_map(|entry| path(&entry.thing))
}

/// All originals, also those of paths that no line of the manifest names: what we took away comes back.
fn originals(estate: &Estate) -> std::collections::BTreeMap<HostPath, Stands> {
    estate.originals.clone()
}

fn lost(estate: &Estate) -> Vec<HostPath> {
    found(estate).filter(|path| !estate.originals.contains_key(path)).cloned().collect()
}

/// What is asked after a removal.
pub(super) fn questions(removal: &Removal) -> String {
    let paths = removal.paths.iter().chain(&removal.whole).chain(&removal.folders).chain(removal.originals.keys());
    let paths: BTreeSet<String> = paths.map(|path| format!("path {path}\n")).collect();
    let packages = removal.packages.iter().map(|name| format!("package {name}\n"));
    paths.into_iter().chain(packages).collect()
}

/// Compares what was to be done with what a second look found.
pub fn proof(removal: &Removal, after: &Estate) -> Proof {
    let mut proof = Proof::default();
    for name in &removal.packages {
        if after.packages.contains(name) { proof.left.push(format!("package {name}")) } else { proof.packages += 1 }
    }
    let originals = |path: &&HostPath| !removal.originals.contains_key(path);
    for path in removal.paths.iter().chain(&removal.whole).filter(originals) {
        if after.standing.contains_key(path) { proof.left.push(path.to_string()) } else { proof.paths += 1 }
    }
    for path in &removal.folders {
        if after.standing.contains_key(path) { proof.shared.push(path.clone()) } else { proof.paths += 1 }
    }
    for (path, original) in &removal.originals {
        if after.standing.get(path) == Some(original) {
            proof.originals += 1;
        } else {
            proof.left.push(format!("{path}, which is not what stood there before"));
        }
    }
    proof
}
