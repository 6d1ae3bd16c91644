//! The looks from outside, at real servers of this machine that are good or bad in known ways.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

#[path = "support/stage.rs"]
mod stage;
mod support;

#[path = "outside/tls.rs"]
mod tls;
