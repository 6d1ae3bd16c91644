//! Looks from outside at real daemons, well and badly configured: each fault is found by the promise that it breaks.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

#[path = "outside/names.rs"]
mod names;
#[path = "outside/network.rs"]
mod network;
#[path = "outside/ports.rs"]
mod ports;
#[path = "outside/relay.rs"]
mod relay;
#[path = "outside/scene.rs"]
mod scene;
mod support;
#[allow(dead_code, reason = "other suites use the rest of it")]
#[path = "consumers/tool.rs"]
mod tool;
