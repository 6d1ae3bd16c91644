//! Where the instance is, and who runs it.

mod addresses_in_eea;
mod caa;
mod dnssec;
mod egress;
mod known_operator;
mod mirrors_in_eea;
mod names_lead_here;
mod own_administration;
mod registry;

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[
    addresses_in_eea::PROMISE,
    mirrors_in_eea::PROMISE,
    known_operator::PROMISE,
    own_administration::PROMISE,
    names_lead_here::PROMISE,
    caa::PROMISE,
    dnssec::PROMISE,
    egress::PROMISE,
];
