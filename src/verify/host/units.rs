//! `units`: everything that has to run runs, and nothing has failed.

use super::security_updates::{JOBS, TIMERS};
use super::{Evidence, Judgement, Promise, inside, some};
use crate::inside::{Facts, UnitFacts};
use crate::model::finding::Source;
use crate::model::plan::Action;
use crate::model::renewal::units;
use crate::model::resource::{Resource, Unit, UnitState};

pub(super) const PROMISE: Promise = Promise {
    name: "units",
    title: "Everything that has to run runs, starts by itself, and nothing has failed",
    sources: &[Source::Law("GDPR art. 32(1)(b)"), Source::Ours("docs/architecture.md, \"The transaction\"")],
    judge,
};

/// So many restarts within [`SHORT`] seconds are no accident.
const OFTEN: u32 = 5;
const SHORT: u64 = 600;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let wanted: Vec<&Unit> = wanted(evidence).collect();
        let mut faults: Vec<String> = wanted.iter().filter_map(|unit| fault(facts, unit)).collect();
        let known = |name: &str| wanted.iter().any(|unit| unit.name.as_str() == name) || left_to_others(name);
        let others = facts.failed.iter().filter(|name| !known(name));
        faults.extend(others.map(|name| format!("{name} has failed")));
        if faults.is_empty() {
            return Judgement::kept(format!("{} units are as they should be, none has failed", wanted.len()));
        }
        Judgement::broken(
            some(&faults),
            "Look at `systemctl status` and the unit's journal on the host, then run `vc4all-deploy up`; \
             `systemctl reset-failed` ends the mark of a unit that is none of ours",
        )
    })
}

/// Who wakes updates and the renewal of the certificate, and what they wake, have promises of their own.
fn left_to_others(name: &str) -> bool {
    [&TIMERS[..], &JOBS, &[units::TIMER], &units::JOBS].concat().contains(&name)
}

/// The units of the deployment; a unit whose package is missing is told by `drift`, timers by their own promise.
fn wanted<'a>(evidence: &'a Evidence<'_>) -> impl Iterator<Item = &'a Unit> {
    let missing = |unit: &Unit| {
        let installs = evidence.plan.changes.iter().filter_map(|change| match &change.action {
            Action::Install(package) => Some(&package.name),
            _ => None,
        });
        installs.into_iter().any(|package| Some(package) == unit.from.as_ref())
    };
    let unit = |resource: &'a Resource| match resource {
        Resource::Unit(unit) => Some(unit),
        _ => None,
    };
    let units = evidence.claims.iter().filter_map(move |claim| unit(&claim.resource));
    units.filter(move |unit| !left_to_others(unit.name.as_str()) && !missing(unit))
}

fn fault(facts: &Facts, unit: &Unit) -> Option<String> {
    let name = &unit.name;
    match (facts.unit(name.as_str()), unit.state) {
        (None, UnitState::Running) => Some(format!("{name} is not there")),
        (Some(seen), UnitState::Running) => weakness(seen).map(|what| format!("{name} {what}")),
        (Some(seen), UnitState::Stopped) if seen.runs() => Some(format!("{name} runs and must not")),
        (_, UnitState::Stopped) => None,
    }
}

fn weakness(seen: &UnitFacts) -> Option<String> {
    let often = seen.restarts >= OFTEN && seen.active_for.is_some_and(|seconds| seconds < SHORT);
    match seen.active.as_str() {
        "active" | "reloading" if !seen.starts_by_itself() => {
            Some(format!("would not start with the host: it is {}", or_unknown(&seen.file)))
        }
        "active" | "reloading" if often => Some(format!("was restarted {} times and may fall again", seen.restarts)),
        "active" | "reloading" => None,
        "failed" => Some(format!("has failed ({})", or_unknown(&seen.result))),
        state => Some(format!("is {}", or_unknown(state))),
    }
}

fn or_unknown(word: &str) -> &str {
    if word.is_empty() { "in no known state" } else { word }
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;

    fn broken(change: impl FnOnce(&mut World)) -> String {
        let mut world = World::new();
        change(&mut world);
        let judgement = judge(&world.evidence());
        assert_eq!(judgement.verdict, Verdict::Broken, "{judgement:?}");
        judgement.seen
    }

    #[test]
    fn a_good_host_keeps_it_and_nothing_seen_is_nothing_kept() {
        let mut world = World::new();
        assert_eq!(judge(&world.evidence()).verdict, Verdict::Kept);
        world.inside = Err("the host is silent".into());
        assert_eq!(judge(&world.evidence()), Judgement::unseen("the host is silent"));
    }

    #[test]
    fn what_does_not_run_is_named() {
        let stopped = broken(|world| world.unit("coturn.service").active = "inactive".into());
        assert_eq!(stopped, "coturn.service is inactive");
        let failed = broken(|world| {
            let unit = world.unit("jicofo.service");
            (unit.active, unit.result) = ("failed".into(), "exit-code".into());
            world.facts().failed.push("jicofo.service".into());
        });
        assert_eq!(failed, "jicofo.service has failed (exit-code)");
        let disabled = broken(|world| world.unit("nginx.service").file = "disabled".into());
        assert!(disabled.contains("nginx.service would not start with the host: it is disabled"), "{disabled}");
        let gone = broken(|world| world.facts().units.clear());
        assert!(gone.contains("is not there") && gone.contains("more"), "{gone}");
        let falling = broken(|world| {
            let unit = world.unit("jitsi-videobridge2.service");
            (unit.restarts, unit.active_for) = (7, Some(3));
        });
        assert!(falling.contains("restarted 7 times"), "{falling}");
        let foreign = broken(|world| world.facts().failed.push("backup.service".into()));
        assert_eq!(foreign, "backup.service has failed");
    }

    #[test]
    fn what_other_promises_judge_is_left_to_them() {
        let mut world = World::new();
        world.unit("apt-daily-upgrade.timer").active = "inactive".into();
        world.facts().failed.push("apt-daily-upgrade.service".into());
        world.unit("jitsi-videobridge2.service").restarts = 1;
        assert_eq!(judge(&world.evidence()).verdict, Verdict::Kept);
    }
}
