//! Looks from outside at real servers that run what is rendered, whole and then with faults put into it: each fault is
//! found by the promise that it breaks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs,
    reason = "a test stops at the first thing that is wrong"
)]

#[path = "support/free_port.rs"]
mod free_port;
#[path = "outside/names.rs"]
mod names;
#[path = "support/needs.rs"]
mod needs;
#[path = "outside/network.rs"]
mod network;
#[path = "outside/ports.rs"]
mod ports;
#[path = "outside/relay.rs"]
mod relay;
#[path = "support/root.rs"]
mod root;
#[path = "outside/scene.rs"]
mod scene;
#[allow(dead_code, reason = "other suites use the rest of it")]
#[path = "support/stage.rs"]
mod stage;
mod support;
#[path = "outside/talk.rs"]
mod talk;
#[path = "outside/tls.rs"]
mod tls;
#[allow(dead_code, reason = "other suites use the rest of it")]
#[path = "support/tool.rs"]
mod tool;
#[path = "support/tree.rs"]
mod tree;
#[path = "outside/web.rs"]
mod web;
