//! The common ground of what is made by hand for the tests of promises: an instance, its host, the way there.

use crate::model::alerts::Alerts;
use crate::model::deployment::{
    Access, Deployment, Generations, Guests, Host, Language, Media, MeetingHosts, Operator, OperatorKind, Packages,
    PeerToPeer, Provider, Retention, SecondFactor, SecurityUpdates, Updates,
};
use crate::model::finding::Verdict;
use crate::model::plan::Plan;
use crate::model::tls::{Authority, Tls};
use crate::model::traits::{Architecture, Release, Traits};
use crate::model::values::{Address, CountryCode, Domain, Email, KeyFingerprint, Line, WebAddress};
use crate::outside::{ToldBy, Way};
use crate::verify::Judgement;
use rustls::RootCertStore;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

pub(in crate::verify) const V4: &str = "192.0.2.1";
pub(in crate::verify) const V6: &str = "2001:db8::1";

/// The judgement is that the promise holds, and the words stand in what was seen.
pub(in crate::verify) fn kept(judgement: &Judgement, words: &str) {
    is(judgement, Verdict::Kept, words);
}

/// The judgement is that it does not hold, with the words and a remedy.
pub(in crate::verify) fn broken(judgement: &Judgement, words: &str) {
    is(judgement, Verdict::Broken, words);
    assert!(judgement.remedy.as_ref().is_some_and(|remedy| !remedy.is_empty() && !remedy.ends_with('.')));
}

/// The judgement is that nobody could look, with the words.
pub(in crate::verify) fn unseen(judgement: &Judgement, words: &str) {
    is(judgement, Verdict::Unseen, words);
}

fn is(judgement: &Judgement, verdict: Verdict, words: &str) {
    assert!(
        judgement.verdict == verdict && judgement.seen.contains(words),
        "{judgement:?} is not {verdict:?}: {words}"
    );
}

pub(in crate::verify) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(in crate::verify) fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

pub(in crate::verify) fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).unwrap()
}

/// The way to an instance at these addresses.
pub(in crate::verify) fn way(domain: &Domain, addresses: &[IpAddr]) -> Way {
    Way {
        domain: domain.clone(),
        addresses: addresses.to_vec(),
        told_by: ToldBy::Resolver,
        roots: Arc::new(RootCertStore::empty()),
        patience: Duration::from_secs(5),
    }
}

/// A plan that changes nothing.
pub(in crate::verify) fn nothing_to_do(domain: &Domain) -> Plan {
    Plan {
        domain: domain.clone(),
        formerly: None,
        host: V4.to_owned(),
        based_on: None,
        changes: Vec::new(),
        unchanged: 99,
    }
}

/// What a host at these addresses is.
pub(in crate::verify) fn traits(addresses: &[IpAddr]) -> Traits {
    Traits {
        release: Release::Debian13,
        architecture: Architecture::X86_64,
        memory_mib: 4096,
        addresses: addresses.to_vec(),
        ssh_ports: vec![22],
    }
}

/// A municipality that meets at this domain.
pub(in crate::verify) fn deployment(domain: &str) -> Deployment {
    let mail = |text: &str| Email::parse(text).unwrap();
    let site = |text: &str| WebAddress::parse(text).unwrap();
    Deployment {
        domain: Domain::parse(domain).unwrap(),
        operator: Operator {
            name: line("Gemeente Voorbeeldstad"),
            kind: OperatorKind::Municipality,
            address: line("Raadhuisplein 1, 1234 AB Voorbeeldstad"),
            country: country("NL"),
            email: mail("privacy@voorbeeldstad.nl"),
            security: mail("security@voorbeeldstad.nl"),
            privacy_officer: None,
            website: None,
        },
        host: Host {
            address: Address::parse(V4).unwrap(),
            port: None,
            user: None,
            identity: None,
            host_key: None,
            provider: Some(Provider { name: line("Voorbeeldhosting"), country: country("NL") }),
            release: Release::Debian13,
            memory_mib: 4096,
        },
        alerts: Alerts::default(),
        tls: Tls::of(Authority::LetsEncrypt),
        access: Access {
            meeting_hosts: MeetingHosts::Accounts { listed: None },
            second_factor: SecondFactor::Required,
            guests: Guests::Lobby,
            token_minutes: 60,
            room_name_bits: 40,
        },
        media: Media { stun: Vec::new(), peer_to_peer: PeerToPeer::Off, participants: 50, nat: Vec::new() },
        retention: Retention { logs_days: 7 },
        generations: Generations { keep: 10 },
        languages: vec![Language::Nl],
        updates: Updates { security: SecurityUpdates::Automatic, reboot_window: None },
        packages: Packages {
            jitsi: site("https://download.jitsi.org"),
            suite: "stable".to_owned(),
            key_url: site("https://download.jitsi.org/jitsi-key.gpg.key"),
            key: KeyFingerprint::parse(&"A".repeat(40)).unwrap(),
            known: Vec::new(),
            sets: None,
        },
        overrides: None,
    }
}
