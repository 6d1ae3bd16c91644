//! What a host writes down about the renewals of its certificate, in `/var/lib/vc4all/renewal.json`.

use super::renewal::{Attempts, Window};
use serde::{Deserialize, Serialize};

/// The whole file. All times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// The attempts so far.
    pub attempts: Attempts,
    /// What the authority advised.
    pub advice: Option<Advice>,
    /// The last look at whether the certificate is due.
    pub looked: Option<i64>,
    /// When it is due, as that look found it.
    pub due: Option<i64>,
    /// The failure that is not mended yet.
    pub failing: Option<Failure>,
    /// What the operator was told, as long as it is not over.
    pub told: Option<Told>,
    /// The last rehearsal.
    pub rehearsed: Option<Rehearsal>,
}

/// When the authority would like a certificate to be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// Serial number of that certificate.
    pub serial: String,
    /// When.
    pub window: Window,
    /// Until when this counts.
    pub until: i64,
}

/// A renewal that does not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Since when.
    pub since: i64,
    /// What the last attempt said.
    pub why: String,
    /// What to do.
    pub help: String,
}

/// What the operator was told and has not been told to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Since when it had been so.
    pub since: i64,
    /// When the operator was last told.
    pub at: i64,
}

/// A renewal played through without consequences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// When.
    pub at: i64,
    /// At which directory.
    pub directory: String,
    /// Why it failed; nothing where it did not.
    pub why: Option<String>,
}
