//! The judgement of a log-in. Every attempt that is looked at does the same, whoever it names: count the attempt on the
//! disk, hash once, look again, answer.

use super::record::{self, Record};
use super::sessions::person;
use super::{Accounts, Attempt, Verdict, code, passphrase};
use crate::model::deployment::SecondFactor;
use crate::model::names::LoginName;
use anyhow::Result;
use std::io::Write as _;
use std::sync::atomic::Ordering;

/// The file that is read and written in the place of an account that is not there.
const NOBODYS_FILE: &str = ".nobody";

/// Bytes of a name that are looked at; no account has one as long.
const LONGEST_NAME: usize = 200;

/// Whom an attempt names, as the disk knows them.
pub(super) struct Subject {
    /// The account; nothing for a stranger.
    pub(super) account: Option<LoginName>,
    /// Its record, or nobody's.
    pub(super) record: Record,
    /// Why the account's file cannot be used, where that makes a stranger of it.
    damage: Option<anyhow::Error>,
}

impl Accounts {
    /// Judges an attempt at `now`, in seconds since 1970.
    ///
    /// It takes as long, does as much and answers the same whether the account exists or not. Each call takes the
    /// memory of one hash ([`Cost`](super::Cost)): the caller bounds how many run at once.
    ///
    /// # Errors
    /// When the folder cannot be read or written; nobody is admitted then.
    pub fn admit(&self, attempt: &Attempt<'_>, now: u64) -> Result<Verdict> {
        let name = normal(attempt.account);
        let booked = match self.book(&name, now)? {
            Booked::Rests(seconds) => return Ok(Verdict::Wait { seconds }),
            Booked::Judge(subject) => subject,
        };
        let fits = self.fits(attempt.passphrase, &booked);
        let Some((account, record)) = self.settle(&name, attempt.code, (&booked, fits), now)? else {
            return Ok(Verdict::Refused);
        };
        Ok(Verdict::Admitted(person(account, record)))
    }

    /// Counts the attempt as a wrong one before it is looked at: however many come at once, no more are looked at.
    fn book(&self, name: &str, now: u64) -> Result<Booked> {
        let shelf = self.folder.lock()?;
        let mut subject = self.subject(&shelf, name)?;
        let mut failures = match subject.account {
            Some(_) => subject.record.failures,
            None => self.strangers.failures(name),
        };
        let healed = failures.heal(now);
        let wait = failures.wait(now);
        if wait.is_none() {
            failures.book(now);
        }
        if wait.is_none() || healed {
            subject.record.failures = failures;
            if subject.account.is_none() {
                self.strangers.keep(name, failures);
            }
            shelf.write(&subject.file(), &subject.record.bytes()?)?;
        }
        if let Some(error) = subject.damage.as_ref().filter(|_| wait.is_none() && failures.is_first()) {
            tell(error);
        }
        Ok(wait.map_or_else(|| Booked::Judge(Box::new(subject)), Booked::Rests))
    }

    /// Hashes once, whoever it is.
    fn fits(&self, typed: &str, subject: &Subject) -> bool {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let kept = subject.record.passphrase.as_deref().unwrap_or(&self.nobodys_hash);
        let fits = passphrase::fits(typed, subject.record.maker(), kept);
        fits && subject.account.is_some() && subject.record.passphrase.is_some()
    }

    /// Looks at the second factor, and writes down a log-in. What happened to the account while the passphrase was
    /// hashed counts: the same code in another request, a new passphrase, a removal.
    fn settle(
        &self,
        name: &str,
        typed: &str,
        (booked, fits): (&Subject, bool),
        now: u64,
    ) -> Result<Option<(LoginName, Record)>> {
        let shelf = self.folder.lock()?;
        let Subject { account, mut record, .. } = self.subject(&shelf, name)?;
        let same = record.passphrase == booked.record.passphrase;
        let spent = code::spend(typed, &mut record, now);
        let second = if record.app_key.is_some() { spent } else { self.has_factors(&record) };
        let Some(account) = account.filter(|_| fits && same && second) else { return Ok(None) };
        record.failures = super::patience::Failures::default();
        record.last_login_day = u32::try_from(now / 86_400).ok();
        self.keep(&shelf, &account, &record)?;
        Ok(Some((account, record)))
    }

    /// Whether the account has what this instance asks for.
    pub(super) fn has_factors(&self, record: &Record) -> bool {
        match self.second_factor {
            SecondFactor::Required => record.app_key.is_some(),
            SecondFactor::Optional => true,
        }
    }

    /// Whom a name means; a damaged file belongs to a stranger.
    pub(super) fn subject(&self, shelf: &super::folder::Shelf, name: &str) -> Result<Subject> {
        let mut damage = None;
        if let Ok(account) = LoginName::new(name) {
            match self.record(shelf, &account) {
                Ok(Some(record)) => return Ok(Subject { account: Some(account), record, damage }),
                Ok(None) => {}
                Err(error) => damage = Some(error),
            }
        }
        // As much is read and parsed as for an account; what it says does not matter.
        let bytes = shelf.read(NOBODYS_FILE, record::LONGEST)?.unwrap_or_default();
        let _ = Record::read(&bytes);
        Ok(Subject { account: None, record: self.nobody.clone(), damage })
    }
}

enum Booked {
    Rests(u64),
    Judge(Box<Subject>),
}

impl Subject {
    fn file(&self) -> String {
        self.account.as_ref().map_or_else(|| NOBODYS_FILE.to_owned(), super::file)
    }
}

/// Names are typed with capitals and spaces around them.
fn normal(typed: &str) -> String {
    let end = (0..=typed.len().min(LONGEST_NAME)).rev().find(|at| typed.is_char_boundary(*at)).unwrap_or(0);
    typed[..end].trim().to_ascii_lowercase()
}

/// Tells the journal of the service that a file is damaged; nobody is named, and the error shows nothing of it. `users list`
/// says which one.
fn tell(error: &anyhow::Error) {
    // Nothing is left to do when even standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "the file of an account is damaged: {error:#}");
}
