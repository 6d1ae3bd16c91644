//! Whether the papers are true.

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[];
