//! `bridge`: the videobridge is well, and Jicofo knows it.

use super::{Evidence, Judgement, Promise, inside};
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "bridge",
    title: "The videobridge is well, and Jicofo knows at least one that works",
    sources: &[Source::Law("GDPR art. 32(1)(b)"), Source::Ours("docs/architecture.md, \"The transaction\"")],
    judge,
};

/// Where one of them is stopped, `units` says so.
const NEEDED: [&str; 3] = ["prosody.service", "jicofo.service", "jitsi-videobridge2.service"];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        if let Some(stopped) = NEEDED.iter().find(|name| !facts.unit_runs(name)) {
            return Judgement::unseen(format!("{stopped} does not run"));
        }
        let bridge = facts.bridge;
        let restart = |unit: &str, log: &str| format!("Run `systemctl restart {unit}` on the host, and read {log}");
        match (bridge.bridge_health, bridge.operational) {
            (None, _) => Judgement::broken(
                "the videobridge runs and does not answer on port 8080 of loopback",
                restart("jitsi-videobridge2", "/var/log/jitsi/jvb.log"),
            ),
            (Some(code), _) if code != 200 => Judgement::broken(
                format!("the videobridge's health answers {code} instead of 200"),
                format!(
                    "{}: as a rule it finds no public address; then `media.nat` of the inventory has to name it",
                    restart("jitsi-videobridge2", "/var/log/jitsi/jvb.log")
                ),
            ),
            (_, None) => Judgement::broken(
                "Jicofo runs and does not tell on port 8888 of loopback which bridges it knows",
                restart("jicofo", "/var/log/jitsi/jicofo.log"),
            ),
            (_, Some(0)) => Judgement::broken(
                "the videobridge is well, but Jicofo knows none that works",
                restart("jicofo jitsi-videobridge2", "both logs in /var/log/jitsi"),
            ),
            (_, Some(count)) => Judgement::kept(format!(
                "the videobridge is well; Jicofo knows {count} that work{}",
                if count == 1 { "s" } else { "" }
            )),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;

    fn judged(change: impl FnOnce(&mut World)) -> (Verdict, String) {
        World::judged(judge, change)
    }

    #[test]
    fn one_bridge_that_works_is_enough() {
        let wanted = "the videobridge is well; Jicofo knows 1 that works";
        assert_eq!(judged(|_| ()), (Verdict::Kept, wanted.into()));
    }

    #[test]
    fn an_ill_silent_or_unknown_bridge_breaks_it() {
        let (verdict, seen) = judged(|world| world.facts().bridge.bridge_health = Some(500));
        assert!(verdict == Verdict::Broken && seen.contains("500"), "{seen}");
        assert_eq!(judged(|world| world.facts().bridge.bridge_health = None).0, Verdict::Broken);
        assert_eq!(judged(|world| world.facts().bridge.operational = None).0, Verdict::Broken);
        let (verdict, seen) = judged(|world| world.facts().bridge.operational = Some(0));
        assert!(verdict == Verdict::Broken && seen.contains("knows none"), "{seen}");
    }

    #[test]
    fn a_stopped_daemon_is_told_elsewhere() {
        for unit in NEEDED {
            let (verdict, seen) = judged(|world| {
                world.unit(unit).active = "inactive".into();
                world.facts().bridge = crate::inside::Bridge::default();
            });
            assert_eq!((verdict, seen), (Verdict::Unseen, format!("{unit} does not run")));
        }
    }
}
