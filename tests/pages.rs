//! What the host's own pages, web server, firewall and logs do with the rendered files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is wrong"
)]

#[path = "pages/client.rs"]
mod client;
#[path = "pages/host.rs"]
mod host;
#[path = "pages/hostile.rs"]
mod hostile;
#[path = "pages/identity.rs"]
mod identity;
#[path = "pages/invitation.rs"]
mod invitation;
#[path = "pages/limits.rs"]
mod limits;
#[path = "pages/papers.rs"]
mod papers;
#[path = "pages/site.rs"]
mod site;
#[path = "support/stage.rs"]
mod stage;
#[path = "support/tree.rs"]
mod tree;
