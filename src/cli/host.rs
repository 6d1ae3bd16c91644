//! What can be said about one deployment and its host: from an example inventory to the proof.

use super::Consent;
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The file to write; never overwrites one
    #[arg(default_value = "inventory.yml")]
    pub file: PathBuf,
}

/// Arguments of `render`.
#[derive(Debug, Args)]
pub struct Render {
    /// The inventory
    pub inventory: PathBuf,
    /// The folder to write; it must be new or empty
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// The inventory
    pub inventory: PathBuf,
    /// Exit with 2 when there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Print JSON for machines
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `up`.
#[derive(Debug, Args)]
pub struct Up {
    /// The inventory
    pub inventory: PathBuf,
    /// Show the plan against a fresh host of the declared distribution, without any connection
    #[arg(long, conflicts_with_all = ["yes", "no_verify", "overwrite", "wait", "now", "force_unlock"])]
    pub dry_run: bool,
    /// With --dry-run: also write every file to this folder for review
    #[arg(long, short, value_name = "DIR", requires = "dry_run")]
    pub output: Option<PathBuf>,
    /// How far it may go
    #[command(flatten)]
    pub consent: Consent,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The inventory
    pub inventory: PathBuf,
    /// Print JSON for machines
    #[arg(long)]
    pub json: bool,
    /// Also write the report as JUnit to this file, which is replaced
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Also write the report as a page for the privacy officer's file; it is replaced
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Exit with 3 also when a promise could not be looked at
    #[arg(long)]
    pub strict: bool,
    /// Ask this DNS server instead of this machine's own
    #[arg(long, value_name = "ADDRESS")]
    pub dns: Option<IpAddr>,
    /// Knock at all 65535 TCP ports instead of those that something is known for; takes minutes
    #[arg(long)]
    pub all_ports: bool,
}

/// Arguments of `renew`.
#[derive(Debug, Args)]
pub struct Renew {
    /// The inventory
    pub inventory: PathBuf,
    /// Renew now, even when it is not due
    #[arg(long, conflicts_with = "rehearse")]
    pub now: bool,
    /// Let the host play a renewal through, and leave everything as it is
    #[arg(long)]
    pub rehearse: bool,
}
