//! The host's own renewals: the real agent against a real authority (Pebble), with real servers, on a host that is made of
//! this machine (`stage.sh`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is wrong"
)]

mod host;
mod mishaps;
#[path = "../acme/pebble.rs"]
#[allow(dead_code, reason = "other suites use the rest of it")]
mod pebble;
mod quiet;
#[path = "../support/standing.rs"]
mod standing;
#[path = "../support/tool.rs"]
#[allow(dead_code, reason = "other suites use the rest of it")]
mod tool;
