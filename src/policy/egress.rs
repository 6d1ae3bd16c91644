//! The egress list of a deployment: whom the host, a browser or the operator's machine asks, and what is only written.

use super::instance::host_and_port;
use super::time::TIME_SERVERS;
use super::{apt, certificate, country};
use crate::model::deployment::{Deployment, ForeignStun, MeetingHosts};
use crate::model::egress::{Asked, Asker, EgressList, Learns, Named, Written};
use crate::model::identity::{HttpsAddress, IdentityProvider, Portal, Recipient};
use crate::model::observed::Transport;
use crate::model::traits::Release;
use crate::model::values::{CountryCode, Domain, WebAddress};
use std::collections::BTreeSet;

/// Whom this deployment may ask and name on a host of this release; `links` are what its papers let people click.
pub fn list(deployment: &Deployment, release: Release, links: Vec<Named>) -> EgressList {
    let mut asked = vec![resolver(deployment)];
    asked.extend(packages(deployment, release));
    asked.extend(clocks());
    asked.extend(certificate::asked(deployment));
    asked.extend(deployment.media.stun.iter().map(stun));
    match &deployment.access.meeting_hosts {
        MeetingHosts::Accounts { .. } => {}
        MeetingHosts::Oidc(provider) => asked.extend(identity(provider)),
        MeetingHosts::Jwt(portal) => asked.extend(portal_keys(portal)),
    }
    let mut named = links;
    named.extend(written(deployment));
    EgressList { domain: deployment.domain.to_string(), asked: merged(asked), named }
}

/// From whom a host of this release fetches packages and updates.
pub fn packages(deployment: &Deployment, release: Release) -> Vec<Asked> {
    merged(apt::distribution(release).into_iter().chain(jitsi(deployment)).collect())
}

/// A web server that somebody asks, from its address.
pub(super) fn web(address: &str, asker: Asker, purpose: &str) -> Asked {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = host_and_port(authority);
    let standard = if address.starts_with("http://") { 80 } else { 443 };
    Asked {
        country: host.parse().ok().and_then(country::of),
        host,
        transport: Transport::Tcp,
        port: port.unwrap_or(standard),
        asker,
        purpose: purpose.to_owned(),
        operator: "whoever runs it; the inventory names it".to_owned(),
        learns: Learns::Nobody,
    }
}

pub(super) fn code(text: &str) -> Option<CountryCode> {
    CountryCode::parse(text).ok()
}

fn resolver(deployment: &Deployment) -> Asked {
    let provider = deployment.host.provider.as_ref();
    Asked {
        host: RESOLVER.to_owned(),
        transport: Transport::Udp,
        port: 53,
        asker: Asker::Host,
        purpose: "names → addresses of everybody on this list; also over TCP".to_owned(),
        operator: provider.map_or_else(
            || "whoever runs the resolver that the host is set to".to_owned(),
            |provider| format!("{}, or whoever runs the resolver that the host is set to", provider.name),
        ),
        country: provider.map(|provider| provider.country.clone()),
        learns: Learns::Nobody,
    }
}

/// Stands for the resolver, whose address the host knows and the inventory does not.
pub const RESOLVER: &str = "(the host's own resolver)";

fn jitsi(deployment: &Deployment) -> Vec<Asked> {
    let packages = &deployment.packages;
    let entry = |address: &WebAddress, purpose: &str| {
        let entry = web(address.as_str(), Asker::Host, purpose);
        match entry.host.ends_with("jitsi.org") {
            true => Asked { operator: "8x8 (Jitsi)".to_owned(), country: code("US"), ..entry },
            false => entry,
        }
    };
    vec![entry(&packages.jitsi, "Jitsi's packages"), entry(&packages.key_url, "the key that signs Jitsi's packages")]
}

fn clocks() -> impl Iterator<Item = Asked> {
    TIME_SERVERS.into_iter().map(|server| Asked {
        host: server.name.to_owned(),
        transport: Transport::Udp,
        port: 123,
        asker: Asker::Host,
        purpose: "the time".to_owned(),
        operator: server.operator.to_owned(),
        country: code(server.country),
        learns: Learns::Nobody,
    })
}

fn stun(stun: &ForeignStun) -> Asked {
    let (host, port) = host_and_port(stun.server.as_str().trim_start_matches("stun:"));
    Asked {
        host,
        transport: Transport::Udp,
        port: port.unwrap_or(3478),
        asker: Asker::Browser,
        purpose: "STUN: a participant's own public address".to_owned(),
        operator: stun.operator.to_string(),
        country: Some(stun.country.clone()),
        learns: Learns::Participants,
    }
}

fn login(address: &str, asker: Asker, purpose: &str, recipient: &Recipient) -> Asked {
    Asked {
        operator: recipient.operator.to_string(),
        country: Some(recipient.country.clone()),
        learns: if asker == Asker::Browser { Learns::MeetingHosts } else { Learns::Nobody },
        ..web(address, asker, purpose)
    }
}

fn identity(provider: &IdentityProvider) -> Vec<Asked> {
    let ask = |address: &HttpsAddress, asker, purpose| login(address.as_str(), asker, purpose, &provider.recipient);
    vec![
        ask(&provider.authorization, Asker::Browser, "a meeting host logs in or out"),
        ask(&provider.token, Asker::Browser, "a meeting host logs in or out"),
        ask(&provider.logout, Asker::Browser, "a meeting host logs in or out"),
        ask(&provider.keys, Asker::Host, "the public keys of tokens"),
    ]
}

fn portal_keys(portal: &Portal) -> Vec<Asked> {
    let keys = portal.keys.as_ref().map(|keys| (keys.as_str(), Asker::Host, "the public keys of tokens"));
    let page = portal.login.as_ref().map(|page| (page.as_str(), Asker::Browser, "a meeting host logs in"));
    let all = keys.into_iter().chain(page);
    all.map(|(address, asker, purpose)| login(address, asker, purpose, &portal.recipient)).collect()
}

/// What stands in the files of this deployment and is asked by nobody.
fn written(deployment: &Deployment) -> Vec<Named> {
    let operator = &deployment.operator;
    let mut named: Vec<Named> = NAMESPACES
        .iter()
        .map(|name| word(name, "the name of an XML namespace: a word of the protocol, never fetched"))
        .collect();
    if let Some(site) = &operator.website {
        named.push(Named {
            text: site.to_string(),
            written: Written::Link,
            reason: "the operator's own site, for a click".to_owned(),
        });
    }
    let mails: BTreeSet<&str> = [&operator.email, &operator.security]
        .into_iter()
        .chain(&operator.privacy_officer)
        .chain(&deployment.tls.contact)
        .chain(deployment.alerts.mail.iter().flat_map(|route| [&route.to, &route.from]))
        .filter_map(|mail| mail.as_str().split_once('@').map(|(_, host)| host))
        .collect();
    named.extend(mails.into_iter().map(|host| Named {
        text: host.to_lowercase(),
        written: Written::Mail,
        reason: "the operator's mail addresses".to_owned(),
    }));
    named.extend(certificate::named(deployment));
    named.extend(token_words(&deployment.access.meeting_hosts, &deployment.domain));
    named
}

/// Names of XML namespaces in what we write.
const NAMESPACES: [&str; 3] =
    ["http://jabber.org/protocol/muc", "http://jitsi.org/jitmeet", "http://www.w3.org/2000/svg"];

fn word(text: &str, reason: &str) -> Named {
    Named { text: text.to_owned(), written: Written::Word, reason: reason.to_owned() }
}

/// `iss` and `aud` of tokens look like addresses, and are compared letter by letter.
fn token_words(hosts: &MeetingHosts, domain: &Domain) -> Vec<Named> {
    let (issuer, audience) = match hosts {
        MeetingHosts::Accounts { .. } => return Vec::new(),
        MeetingHosts::Oidc(provider) => (provider.issuer.as_str(), provider.audience.as_str()),
        MeetingHosts::Jwt(portal) => (portal.issuer.as_str(), portal.audience.as_str()),
    };
    let mut words = vec![word(issuer, "what tokens name as their issuer; compared, not asked")];
    if audience != domain.as_str() && audience != issuer {
        words.push(word(audience, "what tokens name as their audience; compared, not asked"));
    }
    words.into_iter().filter(|named| named.text.contains(['.', ':'])).collect()
}

/// One entry for each host, port and asker; the purposes of several stand together.
fn merged(asked: Vec<Asked>) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    for entry in asked {
        let same = |known: &&mut Asked| {
            (&known.host, known.port, known.transport, known.asker)
                == (&entry.host, entry.port, entry.transport, entry.asker)
        };
        match all.iter_mut().find(same) {
            Some(known) if known.purpose.split("; ").any(|purpose| purpose == entry.purpose) => {}
            Some(known) => known.purpose = format!("{}; {}", known.purpose, entry.purpose),
            None => all.push(entry),
        }
    }
    all
}
