//! Which known-good set a host can go to, by what is installed and what can be had.

use crate::model::advice::Advice;
use crate::model::known::{KnownSet, Move, Moves};
use crate::model::names::PackageName;
use crate::model::version::PackageVersion;
use crate::observe::Stock;
use anyhow::Result;
use std::collections::BTreeMap;

/// The versions of Jitsi's packages on a host.
pub(super) type Installed = BTreeMap<PackageName, PackageVersion>;

/// Where the packages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The set that they go to.
    pub(super) set: PackageVersion,
    /// The set that they come from, where it is a known one.
    pub(super) former: Option<PackageVersion>,
    /// Each package's way.
    pub(super) moves: Moves,
    /// A newer set that the repository has only in part, and what it lacks.
    pub(super) passed_over: Option<String>,
}

/// The newest set that is newer than what is installed and can be had as a whole; nothing where none is newer.
///
/// # Errors
/// When a newer set is there but cannot be had, when there is no way back, or no set is of use.
pub(super) fn choose(sets: &[KnownSet], installed: &Installed, stock: &Stock) -> Result<Option<Target>> {
    let Some(newest) = sets.last() else {
        return Err(Advice::new(
            "no known-good set is of this suite",
            "write `suite: stable`, or name a file of your own under `packages.sets`",
        )
        .into());
    };
    let standing = sets.iter().rposition(|set| set.versions == *installed);
    let newer: Vec<&KnownSet> = match standing {
        Some(at) => sets[at + 1..].iter().collect(),
        None => sets.iter().filter(|set| is_ahead(set, installed)).collect(),
    };
    let Some(set) = newer.iter().rfind(|set| lacks(set, stock).is_empty()) else {
        return match (newer.last(), standing) {
            (Some(set), _) => Err(not_had(set, stock)),
            (None, Some(_)) => Ok(None),
            (None, None) => Err(outside(newest, installed)),
        };
    };
    let target = Target {
        set: set.name.clone(),
        former: standing.map(|at| sets[at].name.clone()),
        moves: moves(set, installed),
        passed_over: (set.name != newest.name).then(|| whole(newest, stock)),
    };
    way_back(&target, stock)?;
    Ok(Some(target))
}

/// Whether no package would become older.
fn is_ahead(set: &KnownSet, installed: &Installed) -> bool {
    set.versions.iter().all(|(name, version)| installed.get(name).is_none_or(|present| !present.is_newer_than(version)))
}

fn moves(set: &KnownSet, installed: &Installed) -> Moves {
    let step = |(name, to): (&PackageName, &PackageVersion)| {
        let from = installed.get(name)?.clone();
        (from != *to).then(|| (name.clone(), Move { from, to: to.clone() }))
    };
    set.versions.iter().filter_map(step).collect()
}

/// What of a set cannot be had.
fn lacks(set: &KnownSet, stock: &Stock) -> Vec<String> {
    let had = |piece: (&PackageName, &PackageVersion)| stock.has(&(piece.0.clone(), piece.1.clone()));
    set.versions.iter().filter(|piece| !had(*piece)).map(|(name, version)| format!("{name} {version}")).collect()
}

fn whole(set: &KnownSet, stock: &Stock) -> String {
    format!(
        "the repository does not have the whole of the set {}: {} is missing",
        set.name,
        lacks(set, stock).join(", ")
    )
}

fn not_had(set: &KnownSet, stock: &Stock) -> anyhow::Error {
    Advice::new(whole(set, stock), "bring the mirror up to date, or try again later; nothing was changed").into()
}

fn outside(newest: &KnownSet, installed: &Installed) -> anyhow::Error {
    let present: Vec<String> = installed.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let cause = format!(
        "the host has versions that belong to no known-good set ({}), and the newest set, {}, is not newer than all of them",
        present.join(", "),
        newest.name
    );
    Advice::new(cause, "wait for a release of this program with a newer set; `up` keeps these versions until then")
        .into()
}

/// No way back, no way forth.
fn way_back(target: &Target, stock: &Stock) -> Result<()> {
    let had = |name: &PackageName, step: &Move| stock.has(&(name.clone(), step.from.clone()));
    let gone: Vec<String> = target
        .moves
        .iter()
        .filter(|(name, step)| !had(name, step))
        .map(|(name, step)| format!("{name} {}", step.from))
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let cause = format!("there would be no way back: neither the repository nor the host has {}", gone.join(", "));
    Err(Advice::new(cause, "put the packages of the present versions into the mirror; nothing was changed").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const NAMES: [&str; 2] = ["jicofo", "jitsi-meet-web"];

    fn versions(number: u32) -> Installed {
        let piece =
            |name: &str| (PackageName::new(name).unwrap(), PackageVersion::new(format!("1.0-{number}-1")).unwrap());
        NAMES.map(piece).into_iter().collect()
    }

    fn set(number: u32) -> KnownSet {
        KnownSet {
            name: PackageVersion::new(format!("2.0.{number}")).unwrap(),
            date: "2026-07-30".to_owned(),
            suite: "stable".to_owned(),
            versions: versions(number),
            tried: Vec::new(),
            note: None,
        }
    }

    fn offers(numbers: &[u32]) -> Stock {
        Stock { offered: numbers.iter().flat_map(|number| versions(*number)).collect(), kept: BTreeSet::new() }
    }

    fn said(result: Result<Option<Target>>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn the_newest_whole_set_is_taken_from_any_older_one() {
        let sets = [set(10), set(20), set(30)];
        let target = choose(&sets, &versions(10), &offers(&[10, 20, 30])).unwrap().unwrap();
        assert_eq!((target.set.as_str(), target.moves.len()), ("2.0.30", 2));
        assert_eq!(target.former.unwrap().as_str(), "2.0.10");
        assert!(target.passed_over.is_none());
        let target = choose(&sets, &versions(10), &offers(&[10, 20])).unwrap().unwrap();
        assert_eq!(target.set.as_str(), "2.0.20");
        assert!(target.passed_over.unwrap().contains("the set 2.0.30: jicofo 1.0-30-1, jitsi-meet-web"));
    }

    #[test]
    fn at_the_newest_set_nothing_is_to_do() {
        assert_eq!(choose(&[set(10), set(20)], &versions(20), &offers(&[])).unwrap(), None);
    }

    #[test]
    fn a_set_in_part_is_no_set() {
        let mut stock = offers(&[10, 20]);
        stock.offered.retain(|(name, version)| name.as_str() != "jitsi-meet-web" || version.as_str() != "1.0-20-1");
        let said = said(choose(&[set(10), set(20)], &versions(10), &stock));
        assert!(said.contains("jitsi-meet-web 1.0-20-1 is missing") && !said.contains("jicofo"), "{said}");
    }

    #[test]
    fn without_a_way_back_nobody_goes() {
        let sets = [set(10), set(20)];
        let said = said(choose(&sets, &versions(10), &offers(&[20])));
        assert!(said.contains("no way back") && said.contains("jicofo 1.0-10-1"), "{said}");
        let stock = Stock { kept: versions(10).into_iter().collect(), ..offers(&[20]) };
        assert_eq!(choose(&sets, &versions(10), &stock).unwrap().unwrap().set.as_str(), "2.0.20");
    }

    #[test]
    fn versions_of_no_set_go_forward_and_never_back() {
        let sets = [set(10), set(20)];
        let target = choose(&sets, &versions(15), &offers(&[10, 15, 20])).unwrap().unwrap();
        assert_eq!((target.set.as_str(), target.former), ("2.0.20", None));
        assert!(said(choose(&sets, &versions(99), &offers(&[10, 20]))).contains("belong to no known-good set"));
        let mut mixed = versions(20);
        mixed.insert(PackageName::new("jicofo").unwrap(), PackageVersion::new("1.0-10-1").unwrap());
        let target = choose(&sets, &mixed, &offers(&[10, 20])).unwrap().unwrap();
        assert_eq!(target.moves.len(), 1);
        assert!(choose(&[], &versions(10), &offers(&[10])).is_err());
    }
}
