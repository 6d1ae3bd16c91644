//! What several promises of this chapter ask of the evidence.

use crate::inside::Facts;
use crate::model::plan::{Action, Change, Field, Why};
use crate::model::resource::Content;
use crate::verify::{Evidence, Judgement};

/// A day in seconds.
pub(super) const DAY: i64 = 86_400;

/// Judges by what was seen from inside.
pub(super) fn inside(evidence: &Evidence<'_>, judge: impl FnOnce(&Facts) -> Judgement) -> Judgement {
    match &evidence.inside {
        Ok(facts) => judge(facts),
        Err(why) => Judgement::unseen(why),
    }
}

/// The first three of a list, and how many more there are.
pub(super) fn some(things: &[String]) -> String {
    let first = things.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
    if things.len() > 3 { format!("{first} and {} more", things.len() - 3) } else { first }
}

/// A number with its noun, whose plural ends in `s`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Whether nothing but the rights of something secret changes, which `secrets-locked` judges.
pub(super) fn is_lock(change: &Change) -> bool {
    let Why::Differs(fields) = &change.why else { return false };
    let rights = fields.iter().all(|field| matches!(field, Field::Owner | Field::Group | Field::Mode));
    rights
        && match &change.action {
            Action::WriteFile { file, .. } => matches!(file.content, Content::WithSecrets(_)),
            Action::MakeDirectory(directory) => directory.path.as_str() == SECRETS,
            Action::HandOver(_) => true,
            _ => false,
        }
}

/// Whether `up` would write this file anew.
pub(super) fn is_edited(evidence: &Evidence<'_>, path: &str) -> bool {
    evidence.plan.changes.iter().any(|change| change.action.path().is_some_and(|changed| changed.as_str() == path))
}

/// The folder of the secrets that were born on the host.
pub(super) const SECRETS: &str = "/etc/vc4all/secrets";
