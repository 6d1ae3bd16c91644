//! Looks from outside at real servers that run what is rendered, whole and then with faults put into it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is wrong"
)]

#[allow(dead_code, reason = "other suites use the rest of it")]
#[path = "support/stage.rs"]
mod stage;
#[path = "support/tree.rs"]
mod tree;
#[path = "outside/web.rs"]
mod web;
