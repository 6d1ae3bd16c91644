//! What one probe of a host returned.

use super::digest::Digest;
use super::ledger::Ledger;
use super::names::{HostPath, LoginName, PackageName, SecretName, UnitName};
use super::renewal::Lifetime;
use super::revocation::Holdings;
use super::secret::Secret;
use super::subject::SubjectName;
use super::traits::Traits;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// A host as it was seen in one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Digest of everything below that does not move by itself; equal digests mean that the host has not moved.
    pub digest: Digest,
    /// What the host is.
    pub traits: Traits,
    /// Installed packages of those that were asked for.
    pub packages: BTreeMap<PackageName, InstalledPackage>,
    /// Every path that was asked for.
    pub paths: BTreeMap<HostPath, SeenPath>,
    /// Every unit that was asked for and is known to systemd.
    pub units: BTreeMap<UnitName, SeenUnit>,
    /// Secrets that exist.
    pub secrets: BTreeSet<SecretName>,
    /// What stands in the place of each secret that the operator hands over, of those that were asked for.
    pub given: BTreeMap<SecretName, SeenGiven>,
    /// XMPP accounts that exist with the secret that is in force, as `user@domain`.
    pub accounts: BTreeSet<String>,
    /// What debconf was told, by question, with marks in the place of secrets; of the questions that were asked for.
    pub answers: BTreeMap<String, String>,
    /// The accounts at the door.
    pub roster: BTreeSet<LoginName>,
    /// The pair behind `/var/lib/vc4all/tls/live`, where there is one.
    pub certificate: Option<SeenCertificate>,
    /// What it wrote down about renewals of that; nothing where it never looked.
    pub renewal: Option<Ledger>,
    /// The certificates of authorities that it holds; nothing where nobody asked.
    pub holdings: Option<Holdings>,
    /// Who wakes it to look whether its certificate is due; nothing where systemd knows of no such timer.
    pub renewal_timer: Option<SeenTimer>,
    /// Listening sockets on other addresses than loopback.
    pub listeners: Vec<Listener>,
    /// Enabled nginx sites that neither we nor the distribution put there.
    pub foreign_sites: Vec<HostPath>,
    /// Addresses that the host's own resolver gives for the domain; empty when it was not asked or found none.
    pub resolved: Vec<IpAddr>,
    /// Whether the last work on the host ended in the middle; the next one first restores what it had changed.
    pub broken_run: bool,
    /// The committed generation, 0 when there is none.
    pub generation: u32,
    /// What that generation left behind; nothing where there is none.
    pub standing: Option<Standing>,
    /// Who works on the host at this moment, where somebody does.
    pub lock: Option<Lock>,
    /// How many people are in meetings; nothing where nobody could say.
    pub people: Option<People>,
    /// Free space in MiB on the file system that holds `/var`.
    pub free_mib: u64,
    /// The host's clock in seconds since 1970 (UTC).
    pub clock: i64,
}

impl Observed {
    /// A host of which nothing is known but what it is: none of ours was seen on it.
    pub fn bare(traits: Traits) -> Self {
        Self {
            digest: Digest::of(b""),
            traits,
            packages: BTreeMap::new(),
            paths: BTreeMap::new(),
            units: BTreeMap::new(),
            secrets: BTreeSet::new(),
            given: BTreeMap::new(),
            accounts: BTreeSet::new(),
            answers: BTreeMap::new(),
            roster: BTreeSet::new(),
            certificate: None,
            renewal: None,
            holdings: None,
            renewal_timer: None,
            listeners: Vec::new(),
            foreign_sites: Vec::new(),
            resolved: Vec::new(),
            broken_run: false,
            generation: 0,
            standing: None,
            lock: None,
            people: None,
            free_mib: 0,
            clock: 0,
        }
    }
}

/// What the generation in force left behind, as the host has it now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Who made it and since when, such as `root since 2026-03-01 10:00:00 UTC`; text of the host.
    pub author: String,
    /// By which verb, such as `up meet.example.nl`; text of the host.
    pub cause: String,
    /// Every file and link that it put in its place.
    pub managed: BTreeMap<HostPath, Managed>,
    /// Those of them in whose place something else stood before us; the host keeps that.
    pub found: BTreeSet<HostPath>,
    /// The units that did not run by themselves before us.
    pub units: BTreeSet<UnitName>,
    /// The accounts of daemons, as `user@domain`.
    pub accounts: BTreeSet<String>,
    /// The secrets that were born here.
    pub secrets: BTreeSet<SecretName>,
    /// The secrets that the operator handed over.
    pub given: BTreeSet<SecretName>,
}

/// What became of a file or link that we put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Managed {
    /// It is as it was left.
    AsLeft,
    /// Somebody changed its content, its target or its kind.
    Edited,
    /// Somebody took it away.
    Gone,
}

/// Somebody who works on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Who and since when; text of the host.
    pub owner: String,
    /// What they do; text of the host.
    pub cause: String,
}

/// How many people are in how many meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct People {
    /// People; programs such as Jicofo do not count.
    pub people: u32,
    /// Rooms with at least one of them, breakout rooms as part of theirs.
    pub meetings: u32,
    /// People who wait in a lobby; they are in no meeting, and knock again after a restart.
    pub waiting: u32,
}

/// A package as dpkg knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledPackage {
    /// Its version.
    pub version: String,
    /// Whether dpkg holds it.
    pub held: bool,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenPath {
    /// Nothing.
    Nothing,
    /// A regular file.
    File {
        /// Owner's name.
        owner: String,
        /// Group's name.
        group: String,
        /// Permission bits.
        mode: u32,
        /// Its text with secrets replaced by their marks, or the digest of a program; nothing when it is too large or no
        /// text.
        text: Option<String>,
    },
    /// A folder.
    Directory {
        /// Owner's name.
        owner: String,
        /// Group's name.
        group: String,
        /// Permission bits.
        mode: u32,
    },
    /// A symbolic link and where it points.
    Link(String),
    /// Something else, such as a socket.
    Other,
}

/// A secret of the operator's as the host has it.
///
/// Its digest tells whoever reads it whether a guess is right, salted or not; so it is no part of what is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenGiven {
    /// SHA-256 of the file.
    pub digest: Secret<Digest>,
    /// Whether it is root's alone.
    pub private: bool,
}

/// A unit as systemd knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenUnit {
    /// Whether it starts by itself (`enabled`, `static`, `generated`, `alias` count).
    pub enabled: bool,
    /// Whether it is active.
    pub active: bool,
}

/// A timer of systemd; seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeenTimer {
    /// When it fires next; nothing where it does not run.
    pub next: Option<i64>,
    /// When it fired last.
    pub last: Option<i64>,
}

/// A certificate on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCertificate {
    /// The names in it that an order could hold.
    pub names: Vec<SubjectName>,
    /// First second of validity, seconds since 1970.
    pub not_before: i64,
    /// Last second of validity, seconds since 1970.
    pub not_after: i64,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// The directory address that issued it; nothing for the placeholder that the host signed itself.
    pub issued_by: Option<String>,
}

impl SeenCertificate {
    /// How long it is good.
    pub fn lifetime(&self) -> Lifetime {
        Lifetime { not_before: self.not_before, not_after: self.not_after }
    }

    /// Whether it is for all of these names. More of them are no reason for another one: an authority may add some by itself, and
    /// what was taken out goes with the next.
    pub fn holds(&self, names: &[SubjectName]) -> bool {
        names.iter().all(|name| self.names.contains(name))
    }
}

/// A listening socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// TCP or UDP.
    pub transport: Transport,
    /// Address it listens on.
    pub address: String,
    /// Port.
    pub port: u16,
    /// Name of the process, empty when unknown.
    pub process: String,
}

impl Listener {
    /// Whether it listens on loopback alone.
    pub fn is_loopback(&self) -> bool {
        self.address.starts_with("127.") || self.address == "::1" || self.address.starts_with("::ffff:127.")
    }
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}
