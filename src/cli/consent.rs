//! How far a verb that changes the host may go without a person.

use clap::Args;

/// What is agreed to beforehand; every verb that applies a plan has these.
#[derive(Debug, Clone, Copy, Args)]
pub struct Consent {
    /// Do not ask; needed where there is no terminal
    #[arg(long, short)]
    pub yes: bool,
    /// Do not look afterwards whether every promise holds
    #[arg(long)]
    pub no_verify: bool,
    /// Put our text in the place of files that somebody edited on the host
    #[arg(long)]
    pub overwrite: bool,
    /// Let the meetings that are going on end first; new ones have to wait meanwhile
    #[arg(long, conflicts_with = "now")]
    pub wait: bool,
    /// Change it now, although people in meetings will be cut off
    #[arg(long)]
    pub now: bool,
    /// End the work of whoever holds the host's lock, restore what it had changed, then go on
    #[arg(long)]
    pub force_unlock: bool,
}
