//! Rooms as a guest and a meeting host meet them, over BOSH and websocket.

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {}
