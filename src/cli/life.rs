//! What can be said about a host in the course of its life: how it stands, and the ways back, over, on and out.

use super::Consent;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// The inventory
    pub inventory: PathBuf,
    /// Print JSON for machines
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `rollback`.
#[derive(Debug, Args)]
pub struct Rollback {
    /// The inventory
    pub inventory: PathBuf,
    /// The generation to go back to; without it, the one before the present one
    pub generation: Option<u32>,
    /// How far it may go
    #[command(flatten)]
    pub consent: Consent,
}

/// Arguments of `upgrade`.
#[derive(Debug, Args)]
pub struct Upgrade {
    /// The inventory
    pub inventory: PathBuf,
    /// How far it may go
    #[command(flatten)]
    pub consent: Consent,
}

/// Arguments of `rotate`.
#[derive(Debug, Args)]
pub struct Rotate {
    /// The inventory
    pub inventory: PathBuf,
    /// Renew the secret that is shared with a portal too; the portal needs it before anybody can open a room again
    #[arg(long)]
    pub portal: bool,
    /// Somebody else may have the host's keys: issue a certificate with a new key, revoke the old ones, and change the key of the
    /// account at the authority too
    #[arg(long)]
    pub compromised: bool,
    /// How far it may go
    #[command(flatten)]
    pub consent: Consent,
}

/// Arguments of `rename`.
#[derive(Debug, Args)]
pub struct Rename {
    /// The inventory; its `domain` is rewritten once the host has the new name
    pub inventory: PathBuf,
    /// The new domain, whose DNS records already point to the host
    pub domain: String,
    /// How far it may go
    #[command(flatten)]
    pub consent: Consent,
}

/// Arguments of `backup`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("sealed").required(true).args(["recipient", "passphrase"])))]
pub struct Backup {
    /// The inventory
    pub inventory: PathBuf,
    /// The file to write; never overwrites one
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Encrypt to this age recipient (age1…); may be given several times
    #[arg(long, value_name = "RECIPIENT")]
    pub recipient: Vec<String>,
    /// Encrypt with a passphrase, which is asked for; without a terminal it is one line of standard input
    #[arg(long)]
    pub passphrase: bool,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The inventory, whose host is a fresh one
    pub inventory: PathBuf,
    /// The backup
    pub backup: PathBuf,
    /// The file with the age identity (AGE-SECRET-KEY-1…) that it was encrypted to. Without it the passphrase is asked for;
    /// without a terminal that is one line of standard input
    #[arg(long, short, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// How far it may go
    #[command(flatten)]
    pub consent: Consent,
}

/// Arguments of `destroy`.
#[derive(Debug, Args)]
pub struct Destroy {
    /// The inventory
    pub inventory: PathBuf,
    /// The domain, in the place of typing it when asked
    #[arg(long, value_name = "DOMAIN")]
    pub confirm: Option<String>,
    /// End the work of whoever holds the host's lock, restore what it had changed, then go on
    #[arg(long)]
    pub force_unlock: bool,
    /// Revoke no certificate and close no account: a backup or another host still uses them
    #[arg(long)]
    pub keep_certificate: bool,
}
