//! Whether the papers are true.

mod issuer;
mod notice;
mod pages;
mod served;
#[cfg(test)]
mod stage;

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[served::PROMISE, issuer::PROMISE, notice::PROMISE];
