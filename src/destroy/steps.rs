//! A removal as the steps of the script: a verb and its arguments on one line, separated by tabs.

use super::traces::STATE;
use crate::model::estate::Removal;
use crate::model::names::HostPath;
use std::fmt::Display;

/// One step.
pub(super) struct Step {
    /// What it does, as people read it.
    pub(super) label: String,
    verb: &'static str,
    arguments: Vec<String>,
    /// What the step reads, one a line.
    data: Option<String>,
}

/// The steps in their order: what serves people stops first, our own folder with the manifest goes last, after the
/// others.
pub(super) fn compile(removal: &Removal) -> Vec<Step> {
    let taken: Vec<&HostPath> = removal.paths.iter().filter(|path| !removal.originals.contains_key(path)).collect();
    let units = removal.units.iter().map(ToString::to_string).collect();
    let whole = removal.whole.iter().filter(|path| path.as_str() != STATE).map(ToString::to_string).collect();
    let back: Vec<&HostPath> = removal.originals.keys().collect();
    let mut steps = vec![Step::with("halt", units, "stop and disable the units")];
    steps.extend(removal.accounts.iter().filter_map(|account| unregister(account)));
    steps.extend([
        Step::reading("take", &taken, "remove files and links"),
        Step::reading("purge", &removal.packages, "purge the packages"),
        Step::reading("bring", &back, "put back what stood there before"),
        Step::with("clear", whole, "remove data, secrets and logs"),
        Step::reading("fold", &removal.folders, "remove empty folders"),
    ]);
    steps.retain(|step| !step.arguments.is_empty() || step.data.as_ref().is_some_and(|data| !data.is_empty()));
    steps.push(Step::with("refresh", Vec::new(), "let the services that stay read their settings again"));
    steps.push(rest(removal, &taken));
    steps
}

/// Files of the run's folder that the steps need, with their own lines among them.
pub(super) fn files(steps: &[Step]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut lines = String::new();
    for (number, step) in (1..).zip(steps) {
        let mut words = vec![step.verb.to_owned()];
        words.extend(step.arguments.iter().cloned());
        if let Some(data) = &step.data {
            words.push(number.to_string());
            files.push((format!("data/{number}"), data.clone().into_bytes()));
        }
        lines.push_str(&(words.join("\t") + "\n"));
    }
    files.push(("steps".to_owned(), lines.into_bytes()));
    files
}

fn unregister(account: &str) -> Option<Step> {
    let (user, domain) = account.split_once('@')?;
    let arguments = vec![user.to_owned(), domain.to_owned()];
    Some(Step::with("unregister", arguments, format!("delete the account {account}")))
}

/// Before the manifest goes, the host looks itself whether something is left.
fn rest(removal: &Removal, taken: &[&HostPath]) -> Step {
    let paths = taken.iter().map(|path| format!("path {path}\n"));
    let packages = removal.packages.iter().map(|name| format!("package {name}\n"));
    let data = paths.chain(packages).collect();
    Step { label: "look whether anything is left".to_owned(), verb: "look", arguments: Vec::new(), data: Some(data) }
}

impl Step {
    fn with(verb: &'static str, arguments: Vec<String>, label: impl Into<String>) -> Self {
        Self { label: label.into(), verb, arguments, data: None }
    }

    fn reading<T: Display>(verb: &'static str, lines: &[T], label: &str) -> Self {
        let data = lines.iter().map(|line| format!("{line}\n")).collect();
        Self { label: label.to_owned(), verb, arguments: Vec::new(), data: Some(data) }
    }
}
