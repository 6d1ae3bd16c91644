//! The host from inside: one read-only script, one answer, facts without judgement.

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {}
