//! Whether the overrides fit: a file that we manage, one for each, no secret that is not in ours, text that its readers take.

use super::{ADDED, Fault, Faults, Manner, Override, text_file};
use crate::model::marks;
use crate::model::resource::{Claim, Content, File};
use crate::model::values::SECRET_MARK;
use std::collections::{BTreeMap, BTreeSet};

/// Judges the overrides by the claims of all releases.
///
/// # Errors
/// Everything that is wrong.
pub fn judge(overrides: &[Override], claims: &[Claim]) -> Result<(), Faults> {
    let mut ours: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in claims.iter().filter_map(|claim| text_file(&claim.resource)) {
        ours.entry(file.path.as_str()).or_default().push(file);
    }
    let mut faults = Vec::new();
    let mut known: BTreeMap<&str, &Override> = BTreeMap::new();
    for over in overrides {
        let path = over.path.as_str();
        if let Some(other) = known.insert(path, over) {
            let what = format!("changes {path}, and so does {}", other.shown);
            faults.push(fault(over, None, what, format!("keep one of them: the whole text, or only what is {ADDED}")));
        }
        match ours.get(path) {
            None => faults.push(unmanaged(over, ours.keys())),
            Some(files) => faults.extend(misfits(over, files)),
        }
    }
    Faults::of(faults).map_or(Ok(()), Err)
}

fn unmanaged<'a>(over: &Override, paths: impl Iterator<Item = &'a &'a str>) -> Fault {
    let path = over.path.as_str();
    let near = paths.map(|&known| (strsim::normalized_levenshtein(path, known), known));
    let near = near.filter(|(likeness, _)| *likeness > 0.75).max_by(|(one, _), (other, _)| one.total_cmp(other));
    let help = match near {
        Some((_, known)) => format!("did you mean `{}`?", known.trim_start_matches('/')),
        None => "only files that `vc4all-deploy render` writes can be overridden; take it away".to_owned(),
    };
    fault(over, None, format!("{path} is no file of ours"), help)
}

fn misfits(over: &Override, ours: &[&File]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if over.text.trim().is_empty() {
        let help = "write what the file should hold, or take it away";
        faults.push(fault(over, None, "is empty".to_owned(), help.to_owned()));
    }
    let json = over.path.as_str().ends_with(".json");
    if json && over.manner == Manner::Add {
        let help = format!("replace the whole file: take {ADDED} off its name");
        faults.push(fault(over, None, "would stand behind the end of a JSON document".to_owned(), help));
    } else if json && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&over.text) {
        faults.push(fault(over, Some(error.line()), format!("is not JSON: {error}"), "mend it there".to_owned()));
    }
    faults.extend(marks_of(over, ours));
    faults
}

/// A mark lets the host put a secret there; an override gets only those that our own text has.
fn marks_of(over: &Override, ours: &[&File]) -> Vec<Fault> {
    let secret = |file: &&&File| matches!(file.content, Content::WithSecrets(_));
    let own: BTreeSet<&str> = ours.iter().filter(secret).flat_map(|file| marks::secrets(file.content.text())).collect();
    let mut faults = Vec::new();
    for (at, line) in over.text.lines().enumerate() {
        let named: Vec<&str> = marks::secrets(line).collect();
        let broken = line.matches(SECRET_MARK).count() > named.len();
        for name in named.iter().filter(|name| !own.contains(*name)) {
            let what = format!("asks for the secret `{name}`, which our own text of this file does not hold");
            faults.push(fault(over, Some(at + 1), what, may_hold(&own)));
        }
        if broken {
            let what = "begins the mark of a secret and does not end it".to_owned();
            faults.push(fault(over, Some(at + 1), what, may_hold(&own)));
        }
    }
    faults
}

fn may_hold(own: &BTreeSet<&str>) -> String {
    let names: Vec<String> = own.iter().map(|name| format!("{SECRET_MARK}{name}__")).collect();
    match names.is_empty() {
        true => "take it out: no secret belongs into this file".to_owned(),
        false => format!("this file may hold {}", names.join(", ")),
    }
}

fn fault(over: &Override, line: Option<usize>, what: String, help: String) -> Fault {
    Fault { file: over.shown.clone(), line, what, help }
}
