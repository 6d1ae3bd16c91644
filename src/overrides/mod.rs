//! The operator's own files: what they replace or add to among the files that we manage.

mod faults;
mod judge;

pub use faults::{Fault, Faults};
pub use judge::judge;

use crate::model::names::HostPath;
use crate::model::resource::{Claim, Content, File, Resource, Wording};
use std::collections::BTreeMap;

/// The end of a file's name whose text is added to ours; all others replace ours.
pub const ADDED: &str = ".added";

/// A file of the operator's for a path of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The file as messages call it.
    pub shown: String,
    /// The path on the host.
    pub path: HostPath,
    /// Whether it stands in the place of our text or behind it.
    pub manner: Manner,
    /// The text.
    pub text: String,
}

/// How an override changes a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It stands in the place of our text.
    Replace,
    /// It stands behind our text.
    Add,
}

/// The claims with the overrides in them. Rights, proof and what notices a change stay ours. An override whose path is not
/// among these claims changes nothing: [`judge`] has seen that another release has it.
#[must_use]
pub fn apply(mut claims: Vec<Claim>, overrides: &[Override]) -> Vec<Claim> {
    for over in overrides {
        let file = claims.iter_mut().filter_map(|claim| file_mut(&mut claim.resource));
        for file in file.filter(|file| file.path == over.path) {
            file.content = changed(&file.content, over);
            file.wording = match over.manner {
                Manner::Replace => Wording::Replaced,
                Manner::Add => Wording::Extended,
            };
        }
    }
    claims
}

/// Where the operator's own lines of a file begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The operator's file as messages call it.
    pub shown: String,
    /// How many lines of the host's file stand before its first one.
    pub before: usize,
}

/// The operator's files by the host's paths, for claims in which they stand already.
pub fn origins(claims: &[Claim], overrides: &[Override]) -> BTreeMap<String, Origin> {
    let files = claims.iter().filter_map(|claim| text_file(&claim.resource));
    files
        .filter_map(|file| overrides.iter().find(|over| over.path == file.path).map(|over| (file, over)))
        .map(|(file, over)| {
            let before = match over.manner {
                Manner::Replace => 0,
                Manner::Add => file.content.text().lines().count().saturating_sub(over.text.lines().count()),
            };
            (file.path.to_string(), Origin { shown: over.shown.clone(), before })
        })
        .collect()
}

fn changed(ours: &Content, over: &Override) -> Content {
    let text = match over.manner {
        Manner::Replace => ended(&over.text),
        Manner::Add => format!("{}{}", ended(ours.text()), ended(&over.text)),
    };
    match ours {
        Content::WithSecrets(_) => Content::WithSecrets(text),
        Content::Plain(_) | Content::Program(_) => Content::Plain(text),
    }
}

/// The text with a line end at its end, without which the next line would be a part of the last one.
fn ended(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// A file that an override may change: one with a text.
pub(crate) fn text_file(resource: &Resource) -> Option<&File> {
    match resource {
        Resource::File(file) if matches!(file.content, Content::Program(_)) => None,
        Resource::File(file) => Some(file),
        Resource::Source(source) => Some(&source.file),
        _ => None,
    }
}

fn file_mut(resource: &mut Resource) -> Option<&mut File> {
    match resource {
        Resource::File(file) if matches!(file.content, Content::Program(_)) => None,
        Resource::File(file) => Some(file),
        Resource::Source(source) => Some(&mut source.file),
        _ => None,
    }
}
