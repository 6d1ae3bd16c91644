//! What was seen from inside: plain data, with words for what promises ask.

use super::journal::Journal;
use super::questions::{NeedleKind, TIME};
use super::rotation::Rule;
use crate::model::names::UnitName;
use crate::model::observed::Listener;
use std::collections::BTreeMap;

/// What was seen. Every text of the host in it is short and printable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The host's clock beside ours.
    pub clock: Clock,
    /// Whether systemd takes the host for a container: such a host has no clock and no kernel of its own.
    pub container: bool,
    /// Seconds since the host started.
    pub uptime: u64,
    /// All listening sockets, loopback too.
    pub sockets: Vec<Listener>,
    /// The units that the deployment names, as far as systemd knows them.
    pub units: BTreeMap<UnitName, UnitFacts>,
    /// Every failed unit of the host, whoever brought it.
    pub failed: Vec<String>,
    /// The bridge and whoever looks after it.
    pub bridge: Bridge,
    /// What the visit left behind.
    pub traces: Traces,
    /// Logs and the rules about them.
    pub logs: Logs,
    /// Updates of the operating system.
    pub updates: Updates,
    /// Memory and who may take it.
    pub memory: Memory,
    /// The file system below `/var`.
    pub disk: Disk,
    /// The largest receive buffer that a socket may ask for, in bytes (`net.core.rmem_max`); nothing where it is hidden.
    pub receive_buffer: Option<u64>,
    /// Files whose content is secret.
    pub locked: Vec<LockedFile>,
    /// Whether daemons can read what they need.
    pub readers: Vec<Reader>,
    /// The servers of apt's sources, without paths.
    pub apt_servers: Vec<String>,
}

impl Facts {
    /// The unit, where systemd knows it.
    pub fn unit(&self, name: &str) -> Option<&UnitFacts> {
        self.units.iter().find(|(known, _)| known.as_str() == name).map(|(_, unit)| unit)
    }

    /// Seconds since the host began to ask for the time: since it started, or since its client did.
    pub fn asking_for_time(&self) -> u64 {
        let client = self.unit(TIME).and_then(|unit| unit.active_for);
        client.map_or(self.uptime, |seconds| seconds.min(self.uptime))
    }

    /// Whether the unit is active.
    pub fn unit_runs(&self, name: &str) -> bool {
        self.unit(name).is_some_and(UnitFacts::runs)
    }
}

/// The host's clock beside ours, all in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// Ours when the question left.
    pub asked: i64,
    /// The host's.
    pub told: i64,
    /// Ours when the answer was there.
    pub answered: i64,
    /// What the kernel says about its clock (`NTPSynchronized` of timedatectl(1)).
    pub synchronised: Option<bool>,
}

impl Clock {
    /// Seconds by which the host is surely ahead of us; negative where it is behind, 0 where the way may explain it.
    pub fn ahead(&self) -> i64 {
        if self.told > self.answered {
            self.told.saturating_sub(self.answered)
        } else {
            self.told.saturating_sub(self.asked).min(0)
        }
    }
}

/// A unit as systemd knows it (systemctl(1), `show`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitFacts {
    /// `ActiveState`: `active`, `activating`, `failed`, `inactive` …
    pub active: String,
    /// `SubState`: `running`, `exited`, `auto-restart` …
    pub sub: String,
    /// `UnitFileState`: `enabled`, `disabled`, `masked`, `generated` …; empty where there is no file.
    pub file: String,
    /// `Result`: `success`, `exit-code`, `oom-kill` …
    pub result: String,
    /// How often systemd restarted it by itself (`NRestarts`).
    pub restarts: u32,
    /// Seconds since it became active; nothing where it is not.
    pub active_for: Option<u64>,
}

impl UnitFacts {
    /// Whether it is active.
    pub fn runs(&self) -> bool {
        self.active == "active"
    }

    /// Whether it starts by itself.
    pub fn starts_by_itself(&self) -> bool {
        matches!(self.file.as_str(), "enabled" | "enabled-runtime" | "static" | "generated" | "alias" | "indirect")
    }
}

/// What the bridge and Jicofo say of themselves on loopback; nothing where nobody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bridge {
    /// Status of the bridge's `/about/health`.
    pub bridge_health: Option<u16>,
    /// Status of Jicofo's `/about/health`.
    pub jicofo_health: Option<u16>,
    /// Bridges that Jicofo holds for operational (`bridge_selector.operational_bridge_count` in `/stats`).
    pub operational: Option<u32>,
}

/// What the visit left behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traces {
    /// Where something was found.
    pub found: Vec<Trace>,
    /// Files that were searched.
    pub files: u32,
    /// Entries of the journal that were searched.
    pub entries: u32,
    /// Kinds of words that were looked for.
    pub kinds: Vec<NeedleKind>,
}

/// A place that holds a word of the visit; never the word itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    /// The file, or the name under which somebody wrote into the journal.
    pub place: String,
    /// What was found.
    pub kind: NeedleKind,
}

/// Logs and the rules about them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Logs {
    /// Files below `/var/log` that are not empty, without the journal's own.
    pub files: Vec<LogFile>,
    /// The rules of logrotate, in the order in which it reads them.
    pub rules: Vec<Rule>,
    /// The journal's settings and its oldest entry.
    pub journal: Journal,
    /// When the first generation was committed, by the host's clock.
    pub first_generation: Option<i64>,
}

/// A log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Where.
    pub path: String,
    /// When it was last written, by the host's clock.
    pub written: i64,
    /// When its inode last changed, by the host's clock; nobody can set that back.
    pub changed: i64,
}

/// Updates of the operating system.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Updates {
    /// Whether `APT::Periodic::Unattended-Upgrade` is on in all of apt's configuration together.
    pub automatic: Option<bool>,
    /// Whether the allowed origins name the distribution's security archive.
    pub security_origin: Option<bool>,
    /// When unattended-upgrades last ran to its end, by the host's clock.
    pub last_run: Option<i64>,
    /// Since when a restart of the host is due, by the host's clock.
    pub restart_due: Option<i64>,
}

/// Memory and who may take it, in KiB.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory {
    /// All of it.
    pub total: u64,
    /// Swap.
    pub swap: u64,
    /// The most that a running Java daemon may take for its heap, by unit.
    pub heaps: BTreeMap<String, u64>,
    /// Processes that the kernel killed for lack of memory since the host started.
    pub killed: Option<u64>,
}

/// The file system below `/var`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Disk {
    /// MiB in all.
    pub total_mib: u64,
    /// Free MiB.
    pub free_mib: u64,
    /// Files that it can hold; 0 where it does not count them.
    pub total_files: u64,
    /// Files that it can still take.
    pub free_files: u64,
}

/// A file whose content is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedFile {
    /// Where.
    pub path: String,
    /// Owner's name.
    pub owner: String,
    /// Group's name.
    pub group: String,
    /// Permission bits.
    pub mode: u32,
}

/// Whether a user of the host can read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The user.
    pub user: String,
    /// The file.
    pub path: String,
    /// Whether it can.
    pub can: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_apart_only_by_what_the_way_does_not_explain() {
        let clock = |told| Clock { asked: 100, told, answered: 103, synchronised: None }.ahead();
        assert_eq!([clock(100), clock(102), clock(103), clock(110), clock(90)], [0, 0, 0, 7, -10]);
    }

    #[test]
    fn a_unit_that_nobody_knows_does_not_run() {
        let running = UnitFacts { active: "active".into(), ..UnitFacts::default() };
        let name = UnitName::new("coturn.service").unwrap();
        let facts = Facts { units: BTreeMap::from([(name, running)]), ..Facts::default() };
        assert!(facts.unit_runs("coturn.service") && !facts.unit_runs("prosody.service"));
    }
}
