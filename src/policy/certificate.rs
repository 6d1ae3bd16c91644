//! Whom a certificate makes the instance ask: the authority, the name servers, whom a DNS hook names, who hears of failures.

use super::address::{Reach, reach};
use super::egress::{code, web};
use super::endings::Endings;
use super::instance::host_and_port;
use super::sight::{Text, Whom};
use crate::model::alerts::{Alerts, MailRoute, Webhook};
use crate::model::deployment::Deployment;
use crate::model::egress::{Asked, Asker, Learns, Named, Written};
use crate::model::observed::Transport;
use crate::model::tls::{Authority, Hook, Tls};
use std::collections::{BTreeMap, BTreeSet};

/// Whom the certificate of this deployment makes somebody ask.
pub(super) fn asked(deployment: &Deployment) -> Vec<Asked> {
    let mut asked = authority(&deployment.tls);
    asked.extend(in_the_certificate(&deployment.tls.authority));
    asked.extend(deployment.tls.hook.iter().flat_map(|hook| records(hook, deployment.domain.as_str())));
    asked.extend(alerts(&deployment.alerts));
    asked
}

/// Mail addresses that the program of `tls.dns_hook` holds, and those of whom failures are told.
pub(super) fn named(deployment: &Deployment) -> Vec<Named> {
    let mut hosts = BTreeSet::new();
    for whom in deployment.tls.hook.iter().flat_map(|hook| seen_in(&hook.text)) {
        if let Whom::Mail(host) = whom {
            hosts.insert(host);
        }
    }
    let mail = |text: String| Named { text, written: Written::Mail, reason: "named by the DNS hook".to_owned() };
    hosts.into_iter().map(mail).collect()
}

/// The host renews by itself and rehearses it; the operator's machine issues what `up` and `renew` want.
fn authority(tls: &Tls) -> Vec<Asked> {
    let (directory, rehearsal) = (tls.authority.directory(), tls.authority.rehearsal());
    let of = |entry: Asked| run_by(&tls.authority, entry);
    vec![
        of(web(directory, Asker::Operator, "certificates (ACME)")),
        of(web(directory, Asker::Host, "certificates that the host renews by itself (ACME)")),
        of(web(rehearsal, Asker::Host, "rehearsals of a renewal (ACME)")),
    ]
}

/// Who runs the authority; where it runs by itself what only they know.
fn run_by(authority: &Authority, entry: Asked) -> Asked {
    match authority {
        Authority::LetsEncrypt | Authority::LetsEncryptStaging => {
            Asked { operator: LETS_ENCRYPT.to_owned(), country: code("US"), ..entry }
        }
        Authority::Other(other) => match &other.recipient {
            Some(recipient) => {
                let country = Some(recipient.country.clone());
                Asked { operator: recipient.operator.to_string(), country, ..entry }
            }
            None => Asked { operator: format!("whoever runs {}", other.directory.authority()), ..entry },
        },
    }
}

const LETS_ENCRYPT: &str = "Internet Security Research Group (Let's Encrypt)";

/// Addresses that stand in a certificate, and that a browser may ask by itself (RFC 5280 §4.2.1.13 and §4.2.2.1).
fn in_the_certificate(authority: &Authority) -> Vec<Asked> {
    let inside = |host: &str, purpose: &str| Asked {
        host: host.to_owned(),
        learns: Learns::Participants,
        ..run_by(authority, web("http://example", Asker::Browser, purpose))
    };
    match authority {
        Authority::LetsEncrypt | Authority::LetsEncryptStaging => vec![
            inside(
                "*.c.lencr.org",
                "the list of withdrawn certificates: its address stands in the certificate; few programs fetch it",
            ),
            inside(
                "*.i.lencr.org",
                "the authority's own certificate: its address stands in ours; asked only by who did not get it from us",
            ),
        ],
        Authority::Other(_) => vec![inside(
            CERTIFICATE,
            "whether the certificate was withdrawn, and the authority's own one, where their addresses stand in it; few \
             programs fetch them",
        )],
    }
}

/// Stands for the addresses that another authority writes into its certificates.
pub const CERTIFICATE: &str = "(the addresses in the certificate)";
/// Stands for those whom only the operator's own program knows.
pub const HOOK: &str = "(whom the program of tls.dns_hook asks besides)";
/// Stands for the name servers, which the DNS knows and the inventory does not.
pub const NAME_SERVERS: &str = "(the name servers of the certificate's names)";
/// Stands for a webhook whose address was not read.
pub const WEBHOOK: &str = "(the address in alerts.webhook.address_file)";

/// Names that are proven by records: the operator's program writes them, and the host waits until they are known.
fn records(hook: &Hook, domain: &str) -> Vec<Asked> {
    let entry = |host: String, port: u16| Asked {
        host,
        transport: Transport::Tcp,
        port,
        asker: Asker::Host,
        purpose: "named by the program of tls.dns_hook, which writes records that prove the names".to_owned(),
        operator: "whoever runs the DNS of these names; the operator chose them".to_owned(),
        country: None,
        learns: Learns::Nobody,
    };
    // A web address is seen as a word as well, after it was seen as an address.
    let mut ports: BTreeMap<String, u16> = BTreeMap::new();
    for whom in seen_in(&hook.text) {
        let (host, port) = match whom {
            Whom::Asked(host) => (host, 443),
            Whom::Word(host, _) => (host, 53),
            Whom::Address(address) if reach(address) == Reach::World => (address.to_string(), 53),
            // A mail address is asked by nobody; one that is put together later is refused where the program is judged.
            _ => continue,
        };
        ports.entry(host).or_insert(port);
    }
    ports.remove(domain);
    let mut asked: Vec<Asked> = ports.into_iter().map(|(host, port)| entry(host, port)).collect();
    asked.push(Asked { purpose: "records that prove the names".to_owned(), ..entry(HOOK.to_owned(), 443) });
    asked.push(Asked {
        transport: Transport::Udp,
        purpose: "whether the records that prove the names are known; also over TCP".to_owned(),
        ..entry(NAME_SERVERS.to_owned(), 53)
    });
    asked
}

fn seen_in(text: &str) -> Vec<Whom> {
    let text = Text { text, code: None, for_browsers: false };
    text.sights(&Endings::new()).into_iter().map(|sight| sight.whom).collect()
}

fn alerts(alerts: &Alerts) -> impl Iterator<Item = Asked> {
    alerts.webhook.iter().map(webhook).chain(alerts.mail.iter().map(mail))
}

const ALERT: &str = "told when the certificate cannot be renewed: the domain, dates and the cause";

fn webhook(webhook: &Webhook) -> Asked {
    let address = webhook.address.as_ref();
    Asked {
        host: address.map_or_else(|| WEBHOOK.to_owned(), |address| host_and_port(address.host().as_str()).0),
        transport: Transport::Tcp,
        port: address.map_or(443, |address| address.port()),
        asker: Asker::Host,
        purpose: ALERT.to_owned(),
        operator: webhook.recipient.operator.to_string(),
        country: Some(webhook.recipient.country.clone()),
        learns: Learns::Nobody,
    }
}

fn mail(route: &MailRoute) -> Asked {
    Asked {
        host: route.server.host.to_string(),
        transport: Transport::Tcp,
        port: route.server.port,
        asker: Asker::Host,
        purpose: ALERT.to_owned(),
        operator: route.recipient.operator.to_string(),
        country: Some(route.recipient.country.clone()),
        learns: Learns::Nobody,
    }
}
