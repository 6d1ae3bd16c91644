//! What can be said about the accounts of meeting hosts.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Verbs about the accounts of meeting hosts.
#[derive(Debug, Subcommand)]
pub enum Users {
    /// Show all accounts
    List(ListUsers),
    /// Make an account, and show once what its person has to be given
    Add(AddUser),
    /// Remove an account
    Remove(OneUser),
    /// Give new credentials, or the first ones where the inventory lists the account; ends every "stay signed in"
    Reset(ResetUser),
    /// Let an account log in again after too many wrong attempts
    Unlock(OneUser),
}

/// Arguments of `users list`.
#[derive(Debug, Args)]
pub struct ListUsers {
    /// The inventory
    pub inventory: PathBuf,
}

/// Arguments of `users add`.
#[derive(Debug, Args)]
pub struct AddUser {
    /// The inventory
    pub inventory: PathBuf,
    /// What the person will log in with
    pub account: String,
    /// How the person is called in a meeting; the inventory may say it
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Ask for a passphrase instead of making one; without a terminal it is one line of standard input
    #[arg(long)]
    pub typed: bool,
    /// Set up no authenticator app; only with `access.second_factor: optional`
    #[arg(long)]
    pub no_second_factor: bool,
}

/// Arguments of `users reset`.
#[derive(Debug, Args)]
pub struct ResetUser {
    /// The inventory
    pub inventory: PathBuf,
    /// What the person logs in with
    pub account: String,
    /// Ask for a passphrase instead of making one; without a terminal it is one line of standard input
    #[arg(long, conflicts_with = "second_factor_only")]
    pub typed: bool,
    /// Set up no authenticator app; only with `access.second_factor: optional`
    #[arg(long, conflicts_with_all = ["passphrase_only", "second_factor_only"])]
    pub no_second_factor: bool,
    /// Leave the authenticator app and the recovery codes as they are
    #[arg(long, conflicts_with = "second_factor_only")]
    pub passphrase_only: bool,
    /// Leave the passphrase as it is
    #[arg(long)]
    pub second_factor_only: bool,
}

/// Arguments of `users remove` and `users unlock`.
#[derive(Debug, Args)]
pub struct OneUser {
    /// The inventory
    pub inventory: PathBuf,
    /// What the person logs in with
    pub account: String,
}
