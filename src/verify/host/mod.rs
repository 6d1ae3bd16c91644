//! What the host itself promises.

mod open_ports;

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[open_ports::PROMISE];
