//! What a host still holds about one address and one hour, for the answer to a request for access (GDPR art. 15).

use serde::Serialize;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gathered {
    /// The address that was asked for.
    pub address: String,
    /// The beginning of the time that was searched, as people write it (UTC).
    pub from: String,
    /// Its end.
    pub until: String,
    /// Where something could be searched, and how many lines were found there.
    pub places: Vec<Place>,
    /// What could not be read.
    pub unread: Vec<String>,
    /// The lines, without the addresses of others.
    pub lines: Vec<Line>,
    /// Whether there was more than may be shown.
    pub cut: bool,
}

/// A place that was searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Its name: a file's path, or the journal.
    pub name: String,
    /// Lines that were found there.
    pub found: usize,
}

/// A line that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Where.
    pub place: String,
    /// What it says.
    pub text: String,
}
