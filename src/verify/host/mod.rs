//! What the host itself promises.

mod bridge;
mod clock;
mod disk;
mod drift;
mod listeners;
mod logs_name_nobody;
mod looked;
mod memory;
mod open_ports;
mod receive_buffers;
mod renewal;
mod retention;
mod secrets_locked;
mod security_updates;
#[cfg(test)]
mod stage;
mod units;

use super::{Evidence, Judgement, Promise};
use looked::{DAY, SECRETS, count, inside, is_edited, is_lock, some};

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
    renewal::PROMISE,
    drift::PROMISE,
    clock::PROMISE,
    memory::PROMISE,
    disk::PROMISE,
    receive_buffers::PROMISE,
];

#[cfg(test)]
mod tests {
    use super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;

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
        let faults: [Fault; 10] = [
            ("units", |world| world.stop("coturn.service")),
            ("units", |world| world.stop("jitsi-videobridge2.service")),
            ("units", |world| world.stop("jicofo.service")),
            ("bridge", |world| world.facts().bridge.bridge_health = None),
            ("drift", |world| world.edit("/etc/logrotate.d/nginx")),
            ("drift", |world| world.edit("/etc/apt/apt.conf.d/20auto-upgrades")),
            ("secrets-locked", |world| world.unlock("/etc/turnserver.conf")),
            ("security-updates", |world| world.stop("apt-daily-upgrade.timer")),
            ("renewal", |world| world.stop("vc4all-renew.timer")),
            ("renewal", |world| world.facts().failed.push("vc4all-renew.service".into())),
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
