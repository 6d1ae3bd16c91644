//! `memory`: the Java daemons leave memory for all others, and nothing was killed for lack of it.

use super::{Evidence, Judgement, Promise, inside};
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "memory",
    title: "Memory is enough: the Java daemons leave some for others, and nothing was killed",
    sources: &[Source::Law("GDPR art. 32(1)(b)"), Source::Ours("the two heaps together stay below 60 % of the memory")],
    judge,
};

/// Both heaps together, in percent of the memory; beside it stand Java's own needs, Prosody, nginx and coturn.
const MOST: u64 = 60;
const DAEMONS: [&str; 2] = ["jicofo.service", "jitsi-videobridge2.service"];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let memory = &facts.memory;
        let sum: u64 = memory.heaps.values().fold(0, |sum, heap| sum.saturating_add(*heap));
        let sizes = format!("heaps of {} MiB in {} MiB of memory", sum / 1024, memory.total / 1024);
        if memory.total > 0 && sum / 100 * 100 > memory.total / 100 * MOST {
            return Judgement::broken(
                format!("{sizes} are more than {MOST} %"),
                "Remove what sets -Xmx beside our files (drop-ins of the units), run `vc4all-deploy up`, restart the daemons",
            );
        }
        // A container sees what was killed on the whole machine.
        if let Some(killed @ 1..) = memory.killed.filter(|_| !facts.container) {
            return Judgement::broken(
                format!("{killed} processes were killed for lack of memory since the host started; {sizes}"),
                "Take a host with more memory, or `media.participants` lower; a restart of the host begins a new count",
            );
        }
        if memory.total == 0 {
            return Judgement::unseen("the host did not tell how much memory it has");
        }
        match DAEMONS.iter().find(|unit| !memory.heaps.contains_key(**unit)) {
            Some(unit) => Judgement::unseen(format!("{unit} does not run, so nothing is known of its heap")),
            None => Judgement::kept(format!("{sizes}, nothing was killed")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::inside::Memory;
    use crate::model::finding::Verdict;

    fn judged(change: impl FnOnce(&mut Memory)) -> (Verdict, String) {
        let mut world = World::new();
        change(&mut world.facts().memory);
        let judgement = judge(&world.evidence());
        (judgement.verdict, judgement.seen)
    }

    #[test]
    fn heaps_that_leave_room_keep_it() {
        let wanted = "heaps of 2176 MiB in 4096 MiB of memory, nothing was killed";
        assert_eq!(judged(|_| ()), (Verdict::Kept, wanted.into()));
    }

    #[test]
    fn oversized_heaps_and_killed_processes_break_it() {
        let (verdict, seen) = judged(|memory| {
            let _ = memory.heaps.insert(DAEMONS[1].into(), 3072 * 1024);
        });
        assert!(verdict == Verdict::Broken && seen.ends_with("more than 60 %"), "{seen}");
        assert_eq!(
            judged(|memory| {
                let _ = memory.heaps.insert("other".into(), u64::MAX);
            })
            .0,
            Verdict::Broken
        );
        let (verdict, seen) = judged(|memory| memory.killed = Some(3));
        assert!(verdict == Verdict::Broken && seen.starts_with("3 processes"), "{seen}");
    }

    #[test]
    fn a_stopped_daemon_has_no_heap_to_judge() {
        assert_eq!(
            judged(|memory| {
                let _ = memory.heaps.remove(DAEMONS[0]);
            })
            .0,
            Verdict::Unseen
        );
        assert_eq!(judged(|memory| *memory = Memory::default()).0, Verdict::Unseen);
    }

    #[test]
    fn a_container_counts_the_whole_machines_dead() {
        let mut world = World::new();
        world.facts().container = true;
        world.facts().memory.killed = Some(3);
        assert_eq!(judge(&world.evidence()).verdict, Verdict::Kept);
    }
}
