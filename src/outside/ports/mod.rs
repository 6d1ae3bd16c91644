//! Which ports answer.

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {}
