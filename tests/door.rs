//! The real door on a unix socket: its pages, its log-in, its limits, and all that is thrown at it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

#[path = "door/hostile.rs"]
mod hostile;
#[path = "door/limits.rs"]
mod limits;
#[path = "door/log_in.rs"]
mod log_in;
#[path = "door/pages.rs"]
mod pages;
#[path = "door/reply.rs"]
mod reply;
#[path = "door/service.rs"]
mod service;
#[path = "door/start.rs"]
mod start;
