//! Tells the operator how it stands with the certificate, by every way that the standing order names.

mod line;
mod mail;
mod message;
mod talk;
mod webhook;
mod words;

use super::alert::{self, Event};
use super::disk;
use crate::acme::{Side, names};
use crate::model::advice::Advice;
use crate::model::ledger::Ledger;
use crate::model::names::HostPath;
use crate::model::secret::Secret;
use crate::model::standing::StandingOrder;
use crate::model::values::Domain;
use anyhow::{Context as _, Result, anyhow};
use line::Place;
use mail::Parcel;
use message::Message;
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

/// How long one way may take.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The most bytes of a file with a secret.
const LONGEST_SECRET: u64 = 4096;

/// What telling needs of the world.
pub struct Means<'a> {
    /// The clock, seconds since 1970.
    pub now: i64,
    /// Finds the addresses of a host.
    pub resolve: &'a dyn Fn(&Domain) -> Result<Vec<IpAddr>>,
    /// How long one way may take; [`PATIENCE`] as a rule.
    pub patience: Duration,
}

impl Means<'_> {
    /// Those of a host, which finds addresses by `getent`.
    pub fn of_host(now: i64) -> Self {
        let resolve: &dyn Fn(&Domain) -> Result<Vec<IpAddr>> = &|host| Ok(names::addresses(host.as_str(), Side::Host)?);
        Self { now, resolve, patience: PATIENCE }
    }
}

/// A way to the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A service that takes a message over HTTPS.
    Webhook,
    /// A mailbox.
    Mail,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        })
    }
}

/// What came of one way.
#[derive(Debug)]
pub struct Sent {
    /// The way.
    pub way: Way,
    /// What was told by it.
    pub event: Event,
    /// Why it did not arrive, with an [`Advice`] in it where there is one.
    pub done: Result<()>,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { way, event, done } = self;
        match done {
            Ok(()) => write!(f, "the operator was told by {way}: {}", event.word()),
            Err(error) => {
                write!(f, "the operator could not be told by {way}: {error:#}")?;
                error.downcast_ref().map_or(Ok(()), |advice: &Advice| write!(f, "; {}", advice.help))
            }
        }
    }
}

/// Tells the operator what the ledger says is due, if anything is, and notes it there. A message that arrived by one way
/// counts as told; one that arrived by none is due again at the next look. Nothing of this can stop a renewal.
pub fn tell(standing: &StandingOrder, ledger: &mut Ledger, means: &Means<'_>) -> Vec<Sent> {
    let Some(event) = alert::due(ledger, means.now).filter(|_| !standing.alerts.is_empty()) else { return Vec::new() };
    let sent = send(standing, (event, ledger), means);
    if sent.iter().any(|sent| sent.done.is_ok()) {
        alert::note(ledger, event, means.now);
    }
    sent
}

/// Sends a message that says it is a test, by every way.
///
/// # Errors
/// When it does not arrive by one of them.
pub fn try_out(standing: &StandingOrder, ledger: &Ledger, means: &Means<'_>) -> Result<()> {
    for sent in send(standing, (Event::Test, ledger), means) {
        let way = sent.way;
        sent.done.with_context(|| format!("send a test message by {way}"))?;
    }
    Ok(())
}

fn send(standing: &StandingOrder, (event, ledger): (Event, &Ledger), means: &Means<'_>) -> Vec<Sent> {
    let failure = ledger.failing.as_ref().filter(|_| event == Event::Failing);
    let began = match event {
        Event::Failing => failure.map(|failure| failure.since),
        Event::Well => ledger.told.map(|told| told.since),
        Event::RunningOut | Event::Test => None,
    };
    let message = Message {
        // Two mails with one name are better than none.
        id: fresh_id().unwrap_or_else(|_| means.now.to_string()),
        event,
        instance: standing.domain.clone(),
        language: standing.alerts.language,
        now: means.now,
        until: ledger.certificate.as_ref().map(|held| held.not_after),
        since: began,
        advice: failure.map(|failure| Advice::new(&failure.why, &failure.help)),
    };
    let webhook = standing.alerts.webhook.as_ref().map(|_| Way::Webhook);
    let mail = standing.alerts.mail.as_ref().map(|_| Way::Mail);
    let ways = webhook.into_iter().chain(mail);
    ways.map(|way| Sent { way, event, done: by(way, standing, &message, means) }).collect()
}

fn by(way: Way, standing: &StandingOrder, message: &Message, means: &Means<'_>) -> Result<()> {
    let with = || Ok::<_, anyhow::Error>((line::trust(standing.roots.as_deref())?, means.patience));
    let alerts = &standing.alerts;
    match (way, &alerts.webhook, &alerts.mail) {
        (Way::Webhook, Some(path), _) => {
            let address = webhook::address(secret(path)?.reveal())?;
            let place = place(address.host(), address.port(), means)?;
            line::within(means.patience, webhook::post(&address, message, place, with()?))
        }
        (Way::Mail, _, Some(route)) => {
            let password = route.login.as_ref().map(|login| secret(&login.password)).transpose()?;
            let place = place(&route.server.host, route.server.port, means)?;
            let parcel = Parcel { route, password, message };
            line::within(means.patience, mail::send(&parcel, place, with()?))
        }
        _ => Err(anyhow!("the standing order names no {way}")),
    }
}

fn place<'a>(host: &'a Domain, port: u16, means: &Means<'_>) -> Result<Place<'a>> {
    let addresses = (means.resolve)(host).with_context(|| format!("find {host}"))?;
    Ok(Place { host, addresses, port })
}

/// Reads a file with a secret, of which nothing stands in an error.
fn secret(path: &HostPath) -> Result<Secret<String>> {
    let refuse = |why: String| Advice::new(why, "run `vc4all-deploy up`");
    let read = disk::read(Path::new(path.as_str()), LONGEST_SECRET).map_err(|error| refuse(format!("{error:#}")))?;
    let bytes = read.ok_or_else(|| refuse(format!("read {path}: it is not there")))?;
    Ok(Secret::new(String::from_utf8(bytes).map_err(|_| refuse(format!("read {path}: it is no text")))?))
}

fn fresh_id() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("random bytes")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
