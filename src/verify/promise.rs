//! A promise, and what it says to the evidence.

use super::Evidence;
use crate::model::finding::{Source, Verdict};

/// Something that an instance promises, and how it is judged. One file holds one promise.
pub struct Promise {
    /// Its own short name, such as `tls-versions`; it never changes its meaning.
    pub name: &'static str,
    /// What is promised, as a sentence without a full stop.
    pub title: &'static str,
    /// Who asks for it; never empty.
    pub sources: &'static [Source],
    /// Judges it. It has no clock, no network and no memory: the same evidence gives the same judgement.
    pub judge: fn(&Evidence<'_>) -> Judgement,
}

/// What a promise says to the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// How it stands.
    pub verdict: Verdict,
    /// What was seen, or why nothing could be seen.
    pub seen: String,
    /// What to do next, as an imperative sentence.
    pub remedy: Option<String>,
}

impl Judgement {
    /// The promise holds.
    pub fn kept(seen: impl Into<String>) -> Self {
        Self { verdict: Verdict::Kept, seen: seen.into(), remedy: None }
    }

    /// The promise does not hold.
    pub fn broken(seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Broken, seen: seen.into(), remedy: Some(remedy.into()) }
    }

    /// It could not be looked at.
    pub fn unseen(why: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unseen, seen: why.into(), remedy: None }
    }

    /// It is reported, and not ours to keep.
    pub fn noted(seen: impl Into<String>) -> Self {
        Self { verdict: Verdict::Noted, seen: seen.into(), remedy: None }
    }

    /// The same with what to do next.
    pub fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}
