//! Says why a change is needed.

use crate::model::names::SecretName;
use crate::model::plan::{Field, UnitAct, Why};

/// The reason in words; empty where the sign says it all.
pub(super) fn reason(why: &Why) -> String {
    match why {
        Why::Missing => String::new(),
        Why::Differs(fields) => {
            let names: Vec<&str> = fields.iter().copied().map(field).collect();
            format!("differs in {}", names.join(", "))
        }
        Why::Unwanted => "must not be there".to_owned(),
        Why::MayBeLaidDownBy(package) => format!("{package} is new and may bring or change it"),
        Why::RunsOut { days } if *days < 0 => "the present one is over".to_owned(),
        Why::RunsOut { days: 1 } => "the present one runs out in 1 day".to_owned(),
        Why::RunsOut { days } => format!("the present one runs out in {days} days"),
        Why::OtherAuthority => "the present one is from another authority".to_owned(),
        Why::OtherNames => "the present one lacks a name".to_owned(),
        Why::OtherOrder => "the last one was of another order".to_owned(),
        Why::Failed => "the last one failed".to_owned(),
        Why::LongAgo { days } => format!("the last one was {days} days ago"),
        Why::WokenBy(paths) => woken(paths),
        Why::NotAsWanted => "is not as it should be".to_owned(),
        Why::Renewed(names) => renewed(names),
        Why::Compromised => "somebody else may have the key of the present one".to_owned(),
    }
}

/// The reason for what is done to a unit.
pub(super) fn unit_reason(act: UnitAct, why: &Why) -> String {
    match (why, act) {
        (Why::MayBeLaidDownBy(package), _) => format!("{package} brings it"),
        (Why::NotAsWanted, UnitAct::Stop) => "must not run".to_owned(),
        (Why::NotAsWanted, _) => "is not enabled and running".to_owned(),
        _ => reason(why),
    }
}

/// What differs, in words.
pub(super) fn field(field: Field) -> &'static str {
    match field {
        Field::Content => "content",
        Field::Owner => "owner",
        Field::Group => "group",
        Field::Mode => "mode",
        Field::Kind => "kind",
        Field::Hold => "hold",
        Field::Answers => "answers",
        Field::Version => "version",
    }
}

fn renewed(names: &[SecretName]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("(secret {name})")).collect();
    format!("with the renewed {}", names.join(", "))
}

/// The most names in one line.
const MOST_NAMES: usize = 4;

fn woken(paths: &[String]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for path in paths {
        let name = short(path, paths);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.len().saturating_sub(MOST_NAMES) {
        0 => format!("woken by {}", names.join(", ")),
        more => format!("woken by {} and {more} more", names[..MOST_NAMES].join(", ")),
    }
}

/// The last part of a path, with its folder where another path ends alike.
fn short<'a>(path: &'a str, among: &[String]) -> &'a str {
    let tail = |parts: usize| path.rmatch_indices('/').nth(parts - 1).map_or(path, |(at, _)| &path[at + 1..]);
    let shared = among.iter().filter(|other| other.rsplit('/').next() == Some(tail(1))).count() > 1;
    tail(if shared { 2 } else { 1 })
}
