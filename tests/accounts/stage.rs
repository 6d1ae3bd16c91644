//! A folder of accounts and the people who log in, with a clock that a test sets.

use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use vc4all_deploy::accounts::{Accounts, App, Attempt, Cost, Credentials, NewAccount, Verdict, code_at};
use vc4all_deploy::model::deployment::SecondFactor;
use vc4all_deploy::model::names::LoginName;
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::values::Line;

/// A moment at the beginning of a step of the app's clock.
pub(crate) const NOW: u64 = 1_800_000_000;

/// A price that a test can pay ten thousand times.
pub(crate) const LIGHT: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

pub(crate) struct Stage {
    _place: TempDir,
    pub(crate) folder: PathBuf,
    pub(crate) accounts: Accounts,
}

impl Stage {
    pub(crate) fn new(second_factor: SecondFactor) -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("vc4all-door/accounts");
        let accounts = Accounts::with_cost(&folder, second_factor, LIGHT);
        Self { _place: place, folder, accounts }
    }

    /// The same folder as another program sees it, or the same one after a restart.
    pub(crate) fn again(&self, second_factor: SecondFactor) -> Accounts {
        Accounts::with_cost(&self.folder, second_factor, LIGHT)
    }

    pub(crate) fn file(&self, account: &str) -> PathBuf {
        self.folder.join(format!("{account}.json"))
    }

    pub(crate) fn text(&self, account: &str) -> String {
        fs::read_to_string(self.file(account)).unwrap()
    }

    /// A meeting host with an app.
    pub(crate) fn host(&self, account: &str) -> Host {
        Host::of(account, self.accounts.add(&new(account, None, App::SetUp)).unwrap())
    }
}

pub(crate) fn name(account: &str) -> LoginName {
    LoginName::new(account).unwrap()
}

pub(crate) fn new(account: &str, passphrase: Option<&str>, app: App) -> NewAccount {
    let passphrase = passphrase.map(|text| Secret::new(text.to_owned()));
    NewAccount { account: name(account), name: Line::parse("Jo Voorbeeld").unwrap(), passphrase, app }
}

/// What a meeting host was given.
pub(crate) struct Host {
    pub(crate) account: String,
    pub(crate) passphrase: String,
    pub(crate) key: String,
    pub(crate) recovery: Vec<String>,
}

impl Host {
    pub(crate) fn of(account: &str, given: Credentials) -> Self {
        let plain = |secret: Option<Secret<String>>| secret.map(|secret| secret.reveal().clone()).unwrap_or_default();
        Self {
            account: account.to_owned(),
            passphrase: plain(given.passphrase),
            key: plain(given.app_key),
            recovery: given.recovery_codes.iter().map(|code| code.reveal().clone()).collect(),
        }
    }

    pub(crate) fn code(&self, now: u64) -> String {
        code_at(&self.key, now).unwrap()
    }

    /// Logs in with the right passphrase and this code.
    pub(crate) fn with(&self, accounts: &Accounts, code: &str, now: u64) -> Verdict {
        attempt(accounts, (&self.account, &self.passphrase, code), now)
    }

    /// Logs in as it should be.
    pub(crate) fn right(&self, accounts: &Accounts, now: u64) -> Verdict {
        self.with(accounts, &self.code(now), now)
    }
}

pub(crate) fn attempt(accounts: &Accounts, (account, passphrase, code): (&str, &str, &str), now: u64) -> Verdict {
    accounts.admit(&Attempt { account, passphrase, code }, now).unwrap()
}

pub(crate) fn admitted(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Admitted(_))
}
