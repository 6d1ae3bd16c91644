//! STUN and TURN as a participant uses them.

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {}
