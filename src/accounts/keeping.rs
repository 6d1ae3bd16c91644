//! What an administrator does with accounts: make, remove, give new credentials, unlock, list.

use super::passphrase::{self, Maker};
use super::patience::Failures;
use super::record::Record;
use super::{Accounts, App, Credentials, ENDING, NewAccount, chance, code};
use crate::model::account::{AccountState, Standing};
use crate::model::advice::Advice;
use crate::model::deployment::SecondFactor;
use crate::model::names::LoginName;
use crate::model::secret::Secret;
use anyhow::Result;

/// What gets new.
#[derive(Debug, Clone)]
pub enum Renewal {
    /// Passphrase, app and recovery codes; also the first ones of an account that the inventory lists.
    All(Option<Secret<String>>, App),
    /// The passphrase alone: this one, or one that is made here.
    Passphrase(Option<Secret<String>>),
    /// App and recovery codes.
    App,
}

/// What to do about a passphrase that is refused.
const BETTER: &str = "choose a sentence of four or more words that no one else knows";

/// What gets new in an account's file.
struct Fresh {
    passphrase: Option<(String, Maker)>,
    app: FreshApp,
}

enum FreshApp {
    Same,
    None,
    SetUp { key: String, digests: Vec<String> },
}

impl Accounts {
    /// Makes an account.
    ///
    /// # Errors
    /// When there is one, the passphrase is a bad one, or the folder cannot be written.
    pub fn add(&self, new: &NewAccount) -> Result<Credentials> {
        let mut record = Record::named(new.name.as_str());
        let renewal = Renewal::All(new.passphrase.clone(), new.app);
        let exists = || {
            let cause = format!("there is an account {} already", new.account);
            Advice::new(cause, "give it new credentials with `users reset`")
        };
        if self.folder.open()?.holds(&super::file(&new.account))? {
            return Err(exists().into());
        }
        let (fresh, given) = self.make(&new.account, &record, &renewal)?;
        let shelf = self.folder.lock()?;
        if shelf.holds(&super::file(&new.account))? {
            return Err(exists().into());
        }
        fresh.put_into(&mut record)?;
        self.keep(&shelf, &new.account, &record)?;
        Ok(given)
    }

    /// Removes an account, also one whose file is damaged. Who is signed in stays so until the token ends.
    ///
    /// # Errors
    /// When there is none, or the folder cannot be written.
    pub fn remove(&self, account: &LoginName) -> Result<()> {
        let shelf = self.folder.lock()?;
        if shelf.remove(&super::file(account))? { Ok(()) } else { Err(unknown(account).into()) }
    }

    /// Gives new credentials, ends every "stay signed in", and unlocks.
    ///
    /// # Errors
    /// When there is no such account, its file is damaged, the passphrase is a bad one, what is asked for would leave
    /// an account that cannot log in, or the folder cannot be written.
    pub fn reset(&self, account: &LoginName, renewal: &Renewal) -> Result<Credentials> {
        let seen = self.existing(&self.folder.open()?, account)?;
        // The hash takes a moment: nobody waits for the lock meanwhile.
        let (fresh, given) = self.make(account, &seen, renewal)?;
        let shelf = self.folder.lock()?;
        let mut record = self.existing(&shelf, account)?;
        fresh.put_into(&mut record)?;
        self.keep(&shelf, account, &record)?;
        Ok(given)
    }

    /// Lets an account log in again after too many wrong attempts.
    ///
    /// # Errors
    /// When there is no such account, its file is damaged, or the folder cannot be written.
    pub fn unlock(&self, account: &LoginName) -> Result<()> {
        let shelf = self.folder.lock()?;
        let mut record = self.existing(&shelf, account)?;
        record.failures = Failures::default();
        self.keep(&shelf, account, &record)
    }

    /// All accounts in the order of their names, at `now` in seconds since 1970.
    ///
    /// # Errors
    /// When the folder cannot be read. A file that cannot be used is told in the list.
    pub fn list(&self, now: u64) -> Result<Vec<AccountState>> {
        let shelf = self.folder.open()?;
        let names = shelf.names()?;
        let mut accounts: Vec<LoginName> =
            names.iter().filter_map(|name| LoginName::new(name.strip_suffix(ENDING)?).ok()).collect();
        accounts.sort();
        let states = accounts.iter().filter_map(|account| match self.record(&shelf, account) {
            Ok(record) => record.map(|record| state(account, &record, now)),
            Err(_) => Some(damaged(account)),
        });
        Ok(states.collect())
    }

    fn existing(&self, shelf: &super::folder::Shelf, account: &LoginName) -> Result<Record> {
        match self.record(shelf, account) {
            Ok(Some(record)) => Ok(record),
            Ok(None) => Err(unknown(account).into()),
            Err(error) => {
                let cause = format!("the file of the account {account} is damaged: {error:#}");
                Err(Advice::new(cause, "remove the account with `users remove`, and add it again").into())
            }
        }
    }

    /// Makes what gets new, and what the person has to be given.
    fn make(&self, account: &LoginName, record: &Record, renewal: &Renewal) -> Result<(Fresh, Credentials)> {
        let mut given = Credentials::default();
        let fresh = match renewal {
            Renewal::All(chosen, app) => {
                self.check_app(*app)?;
                let passphrase = Some(self.passphrase(account, record, (chosen.as_ref(), &mut given))?);
                let app = if *app == App::SetUp { FreshApp::make(&mut given)? } else { FreshApp::None };
                Fresh { passphrase, app }
            }
            Renewal::Passphrase(chosen) => {
                if !self.has_factors(record) {
                    let cause = format!("the account {account} has no second factor yet");
                    return Err(Advice::new(cause, "leave --passphrase-only out").into());
                }
                let passphrase = Some(self.passphrase(account, record, (chosen.as_ref(), &mut given))?);
                Fresh { passphrase, app: FreshApp::Same }
            }
            Renewal::App => {
                if record.passphrase.is_none() {
                    let cause = format!("the account {account} has no passphrase yet");
                    return Err(Advice::new(cause, "leave --second-factor-only out").into());
                }
                Fresh { passphrase: None, app: FreshApp::make(&mut given)? }
            }
        };
        Ok((fresh, given))
    }

    /// The hash of the chosen passphrase, or of one that is made here and given out.
    fn passphrase(
        &self,
        account: &LoginName,
        record: &Record,
        (chosen, given): (Option<&Secret<String>>, &mut Credentials),
    ) -> Result<(String, Maker)> {
        let Some(chosen) = chosen else {
            let made = given.passphrase.insert(passphrase::make()?);
            return Ok((passphrase::hash(made.reveal(), Maker::Here, self.cost)?, Maker::Here));
        };
        let known = [account.as_str(), record.name.as_str()];
        passphrase::objection(chosen.reveal(), &known).map_err(|error| Advice::new(error.to_string(), BETTER))?;
        Ok((passphrase::hash(chosen.reveal(), Maker::Person, self.cost)?, Maker::Person))
    }

    fn check_app(&self, app: App) -> Result<()> {
        match (app, self.second_factor) {
            (App::Without, SecondFactor::Required) => Err(Advice::new(
                "every account of this instance has a second factor",
                "leave --no-second-factor out, or set `access.second_factor: optional` and run `vc4all-deploy up`",
            )
            .into()),
            (App::SetUp, _) | (App::Without, SecondFactor::Optional) => Ok(()),
        }
    }
}

impl FreshApp {
    fn make(given: &mut Credentials) -> Result<Self> {
        let key = chance::app_key()?;
        let (codes, digests) = code::recovery_codes()?;
        (given.app_key, given.recovery_codes) = (Some(Secret::new(key.clone())), codes);
        Ok(Self::SetUp { key, digests })
    }
}

impl Fresh {
    /// Whoever is signed in by the old credentials is so no longer, and the account is unlocked.
    fn put_into(self, record: &mut Record) -> Result<()> {
        if let Some((hash, maker)) = self.passphrase {
            record.passphrase = Some(hash);
            record.generated = maker == Maker::Here;
        }
        match self.app {
            FreshApp::Same => {}
            FreshApp::None => (record.app_key, record.recovery_codes) = (None, Vec::new()),
            FreshApp::SetUp { key, digests } => {
                (record.app_key, record.recovery_codes, record.last_step) = (Some(key), digests, 0);
            }
        }
        // Who was let in by the old credentials a moment ago is somebody else to `remember`.
        record.id = Some(chance::id()?);
        record.sessions.clear();
        record.failures = Failures::default();
        Ok(())
    }
}

fn unknown(account: &LoginName) -> Advice {
    Advice::new(format!("there is no account {account}"), "look at `users list`, or make it with `users add`")
}

fn state(account: &LoginName, record: &Record, now: u64) -> AccountState {
    let standing = match record.failures.wait(now) {
        _ if record.failures.is_locked() => Standing::Locked,
        Some(_) => Standing::Waiting,
        None => Standing::Open,
    };
    let alive = record.sessions.iter().filter(|session| session.is_alive(now)).count();
    AccountState {
        account: account.to_string(),
        name: record.name.clone(),
        passphrase: record.passphrase.is_some(),
        second_factor: record.app_key.is_some(),
        recovery_codes: u8::try_from(record.recovery_codes.len()).unwrap_or(u8::MAX),
        standing,
        last_login_day: record.last_login_day,
        signed_in: u8::try_from(alive).unwrap_or(u8::MAX),
    }
}

fn damaged(account: &LoginName) -> AccountState {
    AccountState {
        account: account.to_string(),
        name: String::new(),
        passphrase: false,
        second_factor: false,
        recovery_codes: 0,
        standing: Standing::Damaged,
        last_login_day: None,
        signed_in: 0,
    }
}
