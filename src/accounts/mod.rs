//! The accounts of meeting hosts: a folder with one file an account, which says who may open rooms.

mod admit;
mod chance;
mod code;
mod folder;
mod keeping;
mod keepsake;
mod orders;
mod passphrase;
mod patience;
mod record;
mod sessions;
mod strangers;

pub use code::{app_link, code_at};
pub use keeping::Renewal;
pub use keepsake::{kept, new_passphrase};
pub use orders::{Answer, Order, Outcome, Typed};
pub use passphrase::{Cost, objection};

use crate::model::deployment::SecondFactor;
use crate::model::names::LoginName;
use crate::model::secret::Secret;
use crate::model::values::Line;
use anyhow::Result;
use folder::{Folder, Shelf};
use record::Record;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use strangers::Strangers;

/// The accounts in one folder.
///
/// Several programs may use a folder at the same time: what must not happen twice happens under a lock.
pub struct Accounts {
    folder: Folder,
    second_factor: SecondFactor,
    cost: Cost,
    strangers: Strangers,
    nobody: Record,
    nobodys_hash: String,
    hashes: AtomicU64,
}

/// What somebody typed to log in.
pub struct Attempt<'a> {
    /// The account's name, unchecked.
    pub account: &'a str,
    /// The passphrase, at most 1000 bytes are looked at.
    pub passphrase: &'a str,
    /// A code of the authenticator app or a recovery code; may be empty.
    pub code: &'a str,
}

/// What follows from an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The person may open rooms.
    Admitted(Person),
    /// Something was wrong; what it was is not said.
    Refused,
    /// Too many wrong attempts: this one was not looked at.
    Wait {
        /// Seconds until the next attempt is looked at.
        seconds: u64,
    },
}

/// Who logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they log in with.
    pub account: LoginName,
    /// How they are called in a meeting.
    pub name: String,
    /// Who they are for Jitsi: random, the same at each log-in until there are new credentials, and no word about the account.
    pub id: String,
}

/// An account to be made.
pub struct NewAccount {
    /// What the person logs in with.
    pub account: LoginName,
    /// How they are called in a meeting.
    pub name: Line,
    /// Their passphrase; one is made where there is none.
    pub passphrase: Option<Secret<String>>,
    /// Whether an authenticator app is set up.
    pub app: App,
}

/// Whether an authenticator app is set up with a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    /// It is.
    SetUp,
    /// It is not; the passphrase alone opens rooms where the instance allows that.
    Without,
}

/// What the person has to be given; it is shown once and kept nowhere in this form.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// The passphrase, where it was made here.
    pub passphrase: Option<Secret<String>>,
    /// The key of the authenticator app in base32 (RFC 4648 §6), where one was set up.
    pub app_key: Option<Secret<String>>,
    /// The recovery codes, where an app was set up.
    pub recovery_codes: Vec<Secret<String>>,
}

impl Accounts {
    /// The accounts in this folder; it may not exist yet.
    pub fn at(folder: &Path, second_factor: SecondFactor) -> Self {
        Self::with_cost(folder, second_factor, Cost::default())
    }

    /// The same with another price of a guess: tests that log in a thousand times take a lower one.
    pub fn with_cost(folder: &Path, second_factor: SecondFactor, cost: Cost) -> Self {
        let nobodys_hash = cost.nobodys_hash();
        let nobody = Record {
            id: Some("A".repeat(16)),
            passphrase: Some(nobodys_hash.clone()),
            generated: true,
            app_key: Some("A".repeat(32)),
            recovery_codes: vec!["0".repeat(64); code::RECOVERY_CODES],
            ..Record::named("Nobody")
        };
        Self {
            folder: Folder::at(folder),
            second_factor,
            cost,
            strangers: Strangers::default(),
            nobody,
            nobodys_hash,
            hashes: AtomicU64::new(0),
        }
    }

    /// How many passphrases were looked at since the start: what guesses have cost so far.
    pub fn hashes(&self) -> u64 {
        self.hashes.load(Ordering::Relaxed)
    }

    /// The record of an account; nothing where there is no such account.
    fn record(&self, shelf: &Shelf, account: &LoginName) -> Result<Option<Record>> {
        let bytes = shelf.read(&file(account), record::LONGEST)?;
        bytes.map(|bytes| Record::read(&bytes)).transpose()
    }

    fn keep(&self, shelf: &Shelf, account: &LoginName, record: &Record) -> Result<()> {
        shelf.write(&file(account), &record.bytes()?)
    }
}

/// The name of an account's file; a checked name holds no slash and does not begin with a full stop.
fn file(account: &LoginName) -> String {
    format!("{account}{ENDING}")
}

/// How the name of an account's file ends.
const ENDING: &str = ".json";
