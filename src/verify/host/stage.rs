//! A host on which every promise of this chapter is kept; each test breaks what it is about.

use super::DAY;
use crate::components::{self, Scene};
use crate::inside::{
    Bridge, Clock, Disk, Facts, LockedFile, LogFile, Memory, NeedleKind, Reader, Rule, Traces, UnitFacts, Updates,
};
use crate::inventory::{self, Places};
use crate::model::deployment::Deployment;
use crate::model::finding::Verdict;
use crate::model::ledger::{Held, Ledger, Rehearsal};
use crate::model::names::{ComponentName, HostPath, PackageName, UnitName};
use crate::model::observed::{InstalledPackage, Listener, Observed, SeenPath, Transport};
use crate::model::plan::{Action, Change, Field, Plan, UnitAct, Why};
use crate::model::resource::{Claim, Resource};
use crate::model::standing::{self, StandingOrder};
use crate::model::traits::Traits;
use crate::outside::Way;
use crate::outside::ports::{Facts as Ports, Host as Port};
use crate::outside::talk::{Facts as Visit, Talk};
use crate::render::Renderer;
use crate::verify::stage;
use crate::verify::{Evidence, Judgement, Seen};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::LazyLock;

const INVENTORY: &[u8] = include_bytes!("../../../inventories/demo.yml");

/// Rendered once for all tests.
static BASE: LazyLock<(Deployment, Traits, Vec<Claim>)> = LazyLock::new(|| {
    let places = Places { folder: Path::new("/"), home: None };
    let deployment = inventory::parse(INVENTORY, "demo.yml", places).unwrap();
    let traits = Traits { release: deployment.host.release, ..stage::traits(&[IpAddr::from([10, 87, 0, 10])]) };
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

    /// What a promise says of a world in which something is not as it should be.
    pub(super) fn judged(judge: fn(&Evidence<'_>) -> Judgement, change: impl FnOnce(&mut Self)) -> (Verdict, String) {
        let mut world = Self::new();
        change(&mut world);
        let judgement = judge(&world.evidence());
        (judgement.verdict, judgement.seen)
    }

    pub(super) fn new() -> Self {
        let (deployment, traits, claims) = BASE.clone();
        let inside = Ok(facts(&claims));
        let addresses = traits.addresses.clone();
        let (plan, way) = (stage::nothing_to_do(&deployment.domain), stage::way(&deployment.domain, &addresses));
        Self { observed: observed(&claims, traits), deployment, claims, plan, inside, way }
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
        let spoken = Talk { answers: Ok(()), ..Talk::unseen("nobody looked") };
        Evidence {
            claims: &self.claims,
            now: Self::NOW,
            talk: Ok(Visit { bosh: spoken.clone(), websocket: spoken, credentials: None, left: Vec::new() }),
            ports: Ok(ports()),
            inside: self.inside.clone(),
            ..Evidence::unlooked(&self.deployment, &self.observed, &self.plan, &self.way)
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

/// What the host is told about its certificate.
fn standing(claims: &[Claim]) -> StandingOrder {
    let texts = claims.iter().filter_map(|claim| match &claim.resource {
        Resource::File(file) if file.path.as_str() == standing::PATH => Some(file.content.text()),
        _ => None,
    });
    texts.map(|text| StandingOrder::read(text).unwrap()).next().unwrap()
}

fn observed(claims: &[Claim], traits: Traits) -> Observed {
    let updates = InstalledPackage { version: "2.9".into(), held: false };
    let packages = [(PackageName::new("unattended-upgrades").unwrap(), updates)].into();
    let order = standing(claims);
    let ledger = Ledger {
        certificate: Some(Held {
            serial: "01".into(),
            not_before: World::NOW - 12 * DAY,
            not_after: World::NOW + 78 * DAY,
        }),
        looked: Some(World::NOW - 5 * 3600),
        due: Some(World::NOW + 48 * DAY),
        rehearsed: Some(Rehearsal {
            at: World::NOW - 12 * DAY,
            order: order.tried(),
            directory: order.rehearsal.clone(),
            why: None,
        }),
        ..Ledger::default()
    };
    let root = || "root".to_owned();
    let told = SeenPath::File { owner: root(), group: root(), mode: 0o644, text: order.text().ok() };
    let paths = [(HostPath::new(standing::PATH).unwrap(), told)].into();
    let renewal = Some(ledger);
    Observed { packages, paths, renewal, generation: 3, free_mib: 9000, clock: World::NOW, ..Observed::bare(traits) }
}

fn facts(claims: &[Claim]) -> Facts {
    let units = claims.iter().filter_map(|claim| match &claim.resource {
        Resource::Unit(unit) => Some((unit.name.clone(), running())),
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
        traces: Traces { found: Vec::new(), files: 2, entries: 40, kinds: vec![NeedleKind::Address, NeedleKind::Room] },
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
    facts.logs.files = vec![LogFile { path: "/var/log/nginx/error.log".into(), written: now - 60, changed: now - 60 }];
    facts.logs.first_generation = Some(now - 90 * DAY);
    for (name, value) in [("MaxRetentionSec", "144h"), ("MaxFileSec", "24h")] {
        facts.logs.journal.settings.insert(name.into(), value.into());
    }
    facts
}

fn locked(path: &str, group: &str, mode: u32) -> LockedFile {
    LockedFile { path: path.into(), owner: "root".into(), group: group.into(), mode }
}

fn running() -> UnitFacts {
    UnitFacts {
        active: "active".into(),
        sub: "running".into(),
        file: "enabled".into(),
        result: "success".into(),
        restarts: 0,
        active_for: Some(90_000),
    }
}
