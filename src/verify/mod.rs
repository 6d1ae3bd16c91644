//! Whether the living instance keeps its promises: facts are gathered from outside and inside, and each promise judges them.

pub mod evidence;
mod gather;
mod promise;

mod encryption;
mod host;
mod media;
mod place;
mod rooms;
#[cfg(test)]
mod stage;
mod statement;
mod web;

pub use evidence::{Evidence, Seen};
pub use gather::{Subject, gather};
pub use promise::{Judgement, Promise};

use crate::model::finding::{Chapter, Finding};

/// Promises that belong together, by what they are about.
const CHAPTERS: [(&str, &[Promise]); 7] = [
    ("Where it is, and who runs it", place::ALL),
    ("Encryption", encryption::ALL),
    ("Pages", web::ALL),
    ("Rooms and guests", rooms::ALL),
    ("Sound and pictures", media::ALL),
    ("The host", host::ALL),
    ("What people are told", statement::ALL),
];

/// All chapters with their promises, in the order in which they are shown.
pub fn chapters() -> impl Iterator<Item = (&'static str, &'static [Promise])> {
    CHAPTERS.iter().copied()
}

/// All promises in the order in which they are shown.
pub fn promises() -> impl Iterator<Item = &'static Promise> {
    chapters().flat_map(|(_, promises)| promises)
}

/// Judges every promise by the evidence.
pub fn judge(evidence: &Evidence<'_>) -> Vec<Chapter> {
    let findings = |promises: &'static [Promise]| promises.iter().map(|promise| finding(promise, evidence)).collect();
    chapters().map(|(title, promises)| Chapter { title, findings: findings(promises) }).collect()
}

fn finding(promise: &'static Promise, evidence: &Evidence<'_>) -> Finding {
    let judgement = (promise.judge)(evidence);
    Finding {
        promise: promise.name,
        title: promise.title,
        verdict: judgement.verdict,
        seen: judgement.seen,
        remedy: judgement.remedy,
        sources: promise.sources,
    }
}
