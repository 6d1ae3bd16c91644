//! A plan for programs: versioned JSON with every change, its reason and its diff, without secrets.

use super::count;
use super::diff::Shown;
use super::inert;
use super::phrase::{Sign, phrase};
use super::reason::field;
use crate::model::digest::Digest;
use crate::model::objection::Objection;
use crate::model::plan::{Action, Change, Plan, UnitAct, Why};
use crate::model::resource::Wording;
use anyhow::{Context as _, Result};
use serde::Serialize;
use std::collections::BTreeMap;

/// The plan and what speaks against it, as one document with a line end at its end.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn text(plan: &Plan, objections: &[Objection]) -> Result<String> {
    let document = Document {
        format: "vc4all-plan",
        version: 1,
        domain: plan.domain.as_str(),
        formerly: plan.formerly.as_ref().map(|domain| domain.as_str()),
        host: &plan.host,
        based_on: plan.based_on.as_ref(),
        unchanged: plan.unchanged,
        counts: count::work(plan).into_iter().map(|count| (count.many, count.number)).collect(),
        rollback_keeps: count::kept(plan).into_iter().map(|count| (count.many, count.number)).collect(),
        changes: plan.changes.iter().map(entry).collect(),
        objections: objections.iter().map(harmless).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).context("write the plan as JSON")?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    domain: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    formerly: Option<&'a str>,
    host: &'a str,
    based_on: Option<&'a Digest>,
    unchanged: usize,
    counts: BTreeMap<&'static str, usize>,
    rollback_keeps: BTreeMap<&'static str, usize>,
    changes: Vec<Entry>,
    objections: Vec<Objection>,
}

#[derive(Serialize)]
struct Entry {
    component: String,
    sign: &'static str,
    action: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<String>,
    why: Reason,
    #[serde(skip_serializing_if = "Option::is_none", rename = "override")]
    wording: Option<Wording>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<Difference>,
}

#[derive(Serialize)]
struct Difference {
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<&'static str>,
    added: usize,
    removed: usize,
    lines: Vec<String>,
    lines_cut: usize,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Reason {
    Missing,
    Differs { fields: Vec<&'static str> },
    Unwanted,
    MayBeLaidDownBy { package: String },
    RunsOut { days: i64 },
    OtherAuthority,
    OtherNames,
    OtherOrder,
    Failed,
    LongAgo { days: i64 },
    WokenBy { paths: Vec<String> },
    NotAsWanted,
    Renewed { secrets: Vec<String> },
    Compromised,
}

fn entry(change: &Change) -> Entry {
    let phrase = phrase(change);
    let sign = match phrase.sign {
        Sign::Add => "add",
        Sign::Change => "change",
        Sign::Remove => "remove",
        Sign::Wake => "wake",
    };
    let (action, name) = (action(&change.action), phrase.name);
    let component = change.component.to_string();
    Entry {
        component,
        sign,
        action,
        name,
        access: phrase.access,
        why: reason(&change.why),
        wording: wording(&change.action),
        diff: phrase.diff.map(difference),
    }
}

/// How an override changes the file; nothing where the words are ours.
fn wording(action: &Action) -> Option<Wording> {
    let Action::WriteFile { file, .. } = action else { return None };
    (file.wording != Wording::Ours).then_some(file.wording)
}

fn difference(shown: Shown) -> Difference {
    match shown {
        Shown::Not(why) => Difference { hidden: Some(why), added: 0, removed: 0, lines: Vec::new(), lines_cut: 0 },
        Shown::Lines { lines, added, removed, cut } => {
            Difference { hidden: None, added, removed, lines, lines_cut: cut }
        }
    }
}

fn reason(why: &Why) -> Reason {
    match why {
        Why::Missing => Reason::Missing,
        Why::Differs(fields) => Reason::Differs { fields: fields.iter().copied().map(field).collect() },
        Why::Unwanted => Reason::Unwanted,
        Why::MayBeLaidDownBy(package) => Reason::MayBeLaidDownBy { package: package.to_string() },
        Why::RunsOut { days } => Reason::RunsOut { days: *days },
        Why::OtherAuthority => Reason::OtherAuthority,
        Why::OtherNames => Reason::OtherNames,
        Why::OtherOrder => Reason::OtherOrder,
        Why::Failed => Reason::Failed,
        Why::LongAgo { days } => Reason::LongAgo { days: *days },
        Why::WokenBy(paths) => Reason::WokenBy { paths: paths.clone() },
        Why::NotAsWanted => Reason::NotAsWanted,
        Why::Renewed(names) => Reason::Renewed { secrets: names.iter().map(ToString::to_string).collect() },
        Why::Compromised => Reason::Compromised,
    }
}

fn action(action: &Action) -> &'static str {
    match action {
        Action::CreateSecret(_) => "create-secret",
        Action::RenewSecret(_) => "renew-secret",
        Action::HandOver(_) => "hand-over-secret",
        Action::AddSource(_) => "add-source",
        Action::Install(_) => "install",
        Action::Upgrade { .. } => "upgrade",
        Action::Hold(_) => "hold",
        Action::Answer(_) => "answer",
        Action::MakeDirectory(_) => "make-directory",
        Action::WriteFile { .. } => "write-file",
        Action::SetLink(_) => "set-link",
        Action::Remove(_) => "remove",
        Action::PutOriginal(_) => "put-original",
        Action::MakeSelfSigned(_) => "make-self-signed",
        Action::SetAccount(_) => "set-account",
        Action::DropAccount(_) => "drop-account",
        Action::Refresh(_) => "refresh",
        Action::SetUnit { act, .. } => match act {
            UnitAct::Reload => "reload",
            UnitAct::Start => "start",
            UnitAct::Restart => "restart",
            UnitAct::Stop => "stop",
        },
        Action::SetRoster { .. } => "set-roster",
        Action::BringBack(_) => "bring-back",
        Action::Issue(_) => "issue",
        Action::Revoke(_) => "revoke",
        Action::RenewAccount(_) => "renew-account",
        Action::Rehearse { .. } => "rehearse",
    }
}

fn harmless(objection: &Objection) -> Objection {
    let Objection { weight, what, why, next } = objection;
    Objection { weight: *weight, what: inert::line(what), why: inert::line(why), next: inert::line(next) }
}
