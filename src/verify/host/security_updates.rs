//! `security-updates`: the distribution's security updates install themselves.

use super::{DAY, Evidence, Judgement, Promise, inside, some};
use crate::inside::Facts;
use crate::model::deployment::SecurityUpdates;
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "security-updates",
    title: "Security updates of the operating system install themselves",
    sources: &[
        Source::Law("GDPR art. 32(1)"),
        Source::Regulators("1, security"),
        Source::Ours("inventory: updates.security"),
    ],
    judge,
};

/// Who wakes the updates, and what they wake; `units` leaves them to this promise.
pub(super) const TIMERS: [&str; 2] = ["apt-daily.timer", "apt-daily-upgrade.timer"];
pub(super) const JOBS: [&str; 2] = ["apt-daily.service", "apt-daily-upgrade.service"];

const PACKAGE: &str = "unattended-upgrades";
/// Where apt's settings stand.
const SETTINGS: &str = "/etc/apt/apt.conf.d/";
/// The timers fire every day; so many days without success are no chance.
const LONG: i64 = 4 * DAY;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    if evidence.deployment.updates.security == SecurityUpdates::Manual {
        return Judgement::noted("the inventory leaves security updates to a person");
    }
    inside(evidence, |facts| {
        let faults = faults(evidence, facts);
        if !faults.is_empty() {
            return Judgement::broken(
                some(&faults),
                "Run `vc4all-deploy up`; read /var/log/unattended-upgrades on the host",
            );
        }
        let edited = evidence.plan.changes.iter().filter_map(|change| change.action.path());
        if edited.into_iter().any(|path| path.as_str().starts_with(SETTINGS)) {
            return Judgement::unseen("apt's settings are not as written, as `drift` says");
        }
        let (Some(automatic), Some(origin)) = (facts.updates.automatic, facts.updates.security_origin) else {
            return Judgement::unseen("the host did not tell apt's settings");
        };
        if !automatic || !origin {
            let what =
                if automatic { "are not among the allowed origins" } else { "are switched off in apt's settings" };
            let seen = format!("security updates {what}, by a file that is none of ours");
            return Judgement::broken(seen, "Look at `apt-config dump` on the host, and remove the other setting");
        }
        kept(facts)
    })
}

fn faults(evidence: &Evidence<'_>, facts: &Facts) -> Vec<String> {
    let mut faults = Vec::new();
    if !evidence.observed.packages.keys().any(|name| name.as_str() == PACKAGE) {
        faults.push(format!("{PACKAGE} is not installed"));
    }
    for timer in TIMERS {
        match facts.unit(timer) {
            None => faults.push(format!("{timer} is not there")),
            Some(unit) if !unit.runs() => faults.push(format!("{timer} is {}", unit.active)),
            Some(unit) if !unit.starts_by_itself() => faults.push(format!("{timer} is {}", unit.file)),
            Some(_) => {}
        }
    }
    for job in facts.failed.iter().filter(|name| JOBS.contains(&name.as_str())) {
        faults.push(format!("{job} has failed"));
    }
    faults.extend(late(facts));
    faults
}

/// Nobody is late who had no time: the host and the deployment have to be old enough.
fn late(facts: &Facts) -> Option<String> {
    let now = facts.clock.told;
    let long_ago = |moment: i64| now.saturating_sub(moment) > LONG;
    let old =
        i64::try_from(facts.uptime).unwrap_or(i64::MAX) > LONG && facts.logs.first_generation.is_some_and(long_ago);
    match facts.updates.last_run {
        _ if !old => None,
        None => Some("they have never run to their end".to_owned()),
        Some(moment) if long_ago(moment) => Some(format!("they last ran {} days ago", (now - moment) / DAY)),
        Some(_) => None,
    }
}

fn kept(facts: &Facts) -> Judgement {
    let now = facts.clock.told;
    let last = match facts.updates.last_run {
        None => "they have not run yet".to_owned(),
        Some(moment) => format!("they last ran {} hours ago", now.saturating_sub(moment).max(0) / 3600),
    };
    let kept = Judgement::kept(format!("they are on; {last}"));
    match facts.updates.restart_due {
        None => kept,
        Some(since) => {
            let days = now.saturating_sub(since).max(0) / DAY;
            Judgement { seen: format!("{}; a restart of the host is due since {days} days", kept.seen), ..kept }
                .with_remedy("Restart the host when nobody meets, or set `updates.reboot_window`")
        }
    }
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
    fn updates_that_run_keep_it() {
        assert_eq!(judged(|_| ()), (Verdict::Kept, "they are on; they last ran 5 hours ago".into()));
        let (verdict, seen) = judged(|world| world.facts().updates.restart_due = Some(World::NOW - 3 * DAY));
        assert!(verdict == Verdict::Kept && seen.ends_with("due since 3 days"), "{seen}");
        let fresh = judged(|world| {
            world.facts().updates.last_run = None;
            world.facts().logs.first_generation = Some(World::NOW - 60);
        });
        assert_eq!(fresh, (Verdict::Kept, "they are on; they have not run yet".into()));
    }

    #[test]
    fn whatever_stops_them_breaks_it() {
        let broken = |change: fn(&mut World), word: &str| {
            let (verdict, seen) = judged(change);
            assert!(verdict == Verdict::Broken && seen.contains(word), "{seen}");
        };
        broken(|world| world.unit(TIMERS[1]).active = "inactive".into(), "apt-daily-upgrade.timer is inactive");
        broken(|world| world.unit(TIMERS[0]).file = "disabled".into(), "apt-daily.timer is disabled");
        broken(|world| world.observed.packages.clear(), "not installed");
        broken(|world| world.facts().updates.automatic = Some(false), "switched off");
        broken(|world| world.facts().updates.security_origin = Some(false), "allowed origins");
        broken(|world| world.facts().updates.last_run = Some(World::NOW - 9 * DAY), "9 days ago");
        broken(|world| world.facts().updates.last_run = None, "never run");
        broken(|world| world.facts().failed.push(JOBS[1].into()), "apt-daily-upgrade.service has failed");
    }

    #[test]
    fn edited_settings_and_a_persons_choice_are_told_elsewhere() {
        let edited = judged(|world| {
            world.edit("/etc/apt/apt.conf.d/20auto-upgrades");
            world.facts().updates.automatic = Some(false);
        });
        assert_eq!(edited.0, Verdict::Unseen);
        let manual = judged(|world| world.deployment.updates.security = SecurityUpdates::Manual);
        assert_eq!(manual.0, Verdict::Noted);
        let silent = judged(|world| world.facts().updates.automatic = None);
        assert_eq!(silent.0, Verdict::Unseen);
    }
}
