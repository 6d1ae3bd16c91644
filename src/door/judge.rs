//! Asks the accounts, off the road of the other requests: two log-ins at once, a few that wait, and no more.

use crate::accounts::{Accounts, Attempt, Person, Verdict};
use crate::model::secret::Secret;
use anyhow::{Context as _, Result, anyhow};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Log-ins that are judged at the same time: each takes the memory and the core of one hash.
const AT_ONCE: usize = 2;
/// Log-ins that wait for their turn, beside those that are judged.
const WAITING: usize = 16;

/// How long one waits for a turn: a page that asks to come back is better than no answer in time.
const PATIENCE: Duration = Duration::from_secs(4);

/// What somebody typed.
pub(super) struct Typed {
    pub(super) account: String,
    pub(super) passphrase: Secret<String>,
    pub(super) code: Secret<String>,
}

/// What came of it.
pub(super) enum Judgement {
    /// The accounts looked at it.
    Judged(Verdict),
    /// Too many others are waiting; nobody looked at it.
    Busy,
}

/// The way to the accounts.
pub(super) struct Judge {
    accounts: Arc<Accounts>,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Judge {
    pub(super) fn new(accounts: Accounts) -> Self {
        Self {
            accounts: Arc::new(accounts),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }

    /// Judges what was typed at `now`, in seconds since 1970.
    ///
    /// # Errors
    /// When the accounts cannot be read or written.
    pub(super) async fn admit(&self, typed: Typed, now: u64) -> Result<Judgement> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return Ok(Judgement::Busy) };
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(turn) = turn else { return Ok(Judgement::Busy) };
        let turn = turn.context("wait for a turn")?;
        let accounts = Arc::clone(&self.accounts);
        let judged = spawn_blocking(move || {
            let _until_done = (place, turn);
            let (passphrase, code) = (typed.passphrase.reveal(), typed.code.reveal());
            accounts.admit(&Attempt { account: &typed.account, passphrase, code }, now)
        });
        Ok(Judgement::Judged(judged.await.map_err(|_| anyhow!("the judging stopped"))??))
    }

    /// A cookie's value by which [`Judge::recall`] will know the person again.
    ///
    /// # Errors
    /// When the accounts cannot be written.
    pub(super) async fn remember(&self, person: &Person, now: u64) -> Result<Secret<String>> {
        let person = person.clone();
        self.ask(move |accounts| accounts.remember(&person, now)).await
    }

    /// Who is signed in with this cookie, if anybody.
    ///
    /// # Errors
    /// When the accounts cannot be read.
    pub(super) async fn recall(&self, cookie: &str, now: u64) -> Result<Option<Person>> {
        let cookie = cookie.to_owned();
        self.ask(move |accounts| accounts.recall(&cookie, now)).await
    }

    /// Makes the cookie worthless.
    ///
    /// # Errors
    /// When the accounts cannot be written.
    pub(super) async fn forget(&self, cookie: &str) -> Result<()> {
        let cookie = cookie.to_owned();
        self.ask(move |accounts| accounts.forget(&cookie)).await
    }

    async fn ask<T, Question>(&self, question: Question) -> Result<T>
    where
        T: Send + 'static,
        Question: FnOnce(&Accounts) -> Result<T> + Send + 'static,
    {
        let accounts = Arc::clone(&self.accounts);
        spawn_blocking(move || question(&accounts)).await.map_err(|_| anyhow!("the accounts stopped"))?
    }
}
