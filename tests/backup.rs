//! A backup from the host's answer to the plan on another host: what is taken, what is refused, and that no bytes make the
//! reader fall over.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs,
    reason = "a test stops at the first thing that is wrong"
)]

#[path = "backup/bringing.rs"]
mod bringing;
#[path = "backup/gathering.rs"]
mod gathering;
#[path = "support/needs.rs"]
mod needs;
#[path = "backup/program.rs"]
mod program;
#[path = "backup/reading.rs"]
mod reading;
#[path = "backup/sealing.rs"]
mod sealing;
#[path = "backup/stage.rs"]
mod stage;
mod support;
#[allow(dead_code, reason = "other suites use the rest of it")]
#[path = "support/tool.rs"]
mod tool;
#[path = "support/tries.rs"]
mod tries;
