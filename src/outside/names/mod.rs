//! The instance's names in the DNS.

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {}
