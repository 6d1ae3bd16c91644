//! The renderings, given to those who read them on the host: the real parsers, daemons and package scripts' questions.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

#[path = "consumers/apt.rs"]
mod apt;
#[path = "consumers/hocon.rs"]
mod hocon;
#[path = "consumers/hostile.rs"]
mod hostile;
#[path = "consumers/lua.rs"]
mod lua;
#[path = "support/needs.rs"]
mod needs;
#[path = "consumers/postinst.rs"]
mod postinst;
#[path = "consumers/prosody.rs"]
mod prosody;
#[path = "support/root.rs"]
mod root;
#[path = "consumers/shell.rs"]
mod shell;
mod support;
#[path = "consumers/systemd.rs"]
mod systemd;
#[path = "support/tool.rs"]
mod tool;
#[path = "consumers/turnserver.rs"]
mod turnserver;
#[path = "consumers/units.rs"]
mod units;
