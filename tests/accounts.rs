//! The accounts of meeting hosts: who is let in, who waits, and what an administrator can do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

#[path = "accounts/agent.rs"]
mod agent;
#[path = "accounts/guesses.rs"]
mod guesses;
#[path = "accounts/keeping.rs"]
mod keeping;
#[path = "accounts/login.rs"]
mod login;
#[path = "accounts/operator.rs"]
mod operator;
#[path = "accounts/roster.rs"]
mod roster;
#[path = "accounts/signed_in.rs"]
mod signed_in;
#[path = "accounts/stage.rs"]
mod stage;
