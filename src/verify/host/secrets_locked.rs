//! `secrets-locked`: keys and secrets are closed, and open for those who need them.

use super::{Evidence, Judgement, Promise, SECRETS, count, inside, is_lock, some};
use crate::inside::{LockedFile, Reader};
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "secrets-locked",
    title: "Keys and secrets are closed, and open for the daemons that need them",
    sources: &[
        Source::Law("GDPR art. 32(1)(b)"),
        Source::Regulators("1, security"),
        Source::Ours("docs/architecture.md, \"Secrets and marks\""),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let mut faults: Vec<String> = facts.locked.iter().filter_map(open).collect();
        let changes = evidence.plan.changes.iter().filter(|change| is_lock(change));
        faults.extend(changes.filter_map(|change| change.action.path()).map(|path| format!("{path} has other rights")));
        faults.extend(facts.readers.iter().filter_map(shut_out));
        if !faults.is_empty() {
            return Judgement::broken(
                some(&faults),
                format!(
                    "Run `vc4all-deploy up`; give what lies in {SECRETS} back to root alone (`chmod 600`, `chown root:root`), \
                     and make a secret anew that somebody may have read"
                ),
            );
        }
        if facts.locked.is_empty() {
            return Judgement::unseen("the host showed no secret");
        }
        Judgement::kept(format!(
            "closed: {} with a secret or key; what daemons need is open to them: {}",
            count(facts.locked.len(), "file"),
            count(facts.readers.len(), "file")
        ))
    })
}

/// A secret is root's alone; a key may be read by the group of one daemon, which owns it at most.
fn open(file: &LockedFile) -> Option<String> {
    let secret = file.path.starts_with(SECRETS);
    let group = if secret { 0o077 } else { 0o037 };
    let root = file.owner == "root" && (!secret || file.group == "root");
    let daemon = !secret && file.owner == "prosody";
    let closed = file.mode & group == 0 && (root || daemon);
    (!closed).then(|| format!("{} is {}:{} {:o}", file.path, file.owner, file.group, file.mode))
}

fn shut_out(reader: &Reader) -> Option<String> {
    (!reader.can).then(|| format!("{} cannot read {}", reader.user, reader.path))
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
    fn closed_files_keep_it() {
        assert_eq!(
            judged(|_| ()),
            (Verdict::Kept, "closed: 2 files with a secret or key; what daemons need is open to them: 1 file".into())
        );
    }

    #[test]
    fn a_file_that_others_may_read_breaks_it() {
        let (verdict, seen) = judged(|world| world.facts().locked[0].mode = 0o644);
        assert_eq!((verdict, seen), (Verdict::Broken, "/etc/vc4all/secrets/turn is root:root 644".into()));
        assert_eq!(judged(|world| world.facts().locked[0].group = "adm".into()).0, Verdict::Broken);
        assert_eq!(judged(|world| world.facts().locked[1].mode = 0o644).0, Verdict::Broken);
        assert_eq!(judged(|world| world.facts().locked[1].owner = "www-data".into()).0, Verdict::Broken);
        let (verdict, seen) = judged(|world| world.unlock("/etc/turnserver.conf"));
        assert_eq!((verdict, seen), (Verdict::Broken, "/etc/turnserver.conf has other rights".into()));
    }

    #[test]
    fn a_daemon_that_is_shut_out_breaks_it() {
        let (verdict, seen) = judged(|world| world.facts().readers[0].can = false);
        assert_eq!((verdict, seen), (Verdict::Broken, "turnserver cannot read /etc/turnserver.conf".into()));
    }

    #[test]
    fn no_secret_is_no_proof() {
        assert_eq!(judged(|world| world.facts().locked.clear()).0, Verdict::Unseen);
    }
}
