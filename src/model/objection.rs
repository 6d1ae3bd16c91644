//! What speaks against applying a plan to a host as it was seen.

use serde::Serialize;

/// One reason to stop or to warn before anything is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Objection {
    /// How heavy it is.
    pub weight: Weight,
    /// What was seen, as a phrase without a full stop; may hold text of the host.
    pub what: String,
    /// What would go wrong.
    pub why: String,
    /// What to do next, as an imperative sentence without a full stop.
    pub next: String,
}

/// How heavy an objection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Nothing may be changed before it is out of the way.
    Stops,
    /// The operator is told, and decides.
    Warns,
}
