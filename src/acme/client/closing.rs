//! What is asked about certificates and accounts that shall not count any more.

use super::Client;
use crate::acme::Cause;
use crate::acme::error::{Error, Kind};
use crate::acme::refusal::kind;
use instant_acme::{Account, Error as Failure, RevocationReason, RevocationRequest};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// How often the authority is asked to close an account.
const CLOSINGS: u32 = 5;

/// A certificate that shall not count any more.
pub(in crate::acme) struct Revocation<'a> {
    pub(in crate::acme) pem: &'a str,
    pub(in crate::acme) cause: Cause,
}

impl Client {
    /// Revokes a certificate.
    pub(in crate::acme) fn revoke(&self, account: &Account, revocation: &Revocation<'_>) -> Result<(), Error> {
        let strange = |_| Error::new(Kind::Strange, "the certificate to revoke cannot be read");
        let certificate = CertificateDer::from_pem_slice(revocation.pem.as_bytes()).map_err(strange)?;
        let reason = match revocation.cause {
            Cause::KeyCompromised => RevocationReason::KeyCompromise,
            Cause::Superseded => RevocationReason::Superseded,
            Cause::Ceased => RevocationReason::CessationOfOperation,
        };
        let wish = RevocationRequest { certificate: &certificate, reason: Some(reason) };
        let done = self.block(async || match account.revoke(&wish).await {
            Err(Failure::Api(problem)) if kind(&problem) == "alreadyRevoked" => Ok(()),
            other => other,
        });
        done.map_err(|error| error.of_closed_account().during("revoke the certificate"))
    }

    /// Closes an account for good. The crate does not look at the answer, so a second question does.
    pub(in crate::acme) fn deactivate(&self, account: &Account) -> Result<(), Error> {
        for _ in 0..CLOSINGS {
            self.block(async || account.clone().deactivate().await)
                .map_err(|error| error.during("close the account"))?;
            let closed = self.block(async || match account.update_contacts(&[]).await {
                Ok(()) => Ok(false),
                Err(Failure::Api(problem)) if kind(&problem) == "unauthorized" => Ok(true),
                Err(failure) => Err(failure),
            });
            if closed.map_err(|error| error.during("see whether the account is closed"))? {
                return Ok(());
            }
        }
        Err(Error::new(Kind::Rejected, "the authority does not close the account"))
    }
}
