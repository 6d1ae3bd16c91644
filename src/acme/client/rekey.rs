//! Another key for an account, in two steps: it is made, and only when somebody has written it down the authority is asked.

use super::{Client, read, written};
use crate::acme::error::{Error, Kind};
use crate::acme::refusal::{failed, kind};
use crate::acme::wire::{Answer, Wire};
use crate::model::secret::Secret;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use instant_acme::{Account, BodyWrapper, BytesResponse, Error as Failure, HttpClient, Problem};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// A new key and the question for it, which is signed with both and not sent yet.
pub(in crate::acme) struct KeyChange {
    /// The account with the new key.
    pub(in crate::acme) credentials: Secret<Value>,
    question: Question,
}

type Question = Request<BodyWrapper<Bytes>>;

impl Client {
    /// Makes another key for an account; the authority does not learn of it yet.
    pub(in crate::acme) fn new_key(&self, kept: &Secret<Value>) -> Result<KeyChange, Error> {
        let kept = read(kept)?;
        let withheld = Withheld { wire: self.wire.clone(), question: Arc::default() };
        let made = self.runtime.block_on(async {
            let mut account = Account::builder_with_http(Box::new(withheld.clone())).from_credentials(kept).await?;
            account.update_key().await
        });
        let made = made.map_err(|failure| failed(failure, &self.wire).during("change the account's key"))?;
        let question = withheld.question.lock().ok().and_then(|mut held| held.take());
        let question = question.ok_or_else(|| Error::new(Kind::Strange, "the account's key cannot be changed"))?;
        Ok(KeyChange { credentials: written(&made)?, question })
    }

    /// Asks the authority to let the new key count; false where it did nothing but reject the nonce (RFC 8555 §6.5).
    pub(in crate::acme) fn take_key(&self, change: KeyChange) -> Result<bool, Error> {
        let taken = self.runtime.block_on(async {
            let mut answer = self.wire.request(change.question).await?;
            let body = answer.body.into_bytes().await.map_err(Failure::Other)?;
            if answer.parts.status.is_success() {
                return Ok(true);
            }
            let problem: Problem = serde_json::from_slice(&body)?;
            if kind(&problem) == "badNonce" { Ok(false) } else { Err(Failure::Api(problem)) }
        });
        taken.map_err(|failure| failed(failure, &self.wire).of_closed_account().during("change the account's key"))
    }
}

/// Holds back what would change something at the authority, and says that it was done: the crate makes the new key itself
/// and gives it out only afterwards, too late for who has to keep it first.
#[derive(Clone)]
struct Withheld {
    wire: Wire,
    question: Arc<Mutex<Option<Question>>>,
}

impl HttpClient for Withheld {
    fn request(&self, question: Question) -> Answer {
        if question.method() != Method::POST {
            return self.wire.request(question);
        }
        if let Ok(mut held) = self.question.lock() {
            *held = Some(question);
        }
        Box::pin(async { Ok(BytesResponse::from(Response::new(Full::new(Bytes::new())))) })
    }
}
