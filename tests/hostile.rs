//! Whoever means harm: bytes of any kind for every reader of a host's answer, and a real program that talks with hosts that
//! answer rubbish, escape sequences, paths that lead elsewhere, or without end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    dead_code,
    reason = "a test ends where something is wrong, and says what it leaves out; a shared stage"
)]

#[path = "support/free_port.rs"]
mod free_port;
#[path = "support/harm.rs"]
mod harm;
#[path = "hostile/host.rs"]
mod host;
#[path = "hostile/inert.rs"]
mod inert;
#[path = "support/needs.rs"]
mod needs;
#[path = "hostile/news.rs"]
mod news;
#[path = "sshd/people.rs"]
mod people;
#[path = "hostile/program.rs"]
mod program;
#[path = "hostile/readers.rs"]
mod readers;
#[path = "sshd/server.rs"]
mod server;
mod support;
#[path = "support/tries.rs"]
mod tries;
