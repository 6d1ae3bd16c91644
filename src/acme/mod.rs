//! Names → certificate: speaks ACME (RFC 8555) here, while the key is made on the host and never leaves it.

mod accounts;
mod chain;
mod client;
mod closing;
mod desk;
mod error;
mod holdings;
pub mod names;
mod order;
pub mod reach;
mod records;
mod refusal;
mod rekey;
mod request;
mod safe;
mod step;
mod trust;
mod wire;

pub use accounts::has_account;
pub use closing::{Cause, deactivate_account, revoke};
pub use desk::{Desk, Hsts, Mode, Terms};
pub use error::{Error, Kind};
pub use holdings::{Laid, disown, forget, holdings, lay_aside, note_rest};
pub use order::{Binding, CertificateOrder, Counter, Proof, Side};
pub use reach::Reach;
pub use records::Watch;
pub use rekey::change_account_key;
pub use safe::{Keeper, Safe};
pub use step::Step;

use crate::model::renewal::Window;
use crate::model::secret::Secret;
use crate::model::subject::SubjectName;
use anyhow::Result;
use client::{Challenge, Client, Order};
use serde_json::Value;
use std::time::Duration;

/// The host's part of the work. Every method may be called again after a failure.
pub trait HostDesk: Keeper {
    /// Makes a new key, which stays on the host, and answers a request for the names in DER (PKCS #10).
    ///
    /// # Errors
    /// When the host cannot do it.
    fn request(&mut self, names: &[SubjectName]) -> Result<Vec<u8>>;

    /// Shows the proof: a page of every name, or a record.
    ///
    /// # Errors
    /// When the host cannot do it.
    fn show(&mut self, proof: &Proof) -> Result<()>;

    /// Looks at the proof as the authority will, so that a mistake is found before the authority counts it.
    ///
    /// # Errors
    /// When nobody could look at all.
    fn look(&mut self, name: &SubjectName, proof: &Proof) -> Result<Reach>;

    /// Shows the proof no longer; also after a failure.
    ///
    /// # Errors
    /// When the host cannot do it.
    fn hide(&mut self, proof: &Proof) -> Result<()>;

    /// Puts the chain beside the key of the last [`HostDesk::request`] and the pair into use, in one step.
    ///
    /// # Errors
    /// When the pair does not fit together or cannot be put into use; the old pair stays in use.
    fn install(&mut self, chain_pem: &str) -> Result<()>;
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
    clock(order).map(drop)
}

/// What time it is at the authority, seconds since 1970; nothing where it does not say so.
///
/// # Errors
/// As [`find`].
pub fn clock(order: &CertificateOrder) -> Result<Option<i64>, Error> {
    Client::new(order.counter())?.look()
}

/// When the authority would like this certificate (PEM) to be renewed, and for how long that answer counts; nothing where
/// it gives no such advice (RFC 9773).
///
/// # Errors
/// When it cannot be reached, or its answer makes no sense.
pub fn advice(order: &CertificateOrder, pem: &str) -> Result<Option<(Window, Duration)>, Error> {
    Client::new(order.counter())?.advice(pem)
}

/// Gets a certificate and puts it into use; blocks until it is done.
///
/// # Errors
/// The kind of failure, with the next step; the pair in use before stays in use.
pub fn issue(order: &CertificateOrder, desk: &mut dyn HostDesk, heard: &mut dyn FnMut(Step)) -> Result<Issued, Error> {
    let client = Client::new(order.counter())?;
    let mut placed = place(order, &client, desk, heard)?;
    let der = desk.request(&order.names).map_err(Error::host)?;
    let request = request::read(&der, &order.names)?;
    heard(Step::KeyMade);
    prove(order, &mut placed, desk, heard)?;
    heard(Step::Signing);
    let pem = placed.sign(&request.der, order.patience)?;
    let chain = chain::check(&pem, &order.names, &request.public_key, &client.trust)?;
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
    let mut accounts = rekey::settled(order.counter(), client, desk)?;
    if let Some(kept) = accounts.of(&order.directory) {
        let tried = client.restore(&kept).and_then(|account| client.order(&account, order));
        match tried {
            Err(error) if is_gone(client, &kept, &error) => {}
            other => {
                heard(Step::Reached(order.directory.clone()));
                return other;
            }
        }
    }
    let (account, credentials) = client.create(order.contact.as_ref(), order.binding.as_ref())?;
    heard(Step::Reached(order.directory.clone()));
    accounts.put(&order.directory, &credentials);
    desk.keep_account(&accounts.write()).map_err(Error::host)?;
    heard(Step::AccountMade);
    client.order(&account, order)
}

/// Whether this failure of a kept account means that there is no such account. With an old key out of a backup the authority may
/// only say that the question is wrong, and of a closed account what it also says of one that may not do this; so it is asked.
fn is_gone(client: &Client, kept: &Secret<Value>, error: &Error) -> bool {
    match error.kind {
        Kind::AccountGone => true,
        Kind::Rejected => client.knows(kept).is_ok_and(|known| !known),
        _ => false,
    }
}

/// Shows the authority that the names are ours; nothing is served any more afterwards.
fn prove(
    order: &CertificateOrder,
    placed: &mut Order,
    desk: &mut dyn HostDesk,
    heard: &mut dyn FnMut(Step),
) -> Result<(), Error> {
    let challenges = placed.challenges(&order.names, order.method)?;
    let proven = answer(order, placed, &challenges, &mut Hall { desk: &mut *desk, heard });
    for challenge in &challenges {
        let hidden = desk.hide(&challenge.proof).map_err(Error::host);
        // What went wrong before is what people have to know.
        match (hidden, &challenge.proof) {
            (Err(error), Proof::Record { .. }) => heard(Step::RecordLeft(challenge.name.clone(), error.cause)),
            (Err(error), Proof::Page { .. }) if proven.is_ok() => return Err(error),
            _ => {}
        }
    }
    proven.map_err(|error| error.of(order.method))
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
    // All at once: a domain and what is below it are proven by two records of one name.
    for challenge in challenges {
        hall.desk.show(&challenge.proof).map_err(Error::host)?;
    }
    for Challenge { name, proof, .. } in challenges {
        let reach = hall.desk.look(name, proof).map_err(Error::host)?;
        (hall.heard)(match reach.verdict(name)? {
            None => Step::ProofShown(name.clone()),
            Some(why) => Step::ProofUnseen(name.clone(), why),
        });
    }
    (hall.heard)(Step::Validating);
    for challenge in challenges {
        placed.tell_ready(order.method, &challenge.token)?;
    }
    placed.await_validation(order.patience)
}
