//! `clock`: the host's clock is right.

use super::{Evidence, Judgement, Promise, inside};
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "clock",
    title: "The host's clock is right, and keeps itself so",
    sources: &[
        Source::Guideline("RFC 7519 §4.1.4 and §4.1.5: tokens begin and end by the clock"),
        Source::Ours("credentials for TURN end by the clock"),
    ],
    judge,
};

/// Seconds by which two clocks may differ; tokens begin ten seconds before they are made.
const APART: i64 = 5;
/// Seconds in which a host may still be asking for the time.
const START: u64 = 600;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let ahead = facts.clock.ahead();
        if ahead.abs() > APART {
            let way = if ahead > 0 { "ahead of" } else { "behind" };
            return Judgement::broken(
                format!("the host's clock is {} s {way} this machine's", ahead.abs()),
                "Look at `timedatectl` on both machines: whichever is not synchronised has to ask for the time",
            );
        }
        let agrees = "it agrees with this machine's";
        match facts.clock.synchronised {
            _ if facts.container => {
                Judgement::unseen(format!("a container's clock is set by whoever owns the machine; {agrees}"))
            }
            Some(true) => Judgement::kept(format!("synchronised; {agrees}")),
            Some(false) if facts.asking_for_time() < START => {
                Judgement::unseen(format!("the host has just begun to ask for the time; {agrees}"))
            }
            Some(false) => Judgement::broken(
                format!("nobody corrects the host's clock; today {agrees}"),
                "Run `systemctl status systemd-timesyncd` on the host; UDP port 123 must be open on the way out",
            ),
            None => Judgement::unseen(format!("the host did not tell whether it is synchronised; {agrees}")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::inside::Clock;
    use crate::model::finding::Verdict;

    fn judged(told: i64, change: impl FnOnce(&mut crate::inside::Facts)) -> (Verdict, String) {
        let mut world = World::new();
        world.facts().clock = Clock { asked: 1000, told, answered: 1002, synchronised: Some(true) };
        change(world.facts());
        let judgement = judge(&world.evidence());
        (judgement.verdict, judgement.seen)
    }

    #[test]
    fn a_clock_that_somebody_corrects_keeps_it() {
        assert_eq!(judged(1001, |_| ()), (Verdict::Kept, "synchronised; it agrees with this machine's".into()));
        assert_eq!(judged(1007, |_| ()).0, Verdict::Kept);
    }

    #[test]
    fn a_clock_that_is_apart_breaks_it_also_in_a_container() {
        let wanted = "the host's clock is 58 s ahead of this machine's";
        assert_eq!(judged(1060, |_| ()), (Verdict::Broken, wanted.into()));
        let (verdict, seen) = judged(900, |facts| facts.container = true);
        assert!(verdict == Verdict::Broken && seen.contains("100 s behind"), "{seen}");
    }

    #[test]
    fn a_clock_that_nobody_corrects_breaks_it_where_it_is_our_own() {
        assert_eq!(judged(1001, |facts| facts.clock.synchronised = Some(false)).0, Verdict::Broken);
        assert_eq!(judged(1001, |facts| facts.clock.synchronised = None).0, Verdict::Unseen);
        assert_eq!(judged(1001, |facts| facts.container = true).0, Verdict::Unseen);
        let starting = judged(1001, |facts| {
            facts.clock.synchronised = Some(false);
            facts.uptime = 20;
        });
        assert_eq!(starting.0, Verdict::Unseen);
    }
}
