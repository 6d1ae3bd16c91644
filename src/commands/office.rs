//! What is asked of an authority about certificates that exist already, with the account that the host keeps there.

use crate::acme::{self, Cause, Counter, Error, Kind, Safe, Side};
use crate::model::revocation::Revocable;
use crate::model::tls::Authority;
use crate::remote::Remote;
use anyhow::Result;

/// An authority and a host that has an account there; the host's lock is ours meanwhile.
pub(super) struct Office<'a> {
    /// The host.
    pub(super) remote: &'a mut dyn Remote,
    /// The script that comes before each step under the lock.
    pub(super) step: &'a str,
    /// Where the certificates are from.
    pub(super) authority: &'a Authority,
}

impl Office<'_> {
    /// Revokes a certificate.
    ///
    /// # Errors
    /// As [`acme::revoke`].
    pub(super) fn revoke(&mut self, held: &Revocable, cause: Cause) -> Result<()> {
        self.ask(|counter, safe| acme::revoke(counter, safe, &held.pem, cause))
    }

    /// Gives the host's account another key.
    ///
    /// # Errors
    /// As [`acme::change_account_key`].
    pub(super) fn change_account_key(&mut self) -> Result<()> {
        self.ask(|counter, safe| acme::change_account_key(counter, safe))
    }

    /// Closes the host's account for good; one that nobody knows any more is closed.
    ///
    /// # Errors
    /// As [`acme::deactivate_account`].
    pub(super) fn close_account(&mut self) -> Result<()> {
        match self.ask(|counter, safe| acme::deactivate_account(counter, safe)) {
            Err(why) if is_gone(&why) => Ok(()),
            done => done,
        }
    }

    fn ask(&mut self, what: impl FnOnce(Counter<'_>, &mut Safe<'_>) -> Result<(), Error>) -> Result<()> {
        let (directory, root_pem) = (self.authority.directory(), self.authority.roots());
        let counter = Counter { directory, root_pem, side: Side::Operator };
        Ok(what(counter, &mut Safe { remote: &mut *self.remote, step: self.step })?)
    }
}

/// Whether there is no account any more at the authority, or none on the host.
pub(super) fn is_gone(why: &anyhow::Error) -> bool {
    why.downcast_ref::<Error>().is_some_and(|error| error.kind == Kind::AccountGone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_account_that_nobody_knows_is_gone() {
        let why = |kind| anyhow::Error::from(Error { kind, cause: "no".to_owned() });
        assert!(is_gone(&why(Kind::AccountGone)));
        assert!(!is_gone(&why(Kind::Unreachable)) && !is_gone(&anyhow::anyhow!("the disk is full")));
    }
}
