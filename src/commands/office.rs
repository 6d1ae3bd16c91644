//! What is asked of an authority about certificates that exist already, with the account that the host keeps there.

use crate::acme::{self, Cause, CertificateOrder, Desk, Error, Mode, Side, Terms};
use crate::model::revocation::Revocable;
use crate::model::standing::Method;
use crate::model::tls::Authority;
use crate::model::values::Domain;
use crate::remote::Remote;
use anyhow::Result;
use std::time::Duration;

/// An authority and a host that has an account there; the host's lock is ours meanwhile.
pub(super) struct Office<'a> {
    /// The host.
    pub(super) remote: &'a mut dyn Remote,
    /// The script that comes before each step under the lock.
    pub(super) step: &'a str,
    /// Where the certificates are from.
    pub(super) authority: &'a Authority,
    /// The instance.
    pub(super) domain: &'a Domain,
}

impl Office<'_> {
    /// Revokes a certificate.
    ///
    /// # Errors
    /// As [`acme::revoke`].
    pub(super) fn revoke(&mut self, held: &Revocable, cause: Cause) -> Result<()> {
        self.ask(|order, desk| acme::revoke(order, desk, &held.pem, cause))
    }

    /// Gives the host's account another key.
    ///
    /// # Errors
    /// As [`acme::change_account_key`].
    pub(super) fn change_account_key(&mut self) -> Result<()> {
        self.ask(|order, desk| acme::change_account_key(order, desk))
    }

    /// Closes the host's account for good.
    ///
    /// # Errors
    /// As [`acme::deactivate_account`].
    pub(super) fn close_account(&mut self) -> Result<()> {
        self.ask(|order, desk| acme::deactivate_account(order, desk))
    }

    fn ask(&mut self, what: impl FnOnce(&CertificateOrder, &mut Desk<'_>) -> Result<(), Error>) -> Result<()> {
        let order = self.order();
        let terms = Terms {
            domain: self.domain,
            authority: &order.directory,
            // No pair is made.
            mode: Mode::Rehearsal,
            side: Side::Operator,
            step: self.step,
        };
        let mut desk = Desk::new(&mut *self.remote, terms)?;
        Ok(what(&order, &mut desk)?)
    }

    /// Nothing is ordered, and no account is made: neither names nor a binding are needed.
    fn order(&self) -> CertificateOrder {
        CertificateOrder {
            names: Vec::new(),
            directory: self.authority.directory().to_owned(),
            root_pem: self.authority.roots().map(str::to_owned),
            contact: None,
            profile: None,
            method: Method::Page,
            binding: None,
            replaces: None,
            side: Side::Operator,
            patience: Duration::from_secs(60),
        }
    }
}
