//! What can be said on the command line.

mod consent;
mod directory;
mod host;
mod life;
mod papers;
mod portal;
mod rooms;
mod tongue;
mod users;

pub use consent::Consent;
pub use directory::Directory;
pub use host::{Init, Plan, Render, Renew, Up, Verify};
pub use life::{Backup, Destroy, Rename, Restore, Rollback, Rotate, Status, Upgrade};
pub use papers::{AccessRequest, EgressPaper, Papers, WritePapers};
pub use portal::{Portal, PortalSecret};
pub use rooms::{NewRoom, Rooms};
pub use tongue::Tongue;
pub use users::{AddUser, ListUsers, OneUser, ResetUser, Users};

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Turns a fresh Debian or Ubuntu server into a private Jitsi Meet.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Read this file instead of ~/.ssh/config, as `ssh -F` does
    #[arg(long, global = true, value_name = "FILE")]
    pub ssh_config: Option<PathBuf>,
    /// Put this build of vc4all-agent on the host instead of the one beside this program
    #[arg(long, global = true, value_name = "FILE")]
    pub agent: Option<PathBuf>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented example inventory
    Init(Init),
    /// Print the JSON Schema of the inventory
    Schema,
    /// Write every file of a deployment to a folder, without a server
    Render(Render),
    /// Show what `up` would change on the host; read-only
    Plan(Plan),
    /// Make the host what the inventory says: plan, ask, apply, certificate
    Up(Up),
    /// Look from outside and inside whether every promise holds; exit code 3 when one is broken
    Verify(Verify),
    /// Show how the host stands: generation, drift, certificate, people in meetings
    Status(Status),
    /// Make the host what it was in an earlier generation
    Rollback(Rollback),
    /// Move Jitsi's packages together to the next set that is known to be good
    Upgrade(Upgrade),
    /// Renew the certificate when it is due
    Renew(Renew),
    /// Make every internal secret anew
    Rotate(Rotate),
    /// Give the instance another domain
    Rename(Rename),
    /// Fetch accounts, secrets, certificates and the generation into one encrypted file
    Backup(Backup),
    /// Make a fresh host what the inventory says, with the accounts and keys of a backup
    Restore(Restore),
    /// Remove from the host what we made, and nothing else
    Destroy(Destroy),
    /// Rooms and invitations
    #[command(subcommand)]
    Rooms(Rooms),
    /// Accounts of meeting hosts
    #[command(subcommand)]
    Users(Users),
    /// The privacy documents that follow from an inventory
    #[command(subcommand)]
    Papers(Papers),
    /// Write a page of all instances in a folder of inventories, without any connection
    Directory(Directory),
    /// A portal that signs tokens for meeting hosts
    #[command(subcommand)]
    Portal(Portal),
}
