//! What we left on a host, as its manifest and the host itself tell, and what becomes of it when we go.

use super::digest::Digest;
use super::names::{HostPath, PackageName, UnitName};
use super::observed::People;
use super::revocation::Revocable;
use std::collections::{BTreeMap, BTreeSet};

/// What one look at a host found of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estate {
    /// Digest of everything below; equal digests mean that the host has not moved.
    pub digest: Digest,
    /// The generation in force, 0 when there is none.
    pub generation: u32,
    /// The domain that the generation in force was made for; text of the host.
    pub domain: String,
    /// The lines of the manifest.
    pub entries: Vec<Entry>,
    /// What stands at each path that was asked for, where something does.
    pub standing: BTreeMap<HostPath, Stands>,
    /// What stood at a path before us, where the host keeps it.
    pub originals: BTreeMap<HostPath, Stands>,
    /// Packages that dpkg knows, installed or with their settings, of those that were asked for.
    pub packages: BTreeSet<PackageName>,
    /// Packages of ours that dpkg would purge together.
    pub purgeable: BTreeSet<PackageName>,
}

/// A line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub thing: Thing,
    /// Whether it was there before us.
    pub origin: Origin,
}

/// A thing that a generation left on its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A file with the digest of its bytes.
    File(HostPath, Digest),
    /// A link and where it leads.
    Link(HostPath, String),
    /// A folder.
    Directory(HostPath),
    /// A package that a run of ours brought, or one that we wanted and found.
    Package(PackageName),
    /// A unit that runs because of us.
    Unit(UnitName),
    /// A secret; all of them go with their folder.
    Secret(String),
    /// An account of a daemon, as `user@domain`.
    Account(String),
}

/// Whether a thing was there before us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// We made it.
    Made,
    /// It was there.
    Found,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// File, link, folder or something else.
    pub kind: Kind,
    /// Owner, group and permission bits, as `root:root:644`.
    pub access: String,
}

/// The kinds of things that stand at paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file with the digest of its bytes; nothing where the host could not read it.
    File(Option<Digest>),
    /// A link and where it leads.
    Link(String),
    /// A folder.
    Directory,
    /// Something else, such as a socket.
    Other,
}

/// What `destroy` does to a host; the printed list is the executed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Digest of what it is based on.
    pub based_on: Digest,
    /// The domain and the host's address, as the inventory has them.
    pub target: (String, String),
    /// The generation in force, 0 when there is none.
    pub generation: u32,
    /// Who is in meetings.
    pub people: Option<People>,
    /// Units that are stopped and disabled.
    pub units: Vec<UnitName>,
    /// Accounts that are deleted from a Prosody that stays.
    pub accounts: Vec<String>,
    /// Files and links that go.
    pub paths: Vec<HostPath>,
    /// Those of them, and of what is put back, that somebody changed since.
    pub edited: BTreeSet<HostPath>,
    /// Packages that are purged.
    pub packages: Vec<PackageName>,
    /// Packages of ours that stay, because somebody else's package needs them.
    pub needed: Vec<PackageName>,
    /// What stood at a path before us and is put back.
    pub originals: BTreeMap<HostPath, Stands>,
    /// Files that were there before us, but whose original is not kept: they stay as they are.
    pub lost: Vec<HostPath>,
    /// Things with everything in them: secrets, accounts, logs, our own state.
    pub whole: Vec<HostPath>,
    /// Folders that go when they are empty.
    pub folders: Vec<HostPath>,
    /// What is done with the authority before anything is removed.
    pub parting: Parting,
}

/// What is done with the certificate's authority before anything is removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parting {
    /// Certificates that are revoked.
    pub revoked: Vec<Revocable>,
    /// The directory at which the host's account is closed.
    pub account: Option<String>,
    /// Why a certificate that is still good is not revoked, or an account not closed.
    pub kept: Option<String>,
}

/// What a second look found after a removal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    /// Packages that are gone.
    pub packages: usize,
    /// Files, links and folders that are gone.
    pub paths: usize,
    /// Originals that stand in their place again, byte for byte.
    pub originals: usize,
    /// Folders that hold what somebody else put there.
    pub shared: Vec<HostPath>,
    /// What should be gone or back, and is not.
    pub left: Vec<String>,
}
