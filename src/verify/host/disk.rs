//! `disk`: there is room for logs, updates and a new certificate.

use super::{Evidence, Judgement, Promise, inside};
use crate::inside::Disk;
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "disk",
    title: "There is room on the disk for logs, updates and a new certificate",
    sources: &[Source::Law("GDPR art. 32(1)(b)"), Source::Ours("docs/architecture.md, \"The transaction\"")],
    judge,
};

/// MiB that have to be free: an update of the distribution's servers and of Jitsi's packages together.
const LEAST_MIB: u64 = 600;
/// Files that have to be possible, in percent.
const LEAST_FILES: u64 = 3;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let Disk { total_mib, free_mib, total_files, free_files } = facts.disk;
        let remedy = "Look at `du -x /var | sort -n | tail` on the host, and make room or take a larger disk";
        if total_mib == 0 {
            return Judgement::unseen("the host did not tell how much room it has");
        }
        let seen = format!("{free_mib} of {total_mib} MiB are free");
        if free_mib < LEAST_MIB {
            return Judgement::broken(seen, remedy);
        }
        // Some file systems do not count their files.
        if total_files > 0 && free_files < total_files / 100 * LEAST_FILES {
            return Judgement::broken(format!("{seen}, but room for {free_files} more files alone"), remedy);
        }
        Judgement::kept(seen)
    })
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;

    fn judged(disk: Disk) -> (Verdict, String) {
        let mut world = World::new();
        world.facts().disk = disk;
        let judgement = judge(&world.evidence());
        (judgement.verdict, judgement.seen)
    }

    #[test]
    fn room_keeps_it_and_lack_of_it_breaks_it() {
        let disk = Disk { total_mib: 20_000, free_mib: 9000, total_files: 1000, free_files: 900 };
        assert_eq!(judged(disk), (Verdict::Kept, "9000 of 20000 MiB are free".into()));
        assert_eq!(judged(Disk { total_files: 0, free_files: 0, ..disk }).0, Verdict::Kept);
        assert_eq!(judged(Disk { free_mib: 100, ..disk }), (Verdict::Broken, "100 of 20000 MiB are free".into()));
        let (verdict, seen) = judged(Disk { free_files: 9, ..disk });
        assert!(verdict == Verdict::Broken && seen.contains("9 more files"), "{seen}");
        assert_eq!(judged(Disk::default()).0, Verdict::Unseen);
    }
}
