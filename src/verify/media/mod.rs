//! What sound and pictures promise.

mod doors;
mod relay;
mod relay_needs_credentials;
mod relay_refuses_inside;
mod relay_tls;
mod stun;

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[
    stun::PROMISE,
    relay_tls::PROMISE,
    relay::PROMISE,
    relay_needs_credentials::PROMISE,
    relay_refuses_inside::PROMISE,
];
