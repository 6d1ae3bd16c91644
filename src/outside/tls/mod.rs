//! TLS as a server speaks it, found out by what it answers to many first messages.

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {}
