//! What the host itself promises.

mod bridge;
mod clock;
mod disk;
mod drift;
mod listeners;
mod logs_name_nobody;
mod memory;
mod open_ports;
mod receive_buffers;
mod retention;
mod secrets_locked;
mod security_updates;
mod units;

use super::{Evidence, Judgement, Promise};
use crate::inside::Facts;
use crate::model::plan::{Action, Change, Field, Why};
use crate::model::resource::Content;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[
    units::PROMISE,
    bridge::PROMISE,
    open_ports::PROMISE,
    listeners::PROMISE,
    logs_name_nobody::PROMISE,
    retention::PROMISE,
    secrets_locked::PROMISE,
    security_updates::PROMISE,
    drift::PROMISE,
    clock::PROMISE,
    memory::PROMISE,
    disk::PROMISE,
    receive_buffers::PROMISE,
];

/// A day in seconds.
const DAY: i64 = 86_400;

/// Judges by what was seen from inside.
fn inside(evidence: &Evidence<'_>, judge: impl FnOnce(&Facts) -> Judgement) -> Judgement {
    match &evidence.inside {
        Ok(facts) => judge(facts),
        Err(why) => Judgement::unseen(why),
    }
}

/// The first three of a list, and how many more there are.
fn some(things: &[String]) -> String {
    let first = things.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
    if things.len() > 3 { format!("{first} and {} more", things.len() - 3) } else { first }
}

/// A number with its noun, whose plural ends in `s`.
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Whether nothing but the rights of something secret changes, which `secrets-locked` judges.
fn is_lock(change: &Change) -> bool {
    let Why::Differs(fields) = &change.why else { return false };
    let rights = fields.iter().all(|field| matches!(field, Field::Owner | Field::Group | Field::Mode));
    rights
        && match &change.action {
            Action::WriteFile { file, .. } => matches!(file.content, Content::WithSecrets(_)),
            Action::MakeDirectory(directory) => directory.path.as_str() == SECRETS,
            _ => false,
        }
}

/// Whether `up` would write this file anew.
fn is_edited(evidence: &Evidence<'_>, path: &str) -> bool {
    evidence.plan.changes.iter().any(|change| change.action.path().is_some_and(|changed| changed.as_str() == path))
}

/// The folder of the secrets that were born on the host.
const SECRETS: &str = "/etc/vc4all/secrets";

#[cfg(test)]
mod tests {
    //! A host on which every promise of this chapter is kept; each test breaks what it is about.

    use super::*;
    use crate::components::{self, Scene};
    use crate::inside::{
        Bridge, Clock, Disk, LockedFile, LogFile, Memory, NeedleKind, Reader, Rule, Traces, UnitFacts, Updates,
    };
    use crate::inventory::{self, Places};
    use crate::model::deployment::Deployment;
    use crate::model::digest::Digest;
    use crate::model::finding::Verdict;
    use crate::model::names::{ComponentName, PackageName, UnitName};
    use crate::model::observed::{InstalledPackage, Listener, Observed, Transport};
    use crate::model::plan::{Plan, UnitAct};
    use crate::model::resource::{Claim, Resource};
    use crate::model::traits::{Architecture, Release, Traits};
    use crate::outside::ports::{Facts as Ports, Host as Port};
    use crate::outside::talk::{Facts as Visit, Talk};
    use crate::outside::{ToldBy, Way};
    use crate::render::Renderer;
    use crate::verify::Seen;
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::IpAddr;
    use std::path::Path;
    use std::sync::{Arc, LazyLock};
    use std::time::Duration;

    const INVENTORY: &[u8] = include_bytes!("../../../inventories/demo.yml");

    /// Rendered once for all tests.
    static BASE: LazyLock<(Deployment, Traits, Vec<Claim>)> = LazyLock::new(|| {
        let places = Places { folder: Path::new("/"), home: None };
        let deployment = inventory::parse(INVENTORY, "demo.yml", places).unwrap();
        let traits = Traits {
            release: Release::Debian12,
            architecture: Architecture::X86_64,
            memory_mib: 4096,
            addresses: vec!["10.87.0.10".parse().unwrap()],
            ssh_ports: vec![22],
        };
        let renderer = Renderer::new().unwrap();
        let scene = Scene {
            deployment: &deployment,
            traits: &traits,
            renderer: &renderer,
            programs: &BTreeMap::new().into_iter().collect(),
        };
        let claims = components::claims(&scene).unwrap();
        (deployment, traits, claims)
    });

    pub(super) struct World {
        pub(super) deployment: Deployment,
        pub(super) claims: Vec<Claim>,
        pub(super) observed: Observed,
        pub(super) plan: Plan,
        pub(super) inside: Seen<Facts>,
        way: Way,
    }

    impl World {
        pub(super) const NOW: i64 = 1_800_000_000;

        pub(super) fn new() -> Self {
            let (deployment, traits, claims) = BASE.clone();
            let inside = Ok(facts(&claims));
            let plan = Plan {
                domain: deployment.domain.clone(),
                host: "10.87.0.10".into(),
                based_on: None,
                changes: Vec::new(),
                unchanged: 99,
            };
            let way = Way {
                domain: deployment.domain.clone(),
                addresses: vec![IpAddr::from([10, 87, 0, 10])],
                told_by: ToldBy::Resolver,
                roots: Arc::new(rustls::RootCertStore::empty()),
                patience: Duration::from_secs(5),
            };
            Self { observed: observed(traits), deployment, claims, plan, inside, way }
        }

        pub(super) fn rule(file: &str, log: &str, days: Option<u32>) -> Rule {
            Rule { file: file.into(), logs: vec![log.into()], days }
        }

        pub(super) fn facts(&mut self) -> &mut Facts {
            self.inside.as_mut().unwrap()
        }

        pub(super) fn unit(&mut self, name: &str) -> &mut UnitFacts {
            self.facts().units.get_mut(&UnitName::new(name).unwrap()).unwrap()
        }

        /// Somebody changed the content of a file of ours.
        pub(super) fn edit(&mut self, path: &str) {
            self.change(path, Field::Content);
        }

        /// Somebody changed the rights of a file of ours.
        pub(super) fn unlock(&mut self, path: &str) {
            self.change(path, Field::Mode);
        }

        fn change(&mut self, path: &str, field: Field) {
            let file = self.claims.iter().find_map(|claim| match &claim.resource {
                Resource::File(file) if file.path.as_str() == path => Some(file.clone()),
                _ => None,
            });
            let action = Action::WriteFile { file: file.unwrap(), before: None };
            self.plan.changes.push(change(Why::Differs(vec![field]), action));
        }

        /// Somebody stopped a unit.
        pub(super) fn stop(&mut self, name: &str) {
            let unit = self.claims.iter().find_map(|claim| match &claim.resource {
                Resource::Unit(unit) if unit.name.as_str() == name => Some(unit.clone()),
                _ => None,
            });
            let action = Action::SetUnit { unit: unit.unwrap(), act: UnitAct::Start };
            self.plan.changes.push(change(Why::NotAsWanted, action));
            self.unit(name).active = "inactive".into();
        }

        pub(super) fn evidence(&self) -> Evidence<'_> {
            let unlooked = || "nobody looked".to_owned();
            let spoken = Talk { answers: Ok(()), ..Talk::unseen("nobody looked") };
            Evidence {
                deployment: &self.deployment,
                claims: &self.claims,
                observed: &self.observed,
                plan: &self.plan,
                now: Self::NOW,
                way: &self.way,
                tls: Err(unlooked()),
                web: Err(unlooked()),
                talk: Ok(Visit { bosh: spoken.clone(), websocket: spoken, credentials: None, left: Vec::new() }),
                relay: Err(unlooked()),
                ports: Ok(ports()),
                names: Err(unlooked()),
                inside: self.inside.clone(),
            }
        }
    }

    /// What answers from outside on a host as it should be.
    fn ports() -> Ports {
        let open = vec![22, 80, 443, 5349];
        let address = IpAddr::from([10, 87, 0, 10]);
        Ports { hosts: vec![Port { address, open, refused: Vec::new(), silent: 99, untried: 0, why: None }] }
    }

    fn change(why: Why, action: Action) -> Change {
        Change { component: ComponentName::new("test").unwrap(), why, action }
    }

    fn observed(traits: Traits) -> Observed {
        let updates = InstalledPackage { version: "2.9".into(), held: false };
        Observed {
            digest: Digest::of(b""),
            traits,
            packages: BTreeMap::from([(PackageName::new("unattended-upgrades").unwrap(), updates)]),
            paths: BTreeMap::new(),
            units: BTreeMap::new(),
            secrets: BTreeSet::new(),
            accounts: BTreeSet::new(),
            roster: BTreeSet::new(),
            certificate: None,
            listeners: Vec::new(),
            foreign_sites: Vec::new(),
            resolved: Vec::new(),
            broken_run: false,
            generation: 3,
            free_mib: 9000,
            clock: World::NOW,
        }
    }

    fn facts(claims: &[Claim]) -> Facts {
        let running = UnitFacts {
            active: "active".into(),
            sub: "running".into(),
            file: "enabled".into(),
            result: "success".into(),
            restarts: 0,
            active_for: Some(90_000),
        };
        let units = claims.iter().filter_map(|claim| match &claim.resource {
            Resource::Unit(unit) => Some((unit.name.clone(), running.clone())),
            _ => None,
        });
        let socket = |transport, address: &str, port| Listener {
            transport,
            address: address.into(),
            port,
            process: "daemon".into(),
        };
        let now = World::NOW;
        let mut facts = Facts {
            clock: Clock { asked: now, told: now, answered: now, synchronised: Some(true) },
            uptime: 900_000,
            sockets: vec![
                socket(Transport::Tcp, "0.0.0.0", 22),
                socket(Transport::Tcp, "::", 443),
                socket(Transport::Udp, "10.87.0.10", 3478),
                socket(Transport::Tcp, "127.0.0.1", 8080),
            ],
            units: units.collect(),
            bridge: Bridge { bridge_health: Some(200), jicofo_health: Some(200), operational: Some(1) },
            traces: Traces {
                found: Vec::new(),
                files: 2,
                entries: 40,
                kinds: vec![NeedleKind::Address, NeedleKind::Room],
            },
            updates: Updates {
                automatic: Some(true),
                security_origin: Some(true),
                last_run: Some(now - 5 * 3600),
                restart_due: None,
            },
            memory: Memory {
                total: 4096 * 1024,
                swap: 0,
                heaps: [("jicofo.service", 704), ("jitsi-videobridge2.service", 1472)]
                    .map(|(unit, mib)| (unit.to_owned(), mib * 1024))
                    .into(),
                killed: Some(0),
            },
            disk: Disk { total_mib: 20_000, free_mib: 9000, total_files: 1000, free_files: 900 },
            receive_buffer: Some(10_485_760),
            locked: vec![
                locked("/etc/vc4all/secrets/turn", "root", 0o600),
                locked("/var/lib/vc4all/tls/pairs/1/privkey.pem", "turnserver", 0o640),
            ],
            readers: vec![Reader { user: "turnserver".into(), path: "/etc/turnserver.conf".into(), can: true }],
            ..Facts::default()
        };
        facts.logs.rules = vec![World::rule("/etc/logrotate.d/nginx", "/var/log/nginx/*.log", Some(7))];
        facts.logs.files =
            vec![LogFile { path: "/var/log/nginx/error.log".into(), written: now - 60, changed: now - 60 }];
        facts.logs.first_generation = Some(now - 90 * DAY);
        for (name, value) in [("MaxRetentionSec", "144h"), ("MaxFileSec", "24h")] {
            facts.logs.journal.settings.insert(name.into(), value.into());
        }
        facts
    }

    fn locked(path: &str, group: &str, mode: u32) -> LockedFile {
        LockedFile { path: path.into(), owner: "root".into(), group: group.into(), mode }
    }

    #[test]
    fn on_a_good_host_every_promise_is_kept() {
        let world = World::new();
        for promise in ALL {
            let judgement = (promise.judge)(&world.evidence());
            assert_eq!(judgement.verdict, Verdict::Kept, "{}: {judgement:?}", promise.name);
        }
    }

    /// The promise that finds a fault, and the fault.
    type Fault = (&'static str, fn(&mut World));

    #[test]
    fn a_fault_is_found_by_one_promise_alone() {
        let faults: [Fault; 8] = [
            ("units", |world| world.stop("coturn.service")),
            ("units", |world| world.stop("jitsi-videobridge2.service")),
            ("units", |world| world.stop("jicofo.service")),
            ("bridge", |world| world.facts().bridge.bridge_health = None),
            ("drift", |world| world.edit("/etc/logrotate.d/nginx")),
            ("drift", |world| world.edit("/etc/apt/apt.conf.d/20auto-upgrades")),
            ("secrets-locked", |world| world.unlock("/etc/turnserver.conf")),
            ("security-updates", |world| world.stop("apt-daily-upgrade.timer")),
        ];
        for (wanted, fault) in faults {
            let mut world = World::new();
            fault(&mut world);
            let broken = ALL.iter().filter(|promise| (promise.judge)(&world.evidence()).verdict == Verdict::Broken);
            assert_eq!(broken.map(|promise| promise.name).collect::<Vec<_>>(), [wanted]);
        }
    }

    #[test]
    fn an_unseen_host_keeps_nothing_but_what_others_show() {
        let mut world = World::new();
        world.inside = Err("the host is silent".into());
        for promise in ALL.iter().filter(|promise| !["drift", "open-ports"].contains(&promise.name)) {
            let judgement = (promise.judge)(&world.evidence());
            assert_eq!(judgement, Judgement::unseen("the host is silent"), "{}", promise.name);
        }
    }
}
