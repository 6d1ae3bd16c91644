//! Who comes into a room.

mod both;
mod closed_brewery;
mod components;
mod empty_tokens;
mod focus;
mod forged_tokens;
mod gate;
mod guest_rules;
mod guests_wait;
mod hard_names;
mod hidden_rooms;
mod meeting_hosts;
mod own_relay;
mod relay_credentials;
mod rooms_by_hosts;
#[cfg(test)]
mod sample;
mod signalling;
mod stopped;

use super::{Evidence, Judgement, Promise};

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[
    signalling::PROMISE,
    gate::PROMISE,
    rooms_by_hosts::PROMISE,
    guests_wait::PROMISE,
    guest_rules::PROMISE,
    empty_tokens::PROMISE,
    forged_tokens::PROMISE,
    meeting_hosts::PROMISE,
    hard_names::PROMISE,
    hidden_rooms::PROMISE,
    focus::PROMISE,
    components::PROMISE,
    closed_brewery::PROMISE,
    relay_credentials::PROMISE,
    own_relay::PROMISE,
];
