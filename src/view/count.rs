//! Counts what a plan does, and what a rollback would not undo.

use crate::model::plan::{Action, Plan, UnitAct};
use std::collections::BTreeSet;

/// A kind of work in words, for one and for many, and how often it is done.
pub(super) struct Count {
    pub(super) one: &'static str,
    pub(super) many: &'static str,
    pub(super) number: usize,
}

impl Count {
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.number, if self.number == 1 { self.one } else { self.many })
    }
}

const KINDS: [(&str, &str); 27] = [
    ("thing of the backup", "things of the backup"),
    ("secret", "secrets"),
    ("renewed secret", "renewed secrets"),
    ("secret handed over", "secrets handed over"),
    ("source", "sources"),
    ("install", "installs"),
    ("upgrade", "upgrades"),
    ("hold", "holds"),
    ("answered package", "answered packages"),
    ("folder", "folders"),
    ("key pair", "key pairs"),
    ("file", "files"),
    ("link", "links"),
    ("removal", "removals"),
    ("original put back", "originals put back"),
    ("account", "accounts"),
    ("account to go", "accounts to go"),
    ("refresh", "refreshes"),
    ("start", "starts"),
    ("reload", "reloads"),
    ("restart", "restarts"),
    ("stop", "stops"),
    ("list of meeting hosts", "lists of meeting hosts"),
    ("certificate", "certificates"),
    ("revocation", "revocations"),
    ("key of an account at an authority", "keys of accounts at authorities"),
    ("rehearsal", "rehearsals"),
];

/// How often each kind of work is done, without those that are not; what is written twice counts once.
pub(super) fn work(plan: &Plan) -> Vec<Count> {
    let things: BTreeSet<(&str, String)> = plan
        .changes
        .iter()
        .enumerate()
        .map(|(number, change)| {
            let thing = change.action.path().map_or_else(|| number.to_string(), ToString::to_string);
            (kind(&change.action), thing)
        })
        .collect();
    tally(&KINDS, |one| things.iter().filter(|(kind, _)| *kind == one).count())
}

/// What stays when the files and units are put back: removing it would be riskier than keeping it.
pub(super) fn kept(plan: &Plan) -> Vec<Count> {
    let kept = [
        ("secret", "secrets"),
        ("package", "packages"),
        ("certificate", "certificates"),
        ("revocation", "revocations"),
        ("key of an account at an authority", "keys of accounts at authorities"),
    ];
    tally(&kept, |one| {
        let counted = if one == "package" { "install" } else { one };
        plan.changes.iter().filter(|change| kind(&change.action) == counted).count()
    })
}

fn tally(kinds: &[(&'static str, &'static str)], number: impl Fn(&str) -> usize) -> Vec<Count> {
    let counts = kinds.iter().map(|(one, many)| Count { one, many, number: number(one) });
    counts.filter(|count| count.number > 0).collect()
}

fn kind(action: &Action) -> &'static str {
    match action {
        Action::CreateSecret(_) => "secret",
        Action::RenewSecret(_) => "renewed secret",
        Action::HandOver(_) => "secret handed over",
        Action::AddSource(_) => "source",
        Action::Install(_) => "install",
        Action::Upgrade { .. } => "upgrade",
        Action::Hold(_) => "hold",
        Action::Answer(_) => "answered package",
        Action::MakeDirectory(_) => "folder",
        Action::WriteFile { .. } => "file",
        Action::SetLink(_) => "link",
        Action::Remove(_) => "removal",
        Action::PutOriginal(_) => "original put back",
        Action::MakeSelfSigned(_) => "key pair",
        Action::SetAccount(_) => "account",
        Action::DropAccount(_) => "account to go",
        Action::Refresh(_) => "refresh",
        Action::SetUnit { act, .. } => match act {
            UnitAct::Start => "start",
            UnitAct::Reload => "reload",
            UnitAct::Restart => "restart",
            UnitAct::Stop => "stop",
        },
        Action::SetRoster { .. } => "list of meeting hosts",
        Action::BringBack(_) => "thing of the backup",
        Action::Issue(_) => "certificate",
        Action::Revoke(_) => "revocation",
        Action::RenewAccount(_) => "key of an account at an authority",
        Action::Rehearse { .. } => "rehearsal",
    }
}
