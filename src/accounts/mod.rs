//! The accounts of meeting hosts: a folder with one file an account, which says who may open rooms.

mod code;
mod passphrase;

pub use code::code_at;
pub use passphrase::Cost;

use crate::model::deployment::SecondFactor;
use crate::model::names::LoginName;
use crate::model::secret::Secret;
use crate::model::values::Line;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// The accounts in one folder.
///
/// Several programs may use a folder at the same time: what must not happen twice happens under a lock.
pub struct Accounts {
    folder: PathBuf,
    second_factor: SecondFactor,
    cost: Cost,
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
    /// Who they are for Jitsi: random, the same at each log-in, and no word about the account.
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
        Self { folder: folder.to_owned(), second_factor, cost }
    }

    /// Judges an attempt at `now`, in seconds since 1970.
    ///
    /// It takes as long, does as much and answers the same whether the account exists or not. Each call takes the
    /// memory of one hash ([`Cost`]): the caller bounds how many run at once.
    ///
    /// # Errors
    /// When the folder cannot be read or written; nobody is admitted then.
    pub fn admit(&self, attempt: &Attempt<'_>, now: u64) -> Result<Verdict> {
        let _ = (attempt, now, &self.folder, self.second_factor, self.cost);
        bail!("accounts are not read yet")
    }

    /// Remembers a person who was just admitted: the value of a cookie that [`Accounts::recall`] knows for seven days.
    ///
    /// # Errors
    /// When there is no such account, or the folder cannot be written.
    pub fn remember(&self, who: &LoginName, now: u64) -> Result<Secret<String>> {
        let _ = (who, now);
        bail!("accounts are not written yet")
    }

    /// Who was remembered with this cookie, which is unchecked.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn recall(&self, cookie: &str, now: u64) -> Result<Option<Person>> {
        let _ = (cookie, now);
        bail!("accounts are not read yet")
    }

    /// Forgets a cookie, which is unchecked; one that is not known is no error.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn forget(&self, cookie: &str) -> Result<()> {
        let _ = cookie;
        bail!("accounts are not written yet")
    }

    /// Makes an account, or gives one that the inventory lists its first passphrase.
    ///
    /// # Errors
    /// When it exists with a passphrase, or the folder cannot be written.
    pub fn add(&self, new: &NewAccount) -> Result<Credentials> {
        let _ = new;
        bail!("accounts are not written yet")
    }
}
