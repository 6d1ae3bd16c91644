//! What a look at the living instance found: one finding for each promise.

use serde::Serialize;
use std::fmt;

/// How one promise stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The promise's own short name, such as `tls-versions`; it never changes its meaning.
    pub promise: &'static str,
    /// The promise as a sentence.
    pub title: &'static str,
    /// How it stands.
    pub verdict: Verdict,
    /// What was seen, or why nothing could be seen. Text of the host in it is inert.
    pub seen: String,
    /// What to do next, as an imperative sentence; always there where the promise is broken.
    pub remedy: Option<String>,
    /// Who asks for it.
    pub sources: &'static [Source],
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was looked at, and holds.
    Kept,
    /// It does not hold.
    Broken,
    /// It could not be looked at; that is no proof of anything.
    Unseen,
    /// It is not ours to keep (somebody else's DNS zone, say), and is reported alone.
    Noted,
}

impl Verdict {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Unseen => "unseen",
            Self::Noted => "noted",
        }
    }
}

/// Who asks for a promise, with the place where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "place", rename_all = "lowercase")]
pub enum Source {
    /// A principle by which VC4ALL listed servers in 2020.
    Principle(&'static str),
    /// The open letter of six privacy regulators to video conferencing companies of 21 July 2020.
    Regulators(&'static str),
    /// An article of a law.
    Law(&'static str),
    /// A section of a guideline or a standard.
    Guideline(&'static str),
    /// What our own inventory or documents say.
    Ours(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principle(place) => write!(f, "VC4ALL: {place}"),
            Self::Regulators(place) => write!(f, "regulators’ open letter of 21 July 2020: {place}"),
            Self::Law(place) | Self::Guideline(place) | Self::Ours(place) => f.write_str(place),
        }
    }
}

/// What one look at an instance found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The instance's domain.
    pub domain: String,
    /// The host's address, as the inventory names it.
    pub host: String,
    /// When the look began, in seconds since 1970 by the operator's clock.
    pub when: i64,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// The host's generation, 0 when there is none.
    pub generation: u32,
    /// By chapter, in the order in which they are shown.
    pub chapters: Vec<Chapter>,
}

/// Findings that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// What they are about.
    pub title: &'static str,
    /// One finding for each promise.
    pub findings: Vec<Finding>,
}

impl Report {
    /// All findings in their order.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.chapters.iter().flat_map(|chapter| &chapter.findings)
    }

    /// How many findings have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings().filter(|finding| finding.verdict == verdict).count()
    }
}
