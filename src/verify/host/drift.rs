//! `drift`: the host is as the last `up` left it.

use super::{Evidence, Judgement, Promise, is_lock, some};
use crate::model::finding::Source;
use crate::model::plan::{Action, Change, Why};

pub(super) const PROMISE: Promise = Promise {
    name: "drift",
    title: "Files, links, rights, packages and accounts are as the inventory wants them",
    sources: &[
        Source::Law("GDPR art. 32(1)(d)"),
        Source::Ours("docs/architecture.md, \"One pipeline, stopped at different places\""),
    ],
    judge,
};

/// `security-updates` says when it is missing.
const UPDATES: &str = "unattended-upgrades";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    if evidence.observed.generation == 0 {
        return Judgement::broken("nothing is deployed here", "Run `vc4all-deploy up`");
    }
    let changed: Vec<String> = evidence.plan.changes.iter().filter_map(drifted).collect();
    if changed.is_empty() {
        return Judgement::kept(format!(
            "generation {}: {} things are as they should be",
            evidence.observed.generation, evidence.plan.unchanged
        ));
    }
    Judgement::broken(
        some(&changed),
        "Run `vc4all-deploy plan`, which shows each difference, and `vc4all-deploy up`, which removes it",
    )
}

/// What is not as wanted. Units have their own promise, and so have the certificate, its renewal and locks of secrets; what only
/// follows from another change is none of its own.
fn drifted(change: &Change) -> Option<String> {
    if is_lock(change) || matches!(change.why, Why::MayBeLaidDownBy(_) | Why::WokenBy(_)) {
        return None;
    }
    let how = match &change.why {
        Why::Missing => "is missing",
        Why::Unwanted => "must not be there",
        _ => "was changed",
    };
    match &change.action {
        Action::Refresh(_) | Action::SetUnit { .. } | Action::Issue(_) | Action::Rehearse { .. } => None,
        Action::Install(package) if package.name.as_str() == UPDATES => None,
        Action::Install(package) => Some(format!("package {} is missing", package.name)),
        Action::Hold(package) => Some(format!("package {package} is not held")),
        Action::CreateSecret(name) => Some(format!("secret {name} is missing")),
        Action::HandOver(given) if change.why == Why::Missing => Some(format!("secret {} is missing", given.name)),
        Action::HandOver(given) => Some(format!("secret {} is another one than in your file", given.name)),
        Action::Answer(package) => Some(format!("questions of {} are answered otherwise", package.name)),
        Action::SetAccount(account) => Some(format!("account {}@{} is missing", account.user, account.domain)),
        Action::SetRoster { add, remove } => {
            Some(format!("{} accounts of meeting hosts are missing, {} too many", add.len(), remove.len()))
        }
        _ => change.action.path().map(|path| format!("{path} {how}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn a_host_without_changes_keeps_it() {
        let judgement = judge(&World::new().evidence());
        assert_eq!(judgement, Judgement::kept("generation 3: 99 things are as they should be"));
    }

    #[test]
    fn the_first_three_paths_are_named() {
        let mut world = World::new();
        for path in ["/etc/nginx/nginx.conf", "/etc/logrotate.d/nginx", "/etc/nftables.conf", "/etc/turnserver.conf"] {
            world.edit(path);
        }
        let judgement = judge(&world.evidence());
        assert_eq!(judgement.verdict, Verdict::Broken);
        let wanted = "/etc/nginx/nginx.conf was changed; /etc/logrotate.d/nginx was changed; \
                      /etc/nftables.conf was changed and 1 more";
        assert_eq!(judgement.seen, wanted);
    }

    #[test]
    fn stopped_units_and_open_locks_are_told_elsewhere() {
        let mut world = World::new();
        world.stop("coturn.service");
        world.unlock("/etc/turnserver.conf");
        assert_eq!(judge(&world.evidence()).verdict, Verdict::Kept);
    }

    #[test]
    fn a_host_without_a_generation_is_no_deployment() {
        let mut world = World::new();
        world.observed.generation = 0;
        assert_eq!(judge(&world.evidence()).verdict, Verdict::Broken);
    }
}
