//! What the pages promise.

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[];
