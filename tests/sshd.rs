//! Everything that happens between this program and a real SSH server, on a loopback port.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

#[path = "support/free_port.rs"]
mod free_port;
#[path = "sshd/host_keys.rs"]
mod host_keys;
#[path = "sshd/logins.rs"]
mod logins;
#[path = "sshd/orders.rs"]
mod orders;
#[path = "sshd/people.rs"]
mod people;
#[path = "sshd/server.rs"]
mod server;
#[path = "sshd/sudo.rs"]
mod sudo;
#[path = "sshd/troubles.rs"]
mod troubles;
