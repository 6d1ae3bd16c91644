//! The account of a meeting host as a list shows it.

use serde::{Deserialize, Serialize};

/// What is known about an account, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// What the person logs in with.
    pub account: String,
    /// How they are called in a meeting; empty where the file cannot be read.
    pub name: String,
    /// Whether the account has a passphrase; one that the inventory lists has none at first.
    pub passphrase: bool,
    /// Whether an authenticator app is set up.
    pub second_factor: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes: u8,
    /// Whether the next attempt to log in is looked at.
    pub standing: Standing,
    /// The day of the last log-in, counted since 1970-01-01; no hour, which nobody needs to find an unused account.
    pub last_login_day: Option<u32>,
    /// Browsers that stay signed in.
    pub signed_in: u8,
}

/// Whether the next attempt to log in is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is.
    Open,
    /// Not at once: there were wrong attempts.
    Waiting,
    /// Not before somebody unlocks the account.
    Locked,
    /// Never: the account's file cannot be read.
    Damaged,
}
