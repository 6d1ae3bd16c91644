//! What the ACME crate is asked for; everything outside blocks.

mod challenge;
mod closing;
mod placed;
mod rekey;

pub(super) use challenge::Challenge;
pub(super) use closing::Revocation;
pub(super) use instant_acme::Account;
pub(super) use placed::Order;

use super::error::{Error, Kind};
use super::order::{Binding, Counter};
use super::refusal::{failed, kind};
use super::trust::Trust;
use super::wire::Wire;
use crate::model::renewal::Window;
use crate::model::secret::Secret;
use crate::model::values::Email;
use instant_acme::{
    AccountBuilder, AccountCredentials, CertificateIdentifier, Error as Failure, ExternalAccountKey, Key, NewAccount,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize as _;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// How often the crate itself signs a request when the authority rejects its nonce, and how often it is then asked to.
const SIGNED: u32 = 3;
const ASKED: u32 = 11;
/// How many nonces may be rejected before a request is given up.
pub(super) const NONCES: u32 = SIGNED * ASKED;

/// A connection to an authority.
pub(super) struct Client {
    runtime: Arc<Runtime>,
    wire: Wire,
    /// Whom it trusts, for what comes over it and for the chain.
    pub(super) trust: Trust,
}

impl Client {
    /// Prepares a connection; nothing is sent yet.
    pub(super) fn new(counter: Counter<'_>) -> Result<Self, Error> {
        let trust = Trust::new(counter.root_pem)?;
        let failed = |error: std::io::Error| Error::new(Kind::Unreachable, error.to_string());
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let wire = Wire::new(&trust, counter)?;
        Ok(Self { runtime: Arc::new(runtime), wire, trust })
    }

    /// Reads the directory (RFC 8555 §7.1.1), with a key that is thrown away, and does nothing else; answers what time it
    /// is there, where it says so.
    pub(super) fn look(&self) -> Result<Option<i64>, Error> {
        self.nobody()?;
        Ok(self.wire.heard().date)
    }

    /// An account that the authority does not know, for questions that need none.
    fn nobody(&self) -> Result<Account, Error> {
        self.block(async || {
            let (_, key) = Key::generate_pkcs8()?;
            self.builder().from_parts(String::new(), key, self.wire.directory().to_owned()).await
        })
    }

    /// Makes an account; its credentials are a secret. Choosing the authority means agreeing to its terms.
    pub(super) fn create(
        &self,
        contact: Option<&Email>,
        binding: Option<&Binding>,
    ) -> Result<(Account, Secret<Value>), Error> {
        let contact = contact.map(|email| format!("mailto:{email}"));
        let contacts: Vec<_> = contact.iter().map(String::as_str).collect();
        let wish = NewAccount { contact: &contacts, terms_of_service_agreed: true, only_return_existing: false };
        let bound = binding.map(|known| ExternalAccountKey::new(known.id.clone(), known.key.reveal()));
        let made =
            self.block(async || self.builder().create(&wish, self.wire.directory().to_owned(), bound.as_ref()).await);
        let (account, credentials) =
            made.map_err(|error| error.of_account(bound.is_some()).during("make an account"))?;
        Ok((account, written(&credentials)?))
    }

    /// Takes up an account again; one that cannot be read counts as gone.
    pub(super) fn restore(&self, kept: &Secret<Value>) -> Result<Account, Error> {
        let _readable = read(kept)?;
        let again = || AccountCredentials::deserialize(kept.reveal());
        self.block(async || self.builder().from_credentials(again()?).await)
    }

    /// Whether the authority has an account with this key (RFC 8555 §7.3.1); one that is closed is none.
    pub(super) fn knows(&self, kept: &Secret<Value>) -> Result<bool, Error> {
        let Ok(credentials) = read(kept) else { return Ok(false) };
        let found = self.block(async || {
            let der = credentials.private_key();
            let key = (Key::from_pkcs8_der(der.clone_key())?, PrivateKeyDer::Pkcs8(der.clone_key()));
            self.builder().from_key(key, self.wire.directory().to_owned()).await
        });
        match found.map_err(Error::of_closed_account) {
            Ok(_) => Ok(true),
            Err(Error { kind: Kind::AccountGone, .. }) => Ok(false),
            Err(error) => Err(error.during("ask whether the account is known")),
        }
    }

    /// When the authority would like this certificate to be renewed, and for how long that counts.
    pub(super) fn advice(&self, pem: &str) -> Result<Option<(Window, Duration)>, Error> {
        let Some(certificate) = identified(pem) else { return Ok(None) };
        let nobody = self.nobody()?;
        let told = self.block(async || match nobody.renewal_info(&certificate).await {
            Ok((info, again)) => Ok(Some((info.suggested_window, again))),
            Err(Failure::Unsupported(_)) => Ok(None),
            Err(failure) => Err(failure),
        });
        let told = told.map_err(|error| error.during("ask when the certificate should be renewed"))?;
        Ok(told.map(|(window, again)| {
            (Window { start: window.start.unix_timestamp(), end: window.end.unix_timestamp() }, again)
        }))
    }

    fn builder(&self) -> AccountBuilder {
        Account::builder_with_http(Box::new(self.wire.clone()))
    }

    fn block<T>(&self, ask: impl AsyncFnMut() -> Result<T, Failure>) -> Result<T, Error> {
        self.runtime.block_on(patiently(&self.wire, ask))
    }
}

/// How advice and orders name a certificate (RFC 9773 §4.1); one without a mark of its authority's key has no such name.
fn identified(pem: &str) -> Option<CertificateIdentifier<'static>> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    CertificateIdentifier::try_from(&der).ok().map(CertificateIdentifier::into_owned)
}

/// One that cannot be read counts as gone.
fn read(kept: &Secret<Value>) -> Result<AccountCredentials, Error> {
    let read = AccountCredentials::deserialize(kept.reveal());
    read.map_err(|_| Error::new(Kind::AccountGone, "the kept account cannot be read"))
}

fn written(credentials: &AccountCredentials) -> Result<Secret<Value>, Error> {
    let value = serde_json::to_value(credentials);
    value.map(Secret::new).map_err(|_| Error::new(Kind::Strange, "the account cannot be written down"))
}

/// Asks again while the authority rejects the nonce: it did nothing then (RFC 8555 §6.5), and it may do so at any time.
async fn patiently<T>(wire: &Wire, mut ask: impl AsyncFnMut() -> Result<T, Failure>) -> Result<T, Error> {
    let mut asked = 1;
    loop {
        match ask().await {
            Err(Failure::Api(problem)) if kind(&problem) == "badNonce" && asked < ASKED => asked += 1,
            other => return other.map_err(|failure| failed(failure, wire)),
        }
    }
}
