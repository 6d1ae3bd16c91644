//! "Stay signed in on this computer": a cookie of 256 bits, of which the account keeps a digest for seven days.

use super::code::digest;
use super::record::Record;
use super::{Accounts, Person, chance};
use crate::model::names::LoginName;
use crate::model::secret::Secret;
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// Computers that an account stays signed in on; the one that signed in first gives way.
pub(super) const MOST: usize = 10;

/// Seconds that a computer stays signed in.
const LIFETIME: u64 = 7 * 24 * 60 * 60;

/// Seconds by which a clock may have been set back since: who signed in later than that signed in under a wrong clock.
const SET_BACK: u64 = 300;

/// The longest cookie: a name, a full stop, 43 letters.
const LONGEST_COOKIE: usize = 32 + 1 + 43;

/// A computer that stays signed in.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Session {
    /// SHA-256 of the cookie's secret; it has 256 bits, so it needs no salt.
    digest: String,
    /// When it signed in, in seconds since 1970.
    since: u64,
}

impl Session {
    /// Whether it still counts.
    pub(super) fn is_alive(&self, now: u64) -> bool {
        now.saturating_sub(self.since) < LIFETIME && self.since <= now.saturating_add(SET_BACK)
    }

    fn fits(&self, digest: &str) -> bool {
        self.digest.as_bytes().ct_eq(digest.as_bytes()).into()
    }
}

/// The two halves of a cookie: whose it says to be, and the digest of its secret.
fn halves(cookie: &str) -> Option<(&str, String)> {
    let (account, secret) = cookie.rsplit_once('.')?;
    (cookie.len() <= LONGEST_COOKIE).then(|| (account, digest(secret)))
}

impl Accounts {
    /// Remembers a person who was just admitted: the value of a cookie that [`Accounts::recall`] knows for seven days.
    ///
    /// # Errors
    /// When the account is gone or has new credentials since then, or the folder cannot be written.
    pub fn remember(&self, who: &Person, now: u64) -> Result<Secret<String>> {
        let shelf = self.folder.lock()?;
        let record = self.record(&shelf, &who.account)?.filter(|record| record.id.as_ref() == Some(&who.id));
        let mut record = record.context("remember a person: the account is gone or has new credentials")?;
        let secret = chance::cookie()?;
        record.sessions.retain(|session| session.is_alive(now));
        let surplus = (record.sessions.len() + 1).saturating_sub(MOST);
        record.sessions.drain(..surplus);
        record.sessions.push(Session { digest: digest(&secret), since: now });
        self.keep(&shelf, &who.account, &record)?;
        Ok(Secret::new(format!("{}.{secret}", who.account)))
    }

    /// Who was remembered with this cookie, which is unchecked.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn recall(&self, cookie: &str, now: u64) -> Result<Option<Person>> {
        let Some((account, digest)) = halves(cookie) else { return Ok(None) };
        let subject = self.subject(&self.folder.open()?, account)?;
        let Some(who) = subject.account else { return Ok(None) };
        let known = subject.record.sessions.iter().any(|session| session.fits(&digest) && session.is_alive(now));
        let may = subject.record.passphrase.is_some() && self.has_factors(&subject.record);
        Ok((known && may).then(|| person(who, subject.record)))
    }

    /// Forgets a cookie, which is unchecked; one that is not known is no error.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn forget(&self, cookie: &str) -> Result<()> {
        let Some((account, digest)) = halves(cookie) else { return Ok(()) };
        let shelf = self.folder.lock()?;
        let mut subject = self.subject(&shelf, account)?;
        let Some(who) = subject.account else { return Ok(()) };
        let before = subject.record.sessions.len();
        subject.record.sessions.retain(|session| !session.fits(&digest));
        if subject.record.sessions.len() < before {
            self.keep(&shelf, &who, &subject.record)?;
        }
        Ok(())
    }
}

/// Who an account belongs to.
pub(super) fn person(account: LoginName, record: Record) -> Person {
    Person { account, name: record.name, id: record.id.unwrap_or_default() }
}
