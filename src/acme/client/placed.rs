//! An order that the authority took: its challenges, their validation, and the chain.

use super::challenge::{Challenge, named};
use super::{Client, identified, patiently};
use crate::acme::error::{Error, Kind, told};
use crate::acme::order::CertificateOrder;
use crate::acme::refusal::{kind, refused};
use crate::acme::wire::Wire;
use crate::model::subject::SubjectName;
use crate::model::tls::Method;
use instant_acme::{Account, AuthorizationStatus, Error as Failure, Identifier, NewOrder, OrderStatus, RetryPolicy};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// An order that the authority took.
pub(in crate::acme) struct Order {
    runtime: Arc<Runtime>,
    wire: Wire,
    inner: instant_acme::Order,
}

impl Client {
    /// Places the order.
    pub(in crate::acme) fn order(&self, account: &Account, order: &CertificateOrder) -> Result<Order, Error> {
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
        let inner = made.map_err(|error| error.of_orderer().during("order the certificate"))?;
        Ok(Order { runtime: Arc::clone(&self.runtime), wire: self.wire.clone(), inner })
    }
}

impl Order {
    /// The challenges that are still to be answered; none where the authority remembers an earlier proof.
    pub(in crate::acme) fn challenges(
        &mut self,
        wanted: &[SubjectName],
        method: Method,
    ) -> Result<Vec<Challenge>, Error> {
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
    pub(in crate::acme) fn tell_ready(&mut self, method: Method, token: &str) -> Result<(), Error> {
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
    pub(in crate::acme) fn await_validation(&mut self, patience: Duration) -> Result<(), Error> {
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
    pub(in crate::acme) fn sign(&mut self, request: &[u8], patience: Duration) -> Result<String, Error> {
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

fn identifier(name: &SubjectName) -> Identifier {
    match name {
        SubjectName::Address(address) => Identifier::Ip(*address),
        named => Identifier::Dns(named.to_string()),
    }
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

fn policy(patience: Duration) -> RetryPolicy {
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).backoff(1.5).timeout(patience)
}
