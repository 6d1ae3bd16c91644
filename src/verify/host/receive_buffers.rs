//! `receive-buffers`: bursts of media find room in the kernel.

use super::{Evidence, Judgement, Promise, inside};
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "receive-buffers",
    title: "The kernel gives the bridge receive buffers that take a burst of media",
    sources: &[Source::Guideline("jitsi-videobridge, config/20-jvb-udp-buffers.conf")],
    judge,
};

/// Bytes that jitsi-videobridge2 asks for (its sysctl file 20-jvb-udp-buffers.conf).
const WANTED: u64 = 10_485_760;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let Some(bytes) = facts.receive_buffer else {
            return Judgement::unseen("the kernel does not show net.core.rmem_max here");
        };
        let seen = format!("net.core.rmem_max is {bytes}");
        if bytes >= WANTED {
            Judgement::kept(seen)
        } else if facts.container {
            Judgement::noted(format!("{seen} instead of {WANTED}; in a container only the machine's owner may set it"))
        } else {
            Judgement::broken(
                format!("{seen} instead of {WANTED}"),
                "Run `sysctl --system` on the host, and look which file below /etc/sysctl.d sets it lower",
            )
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn a_small_buffer_breaks_it_where_it_is_ours_to_set() {
        let judged = |bytes, container| {
            let mut world = World::new();
            (world.facts().receive_buffer, world.facts().container) = (bytes, container);
            judge(&world.evidence()).verdict
        };
        assert_eq!(judged(Some(WANTED), false), Verdict::Kept);
        assert_eq!(judged(Some(212_992), false), Verdict::Broken);
        assert_eq!(judged(Some(212_992), true), Verdict::Noted);
        assert_eq!(judged(None, false), Verdict::Unseen);
    }
}
