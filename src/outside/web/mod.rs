//! Pages and files as a browser gets them.

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {}
