//! A host in memory with its generations: what each of them recorded, what it found, and what nobody wants any more.

use crate::fake::Host;
use crate::setting;
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};
use vc4all_deploy::model::names::{HostPath, UnitName};
use vc4all_deploy::model::observed::{Managed, Observed, SeenPath, Standing};
use vc4all_deploy::model::plan::Plan;
use vc4all_deploy::model::resource::{Claim, Resource};
use vc4all_deploy::{plan, record};

/// A host and what is written down there.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) host: Host,
    kept: Vec<Generation>,
    /// Paths where something stood before us.
    found: BTreeSet<HostPath>,
    /// Units that did not run by themselves before us.
    made: BTreeSet<UnitName>,
    /// Units that an earlier generation had its hands on.
    known: BTreeSet<UnitName>,
    seen: BTreeSet<HostPath>,
}

/// What one generation keeps, as bytes, and how it left its paths.
#[derive(Debug, Clone)]
struct Generation {
    record: Vec<u8>,
    left: BTreeMap<HostPath, SeenPath>,
    claims: Vec<Claim>,
}

impl Life {
    pub(crate) fn of(host: Host) -> Self {
        let (found, made, known, seen) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Self { host, kept: Vec::new(), found, made, known, seen }
    }

    /// What a probe would return, with what became of the generation in force.
    pub(crate) fn observe(&self) -> Observed {
        Observed { standing: self.kept.last().map(|generation| self.standing(generation)), ..self.host.observe() }
    }

    fn standing(&self, generation: &Generation) -> Standing {
        let managed = generation.left.iter().map(|(path, left)| (path.clone(), self.became(path, left)));
        let mut standing = Standing {
            author: "root since then".to_owned(),
            cause: "up".to_owned(),
            managed: managed.collect(),
            found: generation.left.keys().filter(|path| self.found.contains(*path)).cloned().collect(),
            units: BTreeSet::new(),
            accounts: BTreeSet::new(),
            secrets: BTreeSet::new(),
            given: BTreeSet::new(),
        };
        for claim in &generation.claims {
            match &claim.resource {
                Resource::Unit(unit) if self.made.contains(&unit.name) => _ = standing.units.insert(unit.name.clone()),
                Resource::Account(account) => {
                    _ = standing.accounts.insert(format!("{}@{}", account.user, account.domain));
                }
                Resource::Given(given) => _ = standing.given.insert(given.name.clone()),
                Resource::Secret(name) => _ = standing.secrets.insert(name.clone()),
                _ => {}
            }
        }
        standing
    }

    fn became(&self, path: &HostPath, left: &SeenPath) -> Managed {
        match self.host.paths.get(path) {
            None => Managed::Gone,
            Some(there) if content(there) == content(left) => Managed::AsLeft,
            Some(_) => Managed::Edited,
        }
    }

    /// The claims of an earlier generation, counted from the last one, as they were written down.
    pub(crate) fn recorded(&self, back: usize) -> Vec<Claim> {
        record::unpack(&self.kept[self.kept.len() - 1 - back].record).unwrap().claims
    }

    /// The way to what is wanted, with what has to go.
    pub(crate) fn plan(&self, wanted: &[Claim]) -> Plan {
        let seen = self.observe();
        let orphans = match &seen.standing {
            Some(standing) if plan::leaves_any(wanted, standing) => {
                plan::orphans(wanted, &self.recorded(0), standing).unwrap()
            }
            _ => Vec::new(),
        };
        let claims: Vec<Claim> = wanted.iter().cloned().chain(orphans).collect();
        plan::check(&claims).unwrap_or_else(|error| panic!("{error}"));
        plan::diff(&setting::deployment(), &claims, &seen)
    }

    /// Carries out a plan; what it leads to is the next generation, unless something breaks before a step.
    pub(crate) fn apply(
        &mut self,
        world: &World,
        wanted: &[Claim],
        plan: &Plan,
        fails_at: Option<usize>,
    ) -> Result<(), String> {
        let before = self.host.clone();
        self.keep_originals(wanted);
        let result = self.host.apply(&world.archive, plan, fails_at);
        match result {
            Ok(()) => self.commit(wanted, &before),
            Err(_) => self.host.originals.clone_from(&before.originals),
        }
        result
    }

    /// What stands where we have never been.
    fn keep_originals(&mut self, wanted: &[Claim]) {
        for path in wanted.iter().flat_map(|claim| paths(&claim.resource)) {
            if let Some(there) = self.host.paths.get(path).filter(|_| !self.seen.contains(path)) {
                self.host.originals.insert(path.clone(), there.clone());
            }
        }
    }

    fn commit(&mut self, wanted: &[Claim], before: &Host) {
        let managed: BTreeSet<HostPath> = wanted.iter().flat_map(|claim| paths(&claim.resource)).cloned().collect();
        self.found.extend(
            managed.iter().filter(|path| !self.seen.contains(*path) && before.paths.contains_key(*path)).cloned(),
        );
        // What nobody manages any more is theirs again.
        self.found.retain(|path| managed.contains(path));
        self.host.originals.retain(|path, _| self.found.contains(path));
        self.seen.clone_from(&managed);
        let units: BTreeSet<UnitName> = wanted.iter().filter_map(|claim| unit(&claim.resource)).collect();
        for name in units.difference(&self.known) {
            if before.units.get(name).is_none_or(|unit| !unit.seen.enabled) {
                self.made.insert(name.clone());
            }
        }
        self.made.retain(|name| units.contains(name));
        self.known = units;
        let left = managed.iter().filter_map(|path| Some((path.clone(), self.host.paths.get(path)?.clone())));
        let record = record::pack(&setting::deployment().domain, wanted).unwrap();
        self.kept.push(Generation { record, left: left.collect(), claims: wanted.to_vec() });
    }
}

/// Owner and mode are no edit.
fn content(seen: &SeenPath) -> (u8, String) {
    match seen {
        SeenPath::Nothing => (0, String::new()),
        SeenPath::File { text, .. } => (1, text.clone().unwrap_or_default()),
        SeenPath::Link(target) => (2, target.clone()),
        SeenPath::Directory { .. } => (3, String::new()),
        SeenPath::Other => (4, String::new()),
    }
}

fn unit(resource: &Resource) -> Option<UnitName> {
    if let Resource::Unit(unit) = resource { Some(unit.name.clone()) } else { None }
}

/// The files and links that a resource puts in their places.
pub(crate) fn paths(resource: &Resource) -> Vec<&HostPath> {
    match resource {
        Resource::File(file) => vec![&file.path],
        Resource::Link(link) => vec![&link.path],
        Resource::Source(source) => vec![&source.file.path, &source.keyring],
        Resource::SelfSigned(pair) => vec![&pair.key, &pair.certificate],
        _ => Vec::new(),
    }
}
