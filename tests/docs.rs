//! Documents that go stale fail here: their console blocks are run, and their links, names and numbers looked up.
//!
//! A block of the kind `console` is run as it stands; a line `...` in it stands for any lines. Where a block shows what
//! needs a host, its kind is `console host`: it is not run, but the program has to understand its commands.
//! The runner is our own and not `trycmd`: in its hundred lines `sh` expands nothing that we do not see, standard error
//! and output stay in their order, one document's commands share one folder, and no crate is needed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

#[path = "docs/blocks.rs"]
mod blocks;
#[path = "docs/links.rs"]
mod links;
#[path = "docs/names.rs"]
mod names;
#[path = "docs/pages.rs"]
mod pages;
#[path = "docs/promises.rs"]
mod promises;
