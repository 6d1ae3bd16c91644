//! `retention`: no log is older than the privacy statement says.

use super::{DAY, Evidence, Judgement, Promise, count, inside, is_edited, some};
use crate::inside::{Facts, LogFile, Logs};
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "retention",
    title: "No log is kept for longer than the privacy statement says",
    sources: &[
        Source::Law("GDPR art. 5(1)(e)"),
        Source::Law("GDPR art. 13(2)(a)"),
        Source::Ours("inventory: retention.logs_days"),
    ],
    judge,
};

/// Begins of logs that a distribution writes about the system alone, never about visitors: how it was installed, what
/// its kernel and its services said when it started, what its package programs calculated.
const OF_THE_SYSTEM: [&str; 13] = [
    "/var/log/apport.log",
    "/var/log/apt/eipp.log",
    "/var/log/boot.log",
    "/var/log/bootstrap.log",
    "/var/log/dist-upgrade/",
    "/var/log/dmesg",
    "/var/log/faillog",
    "/var/log/fontconfig.log",
    "/var/log/gpu-manager.log",
    "/var/log/installer/",
    "/var/log/landscape/",
    "/var/log/ubuntu-advantage",
    "/var/log/ubuntu-pro-client",
];
/// What was there before the deployment goes with the first nightly rotations.
const NIGHTS: i64 = 2 * DAY;
const JOURNAL: &str = "/etc/systemd/journald.conf.d/vc4all.conf";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let days = evidence.deployment.retention.logs_days.max(1);
        let look = Look { evidence, facts, days: i64::from(days) };
        let mut faults: Vec<String> = facts.logs.files.iter().filter_map(|file| look.file(file)).collect();
        faults.extend(look.journal());
        if !faults.is_empty() {
            return Judgement::broken(
                some(&faults),
                format!("Remove what is older than {days} days on the host, and give the log a rule that ends it then"),
            );
        }
        if facts.logs.rules.is_empty() {
            return Judgement::unseen("the host did not tell its rules for logs");
        }
        let oldest =
            facts.logs.files.iter().filter(|file| !is_of_the_system(&file.path)).map(|file| look.age(file.written));
        let oldest = oldest.chain(facts.logs.journal.oldest.map(|oldest| look.age(oldest))).max().unwrap_or(0);
        Judgement::kept(format!(
            "{} and the journal end after {}; the oldest entry is {} old",
            count(facts.logs.files.len(), "log"),
            count(usize::from(days), "day"),
            count(usize::try_from(oldest).unwrap_or(usize::MAX), "day")
        ))
    })
}

struct Look<'a> {
    evidence: &'a Evidence<'a>,
    facts: &'a Facts,
    days: i64,
}

impl Look<'_> {
    /// What is wrong with a log: nobody ends it, its rule ends it too late, or it is too old already.
    fn file(&self, file: &LogFile) -> Option<String> {
        if is_of_the_system(&file.path) {
            return None;
        }
        let path = &file.path;
        let Some(rule) = self.facts.logs.rules.iter().find(|rule| rule.covers(path)) else {
            return Some(format!("no rule ends {path}"));
        };
        // A file of ours that somebody edited is told by `drift`.
        if !is_edited(self.evidence, &rule.file) {
            match rule.days.map(i64::from) {
                None => return Some(format!("{} keeps {path} without an end", rule.file)),
                Some(days) if days > self.days => return Some(format!("{} keeps {path} for {days} days", rule.file)),
                Some(_) => {}
            }
        }
        let age = self.age(file.written);
        (age > self.days && !self.is_from_before(file)).then(|| format!("{path} was last written {age} days ago"))
    }

    fn journal(&self) -> Vec<String> {
        let journal = &self.facts.logs.journal;
        let mut faults = Vec::new();
        // Where nothing was told there is nothing to judge; a file of ours that somebody edited is told by `drift`.
        if !journal.settings.is_empty() && !is_edited(self.evidence, JOURNAL) {
            match journal.keeps().map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX)) {
                None => faults.push("the journal keeps its entries without an end".to_owned()),
                Some(seconds) if seconds > self.days * DAY => {
                    faults.push(format!("the journal keeps its entries for {} days", (seconds + DAY - 1) / DAY));
                }
                Some(_) => {}
            }
        }
        let age = journal.oldest.map_or(0, |oldest| self.age(oldest));
        if age > self.days && !self.is_new() {
            faults.push(format!("the journal's oldest entry is {age} days old"));
        }
        faults
    }

    /// Whole days. More than `days` of them is a fault, so there is nearly a day of slack: rotation comes once a night,
    /// and a line may just have missed it.
    fn age(&self, moment: i64) -> i64 {
        self.facts.clock.told.saturating_sub(moment).max(0) / DAY
    }

    fn is_new(&self) -> bool {
        let Logs { first_generation, .. } = self.facts.logs;
        first_generation.is_some_and(|first| self.facts.clock.told.saturating_sub(first) < NIGHTS)
    }

    /// Whether the file was there before a deployment that is still new; its inode's change cannot be set back.
    fn is_from_before(&self, file: &LogFile) -> bool {
        self.is_new() && self.facts.logs.first_generation.is_some_and(|first| file.changed < first)
    }
}

fn is_of_the_system(path: &str) -> bool {
    OF_THE_SYSTEM.iter().any(|known| path.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;

    fn file(path: &str, days: i64) -> LogFile {
        let moment = World::NOW - days * DAY - 60;
        LogFile { path: path.into(), written: moment, changed: moment }
    }

    fn judged(change: impl FnOnce(&mut Logs)) -> Judgement {
        let mut world = World::new();
        change(&mut world.facts().logs);
        judge(&world.evidence())
    }

    #[test]
    fn logs_that_end_in_time_keep_it() {
        let judgement = judged(|logs| {
            logs.files.push(file("/var/log/nginx/error.log.7.gz", 7));
            logs.files.push(file("/var/log/installer/syslog", 400));
        });
        assert_eq!(judgement.verdict, Verdict::Kept, "{judgement:?}");
        assert!(judgement.seen.ends_with("the oldest entry is 7 days old"), "{judgement:?}");
    }

    #[test]
    fn an_old_an_unruled_and_a_long_kept_log_break_it() {
        let broken = |change: fn(&mut Logs)| {
            let judgement = judged(change);
            assert_eq!(judgement.verdict, Verdict::Broken, "{judgement:?}");
            judgement.seen
        };
        let old = broken(|logs| logs.files.push(file("/var/log/nginx/error.log.30.gz", 30)));
        assert_eq!(old, "/var/log/nginx/error.log.30.gz was last written 30 days ago");
        assert_eq!(broken(|logs| logs.files.push(file("/var/log/backup.log", 0))), "no rule ends /var/log/backup.log");
        let long = broken(|logs| {
            logs.rules.push(World::rule("/etc/logrotate.d/fail2ban", "/var/log/fail2ban.log", Some(35)));
            logs.rules.push(World::rule("/etc/logrotate.d/own", "/var/log/own.log", None));
            logs.files.extend([file("/var/log/fail2ban.log", 0), file("/var/log/own.log", 0)]);
        });
        let wanted = "/etc/logrotate.d/fail2ban keeps /var/log/fail2ban.log for 35 days; \
                      /etc/logrotate.d/own keeps /var/log/own.log without an end";
        assert_eq!(long, wanted);
        let journal = broken(|logs| {
            logs.journal.settings.insert("MaxRetentionSec".into(), "30day".into());
        });
        assert_eq!(journal, "the journal keeps its entries for 31 days");
        let endless = broken(|logs| {
            logs.journal.settings.remove("MaxRetentionSec");
        });
        assert_eq!(endless, "the journal keeps its entries without an end");
        assert!(
            broken(|logs| logs.journal.oldest = Some(World::NOW - 20 * DAY)).contains("oldest entry is 20 days old")
        );
    }

    #[test]
    fn what_was_there_before_a_new_deployment_has_two_nights_to_go() {
        let new = |logs: &mut Logs| {
            logs.first_generation = Some(World::NOW - 3600);
            logs.journal.oldest = Some(World::NOW - 90 * DAY);
            logs.files.push(file("/var/log/nginx/access.log.9.gz", 90));
        };
        assert_eq!(judged(new).verdict, Verdict::Kept);
        let planted = judged(|logs| {
            new(logs);
            logs.files.extend(logs.files.last().cloned().map(|file| LogFile { changed: World::NOW, ..file }));
        });
        assert_eq!(planted.verdict, Verdict::Broken);
    }

    #[test]
    fn an_edited_rule_of_ours_is_told_by_drift() {
        let mut world = World::new();
        world.edit("/etc/logrotate.d/nginx");
        for rule in &mut world.facts().logs.rules {
            rule.days = Some(365);
        }
        world.facts().logs.files = vec![file("/var/log/nginx/error.log", 0)];
        assert_eq!(judge(&world.evidence()).verdict, Verdict::Kept);
    }

    #[test]
    fn without_rules_nothing_is_proven() {
        let judgement = judged(|logs| *logs = Logs::default());
        assert_eq!(judgement.verdict, Verdict::Unseen);
    }
}
