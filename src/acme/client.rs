//! What the ACME crate is asked for; everything outside blocks.

use super::Cause;
use super::error::{Error, Kind, told};
use super::order::{Binding, CertificateOrder, Proof};
use super::refusal::{failed, kind, refused};
use super::trust::Trust;
use super::wire::Wire;
use crate::model::renewal::Window;
use crate::model::secret::Secret;
use crate::model::standing::Method;
use crate::model::subject::SubjectName;
use crate::model::values::Email;
pub(super) use instant_acme::Account;
use instant_acme::{
    AccountBuilder, AccountCredentials, AuthorizationStatus, CertificateIdentifier, ChallengeType, Error as Failure,
    ExternalAccountKey, Identifier, Key, NewAccount, NewOrder, OrderStatus, RetryPolicy, RevocationReason,
    RevocationRequest,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Deserialize as _;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// How often a request is signed anew, beside the crate's own two times, when the authority rejects its nonce.
const NONCES: u32 = 10;
/// How often the authority is asked to close an account.
const CLOSINGS: u32 = 5;

/// A connection to an authority.
pub(super) struct Client {
    runtime: Arc<Runtime>,
    wire: Wire,
    directory: String,
}

/// A challenge that the authority wants answered.
pub(super) struct Challenge {
    pub(super) name: SubjectName,
    pub(super) token: String,
    pub(super) proof: Proof,
}

/// A certificate that shall not count any more.
pub(super) struct Revocation<'a> {
    pub(super) pem: &'a str,
    pub(super) cause: Cause,
}

/// An order that the authority took.
pub(super) struct Order {
    runtime: Arc<Runtime>,
    wire: Wire,
    inner: instant_acme::Order,
}

impl Client {
    /// Prepares a connection; nothing is sent yet.
    pub(super) fn new(order: &CertificateOrder, trust: &Trust) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::new(Kind::Unreachable, error.to_string());
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let wire = Wire::new(trust, order.side)?;
        Ok(Self { runtime: Arc::new(runtime), wire, directory: order.directory.clone() })
    }

    /// Reads the directory (RFC 8555 §7.1.1), with a key that is thrown away, and does nothing else; answers what time it
    /// is there, where it says so.
    pub(super) fn look(&self) -> Result<Option<i64>, Error> {
        self.nobody()?;
        Ok(self.wire.heard().date)
    }

    /// An account that the authority does not know, for questions that need none.
    fn nobody(&self) -> Result<Account, Error> {
        let answer = self.block(async || {
            let (_, key) = Key::generate_pkcs8()?;
            self.builder().from_parts(String::new(), key, self.directory.clone()).await
        });
        answer.map_err(|error| error.during("ask the authority"))
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
        let made = self.block(async || self.builder().create(&wish, self.directory.clone(), bound.as_ref()).await);
        let (account, credentials) =
            made.map_err(|error| error.of_account(bound.is_some()).during("make an account"))?;
        Ok((account, written(&credentials)?))
    }

    /// Takes up an account again; one that cannot be read counts as gone.
    pub(super) fn restore(&self, kept: Secret<Value>) -> Result<Account, Error> {
        let read = || AccountCredentials::deserialize(kept.reveal());
        let _readable = read().map_err(|_| Error::new(Kind::AccountGone, "the kept account cannot be read"))?;
        let restored = self.block(async || self.builder().from_credentials(read()?).await);
        restored.map_err(|error| error.during("ask the authority"))
    }

    /// Places the order.
    pub(super) fn order(&self, account: &Account, order: &CertificateOrder) -> Result<Order, Error> {
        let identifiers: Vec<_> = order.names.iter().map(identifier).collect();
        if let Some(profile) = &order.profile {
            offers(account, profile)?;
        }
        let replaces = order.replaces.as_deref().and_then(identified);
        let made = self.block(async || {
            let wish = || {
                let wish = NewOrder::new(&identifiers);
                order.profile.iter().fold(wish, |wish, profile| wish.profile(profile))
            };
            if let Some(former) = replaces.clone() {
                // The advice is worth less than the certificate: an authority that wants nothing of the sort, or not from
                // this account, gets none.
                match account.new_order(&wish().replaces(former)).await {
                    Err(Failure::Unsupported(_) | Failure::Other(_)) => {}
                    Err(Failure::Api(problem)) if !is_about_the_asker(&problem) => {}
                    other => return other,
                }
            }
            account.new_order(&wish()).await
        });
        let inner = made.map_err(|error| error.of_closed_account().during("order the certificate"))?;
        Ok(Order { runtime: Arc::clone(&self.runtime), wire: self.wire.clone(), inner })
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

    /// Revokes a certificate.
    pub(super) fn revoke(&self, account: &Account, revocation: &Revocation<'_>) -> Result<(), Error> {
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
    pub(super) fn deactivate(&self, account: &Account) -> Result<(), Error> {
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

    /// Gives an account another key; its new credentials are a secret.
    pub(super) fn change_key(&self, mut account: Account) -> Result<Secret<Value>, Error> {
        let changed = self.runtime.block_on(patiently(&self.wire, async || account.update_key().await));
        let credentials = changed.map_err(|error| error.during("change the account's key"))?;
        written(&credentials)
    }

    fn builder(&self) -> AccountBuilder {
        Account::builder_with_http(Box::new(self.wire.clone()))
    }

    fn block<T>(&self, ask: impl AsyncFnMut() -> Result<T, Failure>) -> Result<T, Error> {
        self.runtime.block_on(patiently(&self.wire, ask))
    }
}

impl Order {
    /// The challenges that are still to be answered; none where the authority remembers an earlier proof.
    pub(super) fn challenges(&mut self, wanted: &[SubjectName], method: Method) -> Result<Vec<Challenge>, Error> {
        let inner = &mut self.inner;
        let found = self.runtime.block_on(patiently(&self.wire, async || {
            let mut found = Vec::new();
            let mut authorizations = inner.authorizations();
            while let Some(authorization) = authorizations.next().await {
                let mut authorization = authorization?;
                if authorization.status != AuthorizationStatus::Pending {
                    continue;
                }
                let name = authorization.identifier().to_string();
                let Some(challenge) = authorization.challenge(method.challenge()) else {
                    return Err(Failure::Unsupported(method.wanted()));
                };
                let key = challenge.key_authorization();
                let answer = match method {
                    Method::Page => key.as_str().to_owned(),
                    Method::Record => key.dns_value(),
                };
                found.push((name, challenge.token.clone(), answer));
            }
            Ok(found)
        }));
        let found = found.map_err(|error| error.during("read the challenges"))?;
        let read = found.into_iter().map(|(name, token, answer)| named(&name, token, (method, answer)));
        let challenges: Vec<Challenge> = read.collect::<Result<_, _>>()?;
        // Nothing is shown, written or looked at for a name that nobody ordered.
        match challenges.iter().find(|challenge| !wanted.contains(&challenge.name)) {
            Some(other) => Err(Error::new(Kind::Strange, format!("the authority asks about {}", other.name))),
            None => Ok(challenges),
        }
    }

    /// Tells the authority that a challenge can be fetched.
    pub(super) fn tell_ready(&mut self, method: Method, token: &str) -> Result<(), Error> {
        let inner = &mut self.inner;
        let told = self.runtime.block_on(patiently(&self.wire, async || {
            let mut authorizations = inner.authorizations();
            while let Some(authorization) = authorizations.next().await {
                let mut authorization = authorization?;
                if let Some(mut challenge) = authorization.challenge(method.challenge())
                    && challenge.token == token
                {
                    return challenge.set_ready().await;
                }
            }
            Err(Failure::Str("the challenge is not part of the order any more"))
        }));
        told.map_err(|error| error.during("answer the challenge"))
    }

    /// Waits until the authority has looked at all names.
    pub(super) fn await_validation(&mut self, patience: Duration) -> Result<(), Error> {
        if matches!(self.inner.state().status, OrderStatus::Ready) {
            return Ok(());
        }
        let inner = &mut self.inner;
        let policy = policy(patience);
        let ready = self.runtime.block_on(patiently(&self.wire, async || inner.poll_ready(&policy).await));
        match ready {
            Ok(OrderStatus::Ready) => Ok(()),
            Ok(_) => Err(self.why_invalid()?.unwrap_or_else(|| Error::new(Kind::Rejected, "the order is invalid"))),
            Err(error) if error.kind == Kind::Late => Err(error.during("wait for the validation")),
            Err(error) => Err(self.why_invalid()?.unwrap_or(error)),
        }
    }

    /// Sends the request and waits for the chain (PEM).
    pub(super) fn sign(&mut self, request: &[u8], patience: Duration) -> Result<String, Error> {
        let inner = &mut self.inner;
        let policy = policy(patience);
        let mut taken = false;
        let signed = self.runtime.block_on(patiently(&self.wire, async || {
            if !taken {
                inner.finalize_csr(request).await?;
                taken = true;
            }
            inner.poll_certificate(&policy).await
        }));
        signed.map_err(|error| error.during("get the certificate"))
    }

    /// What the authority says about the first name that it could not validate.
    fn why_invalid(&mut self) -> Result<Option<Error>, Error> {
        let inner = &mut self.inner;
        let wire = &self.wire;
        self.runtime.block_on(patiently(wire, async || {
            let mut authorizations = inner.authorizations();
            while let Some(authorization) = authorizations.next().await {
                let mut authorization = authorization?;
                authorization.refresh().await?;
                let name = authorization.identifier().to_string();
                if let Some(problem) = authorization.challenges.iter().find_map(|challenge| challenge.error.as_ref()) {
                    return Ok(Some(refused(problem, wire).during(format!("validate {}", told(&name)))));
                }
            }
            Ok(None)
        }))
    }
}

impl Method {
    fn challenge(self) -> ChallengeType {
        match self {
            Self::Page => ChallengeType::Http01,
            Self::Record => ChallengeType::Dns01,
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Page => "a challenge of type http-01",
            Self::Record => "a challenge of type dns-01",
        }
    }
}

fn identifier(name: &SubjectName) -> Identifier {
    match name {
        SubjectName::Address(address) => Identifier::Ip(*address),
        named => Identifier::Dns(named.to_string()),
    }
}

/// How advice and orders name a certificate (RFC 9773 §4.1); one without a mark of its authority's key has no such name.
fn identified(pem: &str) -> Option<CertificateIdentifier<'static>> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    CertificateIdentifier::try_from(&der).ok().map(CertificateIdentifier::into_owned)
}

fn written(credentials: &AccountCredentials) -> Result<Secret<Value>, Error> {
    let value = serde_json::to_value(credentials);
    value.map(Secret::new).map_err(|_| Error::new(Kind::Strange, "the account cannot be written down"))
}

/// Whether the authority has this profile; the error lists those that it has.
fn offers(account: &Account, profile: &str) -> Result<(), Error> {
    let known: Vec<String> = account.profiles().map(|known| told(known.name)).collect();
    if known.iter().any(|name| name == profile) {
        return Ok(());
    }
    let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(Error::new(Kind::NoSuchProfile, format!("the authority has no profile {profile}; it has {list}")))
}

/// Whether a problem would come back whatever the order says.
fn is_about_the_asker(problem: &instant_acme::Problem) -> bool {
    matches!(kind(problem), "rateLimited" | "badNonce" | "accountDoesNotExist" | "serverInternal")
}

fn named(name: &str, token: String, (method, answer): (Method, String)) -> Result<Challenge, Error> {
    let strange = |what: &str| Error::new(Kind::Strange, format!("the authority names a {what} that cannot be one"));
    let name = SubjectName::parse(name).map_err(|_| strange("name"))?;
    // The token becomes a file's name on the host (RFC 8555 §8.3: base64url).
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if token.is_empty() || token.len() > 200 || !token.bytes().all(plain) {
        return Err(strange("challenge"));
    }
    let proof = match (method, name.domain()) {
        (Method::Page, _) => Proof::Page { token: token.clone(), answer },
        (Method::Record, Some(domain)) => Proof::Record { domain: domain.clone(), value: answer },
        (Method::Record, None) => return Err(strange("record of an address")),
    };
    Ok(Challenge { name, token, proof })
}

fn policy(patience: Duration) -> RetryPolicy {
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).backoff(1.5).timeout(patience)
}

/// Asks again while the authority rejects the nonce: it did nothing then (RFC 8555 §6.5), and it may do so at any time.
async fn patiently<T>(wire: &Wire, mut ask: impl AsyncFnMut() -> Result<T, Failure>) -> Result<T, Error> {
    let mut tries = 0;
    loop {
        match ask().await {
            Err(Failure::Api(problem)) if kind(&problem) == "badNonce" && tries < NONCES => tries += 1,
            other => return other.map_err(|failure| failed(failure, wire)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_must_be_a_name_and_a_plain_token() {
        let read = |name, token: &str, method| named(name, token.to_owned(), (method, String::new()));
        for name in ["a.example", "*.a.example"] {
            assert!(read(name, "aZ09-_", Method::Record).is_ok());
        }
        assert!(read("192.0.2.1", "x", Method::Page).is_ok());
        for (name, token) in [("a.example", "../x"), ("a.example", ""), ("*.*.example", "x"), ("a.example", "a b")] {
            assert_eq!(read(name, token, Method::Page).err().map(|e| e.kind), Some(Kind::Strange));
        }
        assert_eq!(read("192.0.2.1", "x", Method::Record).err().map(|e| e.kind), Some(Kind::Strange));
    }
}
