//! Names → certificate: speaks ACME (RFC 8555) here, while the key is made on the host and never leaves it.

mod accounts;
mod chain;
mod client;
mod desk;
mod error;
pub mod reach;
mod request;
mod trust;

pub use desk::{Desk, Hsts, Terms};
pub use error::{Error, Kind};
pub use reach::Reach;

use crate::model::secret::Secret;
use crate::model::values::{Domain, Email};
use accounts::Accounts;
use anyhow::Result;
use client::{Challenge, Client, Order};
use std::fmt;
use std::time::Duration;
use trust::Trust;

/// What is ordered, and from whom.
#[derive(Debug, Clone)]
pub struct CertificateOrder {
    /// The names; the first one is the domain.
    pub names: Vec<Domain>,
    /// Address of the authority's directory.
    pub directory: String,
    /// PEM certificates that the directory's own TLS and the issued chain end at; the machine's roots otherwise.
    pub root_pem: Option<String>,
    /// Mail address that the authority learns.
    pub contact: Option<Email>,
    /// How long the authority may take to validate, and again to sign.
    pub patience: Duration,
}

/// The host's part of the work. Every method may be called again after a failure.
pub trait HostDesk {
    /// What [`HostDesk::keep_account`] kept.
    ///
    /// # Errors
    /// When the host cannot be asked.
    fn account(&mut self) -> Result<Option<Secret<String>>>;

    /// Keeps the accounts, readable for root alone.
    ///
    /// # Errors
    /// When they cannot be kept; no order is made then.
    fn keep_account(&mut self, json: &Secret<String>) -> Result<()>;

    /// Makes a new key, which stays on the host, and answers a request for the names in DER (PKCS #10).
    ///
    /// # Errors
    /// When the host cannot do it.
    fn request(&mut self, names: &[Domain]) -> Result<Vec<u8>>;

    /// Serves the answer at `http://NAME/.well-known/acme-challenge/TOKEN` of every name.
    ///
    /// # Errors
    /// When the host cannot do it.
    fn put_challenge(&mut self, token: &str, answer: &str) -> Result<()>;

    /// Fetches the challenge as the authority will, so that a mistake is found before the authority counts it.
    ///
    /// # Errors
    /// When nobody could look at all.
    fn check_challenge(&mut self, name: &Domain, token: &str, answer: &str) -> Result<Reach>;

    /// Serves the answer no longer; also after a failure.
    ///
    /// # Errors
    /// When the host cannot do it.
    fn drop_challenge(&mut self, token: &str) -> Result<()>;

    /// Puts the chain beside the key of the last [`HostDesk::request`] and the pair into use, in one step.
    ///
    /// # Errors
    /// When the pair does not fit together or cannot be put into use; the old pair stays in use.
    fn install(&mut self, chain_pem: &str) -> Result<()>;
}

/// How far the work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The directory answered.
    Reached(String),
    /// A new account was made and kept on the host.
    AccountMade,
    /// The host made a key and a request.
    KeyMade,
    /// The host serves the challenge for a name.
    ChallengeServed(Domain),
    /// The challenge could not be looked at from here, for this reason; the authority decides.
    ChallengeUnseen(Domain, String),
    /// The authority looks at the names.
    Validating,
    /// The authority has validated the names and signs.
    Signing,
    /// The chain is what was ordered, and the pair is in use.
    Installed,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reached(directory) => write!(f, "the authority at {directory} answers"),
            Self::AccountMade => f.write_str("a new account is kept on the host"),
            Self::KeyMade => f.write_str("the host made a new key"),
            Self::ChallengeServed(name) => write!(f, "the host serves the challenge for {name}"),
            Self::ChallengeUnseen(name, why) => write!(f, "the challenge for {name} cannot be seen from here: {why}"),
            Self::Validating => f.write_str("the authority looks at the names"),
            Self::Signing => f.write_str("the authority signs"),
            Self::Installed => f.write_str("the new certificate is in use"),
        }
    }
}

/// The certificate that is now in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// First second of validity, seconds since 1970.
    pub not_before: i64,
    /// Last second of validity, seconds since 1970.
    pub not_after: i64,
    /// Who signed it, as the certificate names them.
    pub issuer: String,
    /// Serial number in hexadecimal.
    pub serial: String,
}

/// Makes sure that the authority answers, before anything is changed anywhere.
///
/// # Errors
/// When it cannot be reached, its TLS is not trusted, or its directory is none.
pub fn find(order: &CertificateOrder) -> Result<(), Error> {
    let trust = Trust::new(order.root_pem.as_deref())?;
    Client::new(&order.directory, &trust)?.look()
}

/// Gets a certificate and puts it into use; blocks until it is done.
///
/// # Errors
/// The kind of failure, with the next step; the pair in use before stays in use.
pub fn issue(order: &CertificateOrder, desk: &mut dyn HostDesk, heard: &mut dyn FnMut(Step)) -> Result<Issued, Error> {
    let trust = Trust::new(order.root_pem.as_deref())?;
    let client = Client::new(&order.directory, &trust)?;
    let mut placed = place(order, &client, desk, heard)?;
    let der = desk.request(&order.names).map_err(Error::host)?;
    let request = request::read(&der, &order.names)?;
    heard(Step::KeyMade);
    prove(order, &mut placed, desk, heard)?;
    heard(Step::Signing);
    let pem = placed.sign(&request.der, order.patience)?;
    let chain = chain::check(&pem, &order.names, &request.public_key, &trust)?;
    desk.install(&chain.pem).map_err(Error::host)?;
    heard(Step::Installed);
    Ok(chain.issued)
}

/// Makes the order with the kept account, or with a new one where there is none or the authority has forgotten it.
fn place(
    order: &CertificateOrder,
    client: &Client,
    desk: &mut dyn HostDesk,
    heard: &mut dyn FnMut(Step),
) -> Result<Order, Error> {
    let mut accounts = Accounts::read(desk.account().map_err(Error::host)?.as_ref());
    if let Some(kept) = accounts.of(&order.directory) {
        let tried = client.restore(kept).and_then(|account| client.order(&account, &order.names));
        match tried {
            Err(Error { kind: Kind::AccountGone, .. }) => {}
            other => {
                heard(Step::Reached(order.directory.clone()));
                return other;
            }
        }
    }
    let (account, credentials) = client.create(order.contact.as_ref())?;
    heard(Step::Reached(order.directory.clone()));
    accounts.put(&order.directory, credentials);
    desk.keep_account(&accounts.write()).map_err(Error::host)?;
    heard(Step::AccountMade);
    client.order(&account, &order.names)
}

/// Shows the authority that the names are ours; nothing is served any more afterwards.
fn prove(
    order: &CertificateOrder,
    placed: &mut Order,
    desk: &mut dyn HostDesk,
    heard: &mut dyn FnMut(Step),
) -> Result<(), Error> {
    let challenges = placed.challenges()?;
    let proven = answer(order, placed, &challenges, &mut Hall { desk: &mut *desk, heard });
    for challenge in &challenges {
        let dropped = desk.drop_challenge(&challenge.token).map_err(Error::host);
        // What went wrong before is what people have to know.
        if proven.is_ok() {
            dropped?;
        }
    }
    proven
}

/// The host and the listener, which always go together.
struct Hall<'a> {
    desk: &'a mut dyn HostDesk,
    heard: &'a mut dyn FnMut(Step),
}

fn answer(
    order: &CertificateOrder,
    placed: &mut Order,
    challenges: &[Challenge],
    hall: &mut Hall<'_>,
) -> Result<(), Error> {
    for Challenge { name, token, answer } in challenges {
        hall.desk.put_challenge(token, answer).map_err(Error::host)?;
        let reach = hall.desk.check_challenge(name, token, answer).map_err(Error::host)?;
        (hall.heard)(match reach.verdict(name)? {
            None => Step::ChallengeServed(name.clone()),
            Some(why) => Step::ChallengeUnseen(name.clone(), why),
        });
    }
    (hall.heard)(Step::Validating);
    for challenge in challenges {
        placed.tell_ready(&challenge.token)?;
    }
    placed.await_validation(order.patience)
}
