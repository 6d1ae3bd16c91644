//! What can be said about a portal.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Verbs about a portal.
#[derive(Debug, Subcommand)]
pub enum Portal {
    /// Print the secret that the portal signs with, for its administrator
    Secret(PortalSecret),
}

/// Arguments of `portal secret`.
#[derive(Debug, Args)]
pub struct PortalSecret {
    /// The inventory
    pub inventory: PathBuf,
}
