//! Compares one wanted resource with what was seen of it.

use crate::model::known::{Move, Moves, Pin};
use crate::model::marks;
use crate::model::names::{HostPath, PackageName, SecretName};
use crate::model::observed::{Observed, SeenPath};
use crate::model::plan::{Field, Why};
use crate::model::resource::{
    Absent, Access, Claim, Content, Directory, File, InstallStage, Link, Package, Resource, Wake,
};
use crate::model::version::PackageVersion;
use std::collections::{BTreeMap, BTreeSet};

/// What was seen, and what is about to come because it was not there.
pub(super) struct Sight<'a> {
    pub(super) seen: &'a Observed,
    /// Which packages shall have another version; `up` never asks for that.
    moves: &'a Moves,
    coming: BTreeSet<&'a PackageName>,
    /// The sets that hold what is installed of Jitsi's packages; nothing where none of them is installed.
    fitting: Option<BTreeSet<&'a PackageVersion>>,
    born: BTreeSet<&'a SecretName>,
    /// Secrets that are about to be made anew, and what reads each at its path.
    renewed: BTreeMap<&'a SecretName, Vec<Wake>>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(claims: &'a [Claim], seen: &'a Observed) -> Self {
        static NONE: Moves = Moves::new();
        Self::with(claims, seen, &NONE)
    }

    /// The same where packages shall have other versions.
    pub(super) fn with(claims: &'a [Claim], seen: &'a Observed, moves: &'a Moves) -> Self {
        let mut sight = Self {
            seen,
            moves,
            coming: BTreeSet::new(),
            fitting: None,
            born: BTreeSet::new(),
            renewed: BTreeMap::new(),
        };
        for claim in claims {
            match &claim.resource {
                Resource::Package(package) if !seen.packages.contains_key(&package.name) => {
                    sight.coming.insert(&package.name);
                }
                Resource::Package(package) => sight.note_installed(package),
                Resource::Secret(name) if !seen.secrets.contains(name) => {
                    sight.born.insert(name);
                }
                _ => {}
            }
        }
        sight
    }

    /// The same, where these secrets are about to be made anew.
    pub(super) fn renewing(claims: &'a [Claim], seen: &'a Observed, names: &'a BTreeSet<SecretName>) -> Self {
        let claimed = |name: &SecretName| {
            claims.iter().any(|claim| matches!(&claim.resource, Resource::Secret(wanted) if wanted == name))
        };
        let there = names.iter().filter(|name| seen.secrets.contains(*name) && claimed(name));
        let renewed = there.map(|name| (name, readers(claims, name))).collect();
        Self { renewed, ..Self::of(claims, seen) }
    }

    /// What reads a secret at its path, where the secret is about to be made anew.
    pub(super) fn readers_of_renewed(&self, name: &SecretName) -> Option<Vec<Wake>> {
        self.renewed.get(name).cloned()
    }

    /// Why what uses this secret has to change although it is as wanted.
    pub(super) fn renewed_secret(&self, name: &SecretName) -> Option<Why> {
        self.renewed.contains_key(name).then(|| Why::Renewed(vec![name.clone()]))
    }

    /// Why what holds these texts has to change although it is as wanted.
    pub(super) fn renewed<'c>(&self, contents: impl IntoIterator<Item = &'c Content>) -> Option<Why> {
        let mut names = BTreeSet::new();
        for content in contents {
            let Content::WithSecrets(text) = content else { continue };
            let held: BTreeSet<&str> = marks::secrets(text).collect();
            names.extend(self.renewed.keys().filter(|name| held.contains(name.as_str())).map(|name| (*name).clone()));
        }
        (!names.is_empty()).then(|| Why::Renewed(names.into_iter().collect()))
    }

    fn note_installed(&mut self, package: &'a Package) {
        if self.step(&package.name).is_some() {
            self.coming.insert(&package.name);
        }
        if package.stage != InstallStage::Jitsi {
            return;
        }
        let version = self.seen.packages.get(&package.name).map(|installed| installed.version.as_str());
        let holds = |pin: &&Pin| Some(pin.version.as_str()) == version;
        let sets: BTreeSet<&PackageVersion> = package.known.iter().filter(holds).map(|pin| &pin.set).collect();
        let before = self.fitting.take();
        self.fitting = Some(before.map_or(sets.clone(), |before| before.intersection(&sets).copied().collect()));
    }

    /// From which version to which a package shall go; nothing where the host has it already, or another one.
    pub(super) fn step(&self, name: &PackageName) -> Option<&'a Move> {
        let step = self.moves.get(name)?;
        let installed = self.seen.packages.get(name)?;
        (installed.version == step.from.as_str() && step.from != step.to).then_some(step)
    }

    /// The package with those of its versions that belong to what is installed of Jitsi's packages.
    pub(super) fn fit(&self, package: &Package) -> Package {
        let fits = |pin: &&Pin| self.fitting.as_ref().is_none_or(|sets| sets.contains(&pin.set));
        Package { known: package.known.iter().filter(fits).cloned().collect(), ..package.clone() }
    }

    /// Whether any package is about to be installed.
    pub(super) fn installs(&self) -> bool {
        !self.coming.is_empty()
    }

    /// Whether this secret is about to be made.
    pub(super) fn is_born(&self, name: &SecretName) -> bool {
        self.born.contains(name)
    }

    /// The unknown rule: what belongs to a package about to be installed is unknown.
    pub(super) fn unknown(&self, from: Option<&PackageName>) -> Option<Why> {
        from.filter(|name| self.coming.contains(name)).map(|name| Why::MayBeLaidDownBy(name.clone()))
    }

    pub(super) fn at(&self, path: &HostPath) -> &SeenPath {
        self.seen.paths.get(path).unwrap_or(&SeenPath::Nothing)
    }

    /// Why the folder needs work.
    pub(super) fn directory(&self, wanted: &Directory) -> Option<Why> {
        match self.at(&wanted.path) {
            SeenPath::Nothing => Some(Why::Missing),
            SeenPath::Directory { owner, group, mode } => differs(access(&wanted.access, owner, group, *mode)),
            SeenPath::File { .. } | SeenPath::Link(_) | SeenPath::Other => Some(Why::Differs(vec![Field::Kind])),
        }
    }

    /// Why the file needs work.
    pub(super) fn file(&self, wanted: &File) -> Option<Why> {
        match self.at(&wanted.path) {
            SeenPath::Nothing => Some(Why::Missing),
            SeenPath::File { owner, group, mode, text } => {
                let same = text.as_deref() == Some(wanted.content.text()) && !self.holds_newborn(&wanted.content);
                let content = (!same).then_some(Field::Content);
                differs(content.into_iter().chain(access(&wanted.access, owner, group, *mode)))
                    .or_else(|| self.renewed([&wanted.content]))
            }
            SeenPath::Directory { .. } | SeenPath::Link(_) | SeenPath::Other => Some(Why::Differs(vec![Field::Kind])),
        }
    }

    /// Why the link needs work.
    pub(super) fn link(&self, wanted: &Link) -> Option<Why> {
        match self.at(&wanted.path) {
            SeenPath::Nothing => Some(Why::Missing),
            SeenPath::Link(target) => (target != wanted.target.as_str()).then(|| Why::Differs(vec![Field::Content])),
            SeenPath::File { .. } | SeenPath::Directory { .. } | SeenPath::Other => {
                Some(Why::Differs(vec![Field::Kind]))
            }
        }
    }

    /// Why the path needs to be cleared.
    pub(super) fn absent(&self, wanted: &Absent) -> Option<Why> {
        (*self.at(&wanted.path) != SeenPath::Nothing).then_some(Why::Unwanted)
    }

    /// Whether something that can be read as a file stands there.
    pub(super) fn has_file(&self, path: &HostPath) -> bool {
        matches!(self.at(path), SeenPath::File { .. } | SeenPath::Link(_))
    }

    /// A text with a secret that is about to be made cannot be on the host yet, whatever stands there.
    fn holds_newborn(&self, content: &Content) -> bool {
        let Content::WithSecrets(text) = content else { return false };
        marks::secrets(text).any(|name| self.born.iter().any(|born| born.as_str() == name))
    }
}

/// What has to notice a secret that is made anew, because a file of it names the secret's path.
fn readers(claims: &[Claim], name: &SecretName) -> Vec<Wake> {
    let path = name.path();
    let names_it = |text: &str| {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        text.match_indices(path.as_str()).any(|(at, found)| ends(&text[at + found.len()..]))
    };
    let mut wakes = BTreeSet::new();
    for claim in claims {
        if let Resource::File(file) = &claim.resource
            && names_it(file.content.text())
        {
            wakes.extend(file.wakes.iter().filter(|wake| !matches!(wake, Wake::Refresh(_))).cloned());
        }
    }
    wakes.into_iter().collect()
}

fn differs(fields: impl IntoIterator<Item = Field>) -> Option<Why> {
    let fields: Vec<Field> = fields.into_iter().collect();
    (!fields.is_empty()).then_some(Why::Differs(fields))
}

fn access(wanted: &Access, owner: &str, group: &str, mode: u32) -> impl Iterator<Item = Field> + use<> {
    let owner = (wanted.owner.as_str() != owner).then_some(Field::Owner);
    let group = (wanted.group.as_str() != group).then_some(Field::Group);
    let mode = (wanted.mode != mode).then_some(Field::Mode);
    [owner, group, mode].into_iter().flatten()
}
