//! The host's own renewals: the real agent against a real authority (Pebble), with real servers, on a host that is made of
//! this machine (`stage.sh`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is wrong"
)]

#[path = "../support/free_port.rs"]
mod free_port;
mod host;
mod mishaps;
#[path = "../support/needs.rs"]
mod needs;
#[path = "../acme/pebble.rs"]
mod pebble;
mod quiet;
#[path = "../support/root.rs"]
mod root;
#[path = "../support/standing.rs"]
mod standing;
