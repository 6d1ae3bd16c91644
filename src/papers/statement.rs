//! The facts of the privacy statement (GDPR art. 13), in the words of one language.

use super::countries::{country, name};
use super::time::TIME_SERVERS;
use crate::model::alerts::Alerts;
use crate::model::deployment::{
    Deployment, Guests, Language, MeetingHosts, Operator, OperatorKind, PeerToPeer, SecondFactor,
};
use crate::model::identity::Recipient;
use crate::model::tls::Authority;
use crate::model::values::CountryCode;
use serde::Serialize;

/// Everything that the text of the statement depends on.
#[derive(Debug, Serialize)]
pub struct Statement<'a> {
    /// The language's code.
    pub lang: &'static str,
    /// The deployment's domain.
    pub domain: &'a str,
    /// The controller.
    pub operator: &'a Operator,
    /// The legal basis follows from it.
    pub kind: OperatorKind,
    /// The hosting company, where there is one.
    pub provider: Option<Party>,
    /// Foreign STUN servers.
    pub stun: Vec<Party>,
    /// Time servers.
    pub clocks: Vec<Party>,
    /// The certificate authority.
    pub certificates: String,
    /// Whether the certificate authority is Let's Encrypt, which is established in the United States.
    pub lets_encrypt: bool,
    /// The country of another certificate authority; empty where nobody said it.
    pub authority_country: String,
    /// Whether the certificate authority is outside the EEA, or may be.
    pub authority_outside: bool,
    /// Whether a program of the operator's writes records into the DNS, which prove the names of the certificate.
    pub records: bool,
    /// Who is told when the certificate cannot be renewed.
    pub alerts: Vec<Party>,
    /// The authority to complain to; nothing when the operator is established outside the EEA.
    pub supervisor: Option<Supervisor>,
    /// Whether two participants may talk directly.
    pub peer_to_peer: bool,
    /// What a guest needs.
    pub guests: Guests,
    /// Where meeting hosts log in: `accounts`, `oidc` or `jwt`.
    pub meeting_hosts: &'static str,
    /// Whether the inventory names them, so that the host's copies of earlier files and plans do too.
    pub listed: bool,
    /// How many generations the host keeps.
    pub generations: u16,
    /// Who runs the identity provider or the portal.
    pub login: Option<Party>,
    /// Whether the server fetches their public keys.
    pub keys: bool,
    /// Whether every account needs an authenticator app.
    pub second_factor: SecondFactor,
    /// Days that a log is kept.
    pub days: u16,
}

/// Somebody else, by name, server and country.
#[derive(Debug, Serialize)]
pub struct Party {
    /// Who.
    pub name: String,
    /// With which server; empty where that says nothing.
    pub server: String,
    /// The country's name.
    pub country: String,
}

/// A supervisory authority.
#[derive(Debug, Serialize)]
pub struct Supervisor {
    /// Its own name.
    pub name: &'static str,
    /// Its site.
    pub site: &'static str,
}

impl<'a> Statement<'a> {
    /// The facts of this deployment.
    pub fn of(deployment: &'a Deployment, language: Language) -> Self {
        let operator = &deployment.operator;
        Self {
            lang: language.code(),
            domain: deployment.domain.as_str(),
            operator,
            kind: operator.kind,
            provider: provider(deployment, language),
            stun: stun(deployment, language),
            clocks: clocks(language),
            certificates: certificates(&deployment.tls.authority),
            lets_encrypt: !matches!(deployment.tls.authority, Authority::Other(_)),
            authority_country: seat(&deployment.tls.authority).map(|code| name(code, language)).unwrap_or_default(),
            authority_outside: !seat(&deployment.tls.authority).is_some_and(CountryCode::is_in_eea),
            records: deployment.tls.hook.is_some(),
            alerts: alerts(&deployment.alerts, language),
            supervisor: country(&operator.country).map(|c| Supervisor { name: c.authority, site: c.site }),
            peer_to_peer: deployment.media.peer_to_peer == PeerToPeer::On,
            guests: deployment.access.guests,
            meeting_hosts: match &deployment.access.meeting_hosts {
                MeetingHosts::Accounts { .. } => "accounts",
                MeetingHosts::Oidc(_) => "oidc",
                MeetingHosts::Jwt(_) => "jwt",
            },
            listed: matches!(deployment.access.meeting_hosts, MeetingHosts::Accounts { listed: Some(_) }),
            generations: deployment.generations.keep,
            login: login(deployment, language),
            keys: match &deployment.access.meeting_hosts {
                MeetingHosts::Accounts { .. } => false,
                MeetingHosts::Oidc(_) => true,
                MeetingHosts::Jwt(portal) => portal.keys.is_some(),
            },
            second_factor: deployment.access.second_factor,
            days: deployment.retention.logs_days,
        }
    }
}

fn provider(deployment: &Deployment, language: Language) -> Option<Party> {
    let provider = deployment.host.provider.as_ref()?;
    let country = name(&provider.country, language);
    Some(Party { name: provider.name.to_string(), server: String::new(), country })
}

fn login(deployment: &Deployment, language: Language) -> Option<Party> {
    let recipient = match &deployment.access.meeting_hosts {
        MeetingHosts::Accounts { .. } => return None,
        MeetingHosts::Oidc(provider) => &provider.recipient,
        MeetingHosts::Jwt(portal) => &portal.recipient,
    };
    let country = name(&recipient.country, language);
    Some(Party { name: recipient.operator.to_string(), server: String::new(), country })
}

fn stun(deployment: &Deployment, language: Language) -> Vec<Party> {
    let party = |stun: &crate::model::deployment::ForeignStun| Party {
        name: stun.operator.to_string(),
        server: stun.server.as_str().trim_start_matches("stun:").to_owned(),
        country: name(&stun.country, language),
    };
    deployment.media.stun.iter().map(party).collect()
}

fn clocks(language: Language) -> Vec<Party> {
    let place = |code: &str| super::countries::COUNTRIES.iter().find(|country| country.code == code);
    let named = |code: &'static str| place(code).map_or(code, |country| country.name(language));
    let party = |server: &super::time::TimeServer| Party {
        name: server.operator.to_owned(),
        server: server.name.to_owned(),
        country: named(server.country).to_owned(),
    };
    TIME_SERVERS.iter().map(party).collect()
}

fn certificates(authority: &Authority) -> String {
    match authority {
        Authority::LetsEncrypt | Authority::LetsEncryptStaging => "Let’s Encrypt".to_owned(),
        Authority::Other(other) => match &other.recipient {
            Some(recipient) => recipient.operator.to_string(),
            None => other.directory.authority().to_owned(),
        },
    }
}

/// Where another authority is established, where the inventory says so.
fn seat(authority: &Authority) -> Option<&CountryCode> {
    match authority {
        Authority::LetsEncrypt | Authority::LetsEncryptStaging => None,
        Authority::Other(other) => other.recipient.as_ref().map(|recipient| &recipient.country),
    }
}

/// Each recipient once for each server; a webhook's server is known only where its file was read.
fn alerts(alerts: &Alerts, language: Language) -> Vec<Party> {
    let party = |recipient: &Recipient, server: String| Party {
        name: recipient.operator.to_string(),
        server,
        country: name(&recipient.country, language),
    };
    let webhook = alerts.webhook.iter().map(|webhook| {
        let server = webhook.address.as_ref().map(|address| address.host().to_string());
        party(&webhook.recipient, server.unwrap_or_default())
    });
    let mail = alerts.mail.iter().map(|route| party(&route.recipient, route.server.host.to_string()));
    webhook.chain(mail).collect()
}
