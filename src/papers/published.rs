//! What an instance tells everybody about itself at `/.well-known/vc4all.json`, and what a directory of instances shows.

use crate::model::deployment::{Deployment, Guests, Language, MeetingHosts, OperatorKind, PeerToPeer, SecondFactor};
use serde::Serialize;
use std::collections::BTreeMap;

/// The path below the domain at which an instance serves its facts (a well-known URI as RFC 8615 §3 wants it).
pub const PATH: &str = "/.well-known/vc4all.json";

/// The form of the document; it changes when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// Facts of an instance that are no secret and tell of no person: a postal address is left to the statement.
#[derive(Debug, Serialize)]
pub struct Published<'a> {
    /// Always `vc4all-instance`.
    format: &'static str,
    /// Counts up when a field changes its meaning or goes; new fields may come at any time.
    version: u32,
    /// What the instance is called: the name of its operator.
    pub name: &'a str,
    /// The domain.
    pub domain: &'a str,
    /// The address of the landing page.
    pub address: String,
    /// The controller.
    pub operator: Operator<'a>,
    /// Where to write to.
    pub contact: Contact<'a>,
    /// The hosting company; nothing where the operator's own machine serves.
    pub provider: Option<Party<'a>>,
    /// The addresses of the privacy statement by language.
    pub statement: BTreeMap<&'static str, String>,
    /// The languages of the pages; the first one is the usual one.
    pub languages: &'a [Language],
    /// Who gets into a room.
    pub access: Access<'a>,
    /// How sound and pictures travel.
    pub media: Media<'a>,
    /// How long anything is kept.
    pub retention: Retention,
    /// What set the instance up.
    pub program: Program,
}

/// The controller, as far as a directory names it.
#[derive(Debug, Serialize)]
pub struct Operator<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub kind: OperatorKind,
    /// ISO 3166-1 alpha-2.
    pub country: &'a str,
    /// Its own site.
    pub website: Option<&'a str>,
}

/// Where to write to.
#[derive(Debug, Serialize)]
pub struct Contact<'a> {
    /// About privacy.
    pub privacy: &'a str,
    /// About vulnerabilities.
    pub security: &'a str,
}

/// Somebody else who has to do with the instance.
#[derive(Debug, Serialize)]
pub struct Party<'a> {
    /// Its name.
    pub name: &'a str,
    /// ISO 3166-1 alpha-2.
    pub country: &'a str,
}

/// Who gets into a room.
#[derive(Debug, Serialize)]
pub struct Access<'a> {
    /// Where meeting hosts log in: `accounts`, `oidc` or `jwt`, as the inventory calls it.
    pub meeting_hosts: &'static str,
    /// Whether every meeting host needs an authenticator app; nothing where that is decided elsewhere.
    pub second_factor: Option<SecondFactor>,
    /// Who runs the identity provider or the portal.
    pub login: Option<Party<'a>>,
    /// What a guest needs.
    pub guests: Guests,
    /// Least guessing strength of a room's name in bits.
    pub room_name_bits: u16,
}

/// How sound and pictures travel.
#[derive(Debug, Serialize)]
pub struct Media<'a> {
    /// Whether two participants may talk directly.
    pub peer_to_peer: bool,
    /// The instance's own STUN and TURN server.
    pub relay: &'a str,
    /// STUN servers of others.
    pub foreign_stun: Vec<Stun<'a>>,
    /// Most people in one room.
    pub participants: u16,
}

/// A STUN server of somebody else.
#[derive(Debug, Serialize)]
pub struct Stun<'a> {
    /// Its address.
    pub server: &'a str,
    /// Who runs it, and where.
    #[serde(flatten)]
    pub operator: Party<'a>,
}

/// How long anything is kept.
#[derive(Debug, Serialize)]
pub struct Retention {
    /// Days.
    pub logs_days: u16,
}

/// What set the instance up.
#[derive(Debug, Serialize)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl<'a> Published<'a> {
    /// The facts of a deployment.
    pub fn of(deployment: &'a Deployment) -> Self {
        let (operator, domain) = (&deployment.operator, deployment.domain.as_str());
        let statement =
            |language: &Language| (language.code(), format!("https://{domain}/privacy/{}", language.code()));
        let provider = deployment.host.provider.as_ref();
        Self {
            format: "vc4all-instance",
            version: VERSION,
            name: operator.name.as_str(),
            domain,
            address: format!("https://{domain}/"),
            operator: Operator {
                name: operator.name.as_str(),
                kind: operator.kind,
                country: operator.country.as_str(),
                website: operator.website.as_ref().map(|address| address.as_str()),
            },
            contact: Contact { privacy: operator.email.as_str(), security: operator.security.as_str() },
            provider: provider.map(|provider| party(provider.name.as_str(), provider.country.as_str())),
            statement: deployment.languages.iter().map(statement).collect(),
            languages: &deployment.languages,
            access: access(deployment),
            media: media(deployment),
            retention: Retention { logs_days: deployment.retention.logs_days },
            program: Program { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        }
    }
}

/// The document that the instance serves.
///
/// # Errors
/// None that a deployment can cause.
pub fn document(deployment: &Deployment) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Published::of(deployment)).map(|text| text + "\n")
}

fn party<'a>(name: &'a str, country: &'a str) -> Party<'a> {
    Party { name, country }
}

fn access(deployment: &Deployment) -> Access<'_> {
    let access = &deployment.access;
    let (meeting_hosts, recipient) = match &access.meeting_hosts {
        MeetingHosts::Accounts { .. } => ("accounts", None),
        MeetingHosts::Oidc(provider) => ("oidc", Some(&provider.recipient)),
        MeetingHosts::Jwt(portal) => ("jwt", Some(&portal.recipient)),
    };
    Access {
        meeting_hosts,
        second_factor: recipient.is_none().then_some(access.second_factor),
        login: recipient.map(|recipient| party(recipient.operator.as_str(), recipient.country.as_str())),
        guests: access.guests,
        room_name_bits: access.room_name_bits,
    }
}

fn media(deployment: &Deployment) -> Media<'_> {
    let media = &deployment.media;
    let foreign = media.stun.iter().map(|stun| Stun {
        server: stun.server.as_str(),
        operator: party(stun.operator.as_str(), stun.country.as_str()),
    });
    Media {
        peer_to_peer: media.peer_to_peer == PeerToPeer::On,
        relay: deployment.domain.as_str(),
        foreign_stun: foreign.collect(),
        participants: media.participants,
    }
}
