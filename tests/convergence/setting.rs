//! A deployment and a host's traits, as a small association would have them.

use vc4all_deploy::model::alerts::Alerts;
use vc4all_deploy::model::deployment::{
    Access, Deployment, Generations, Guests, Host, Language, Media, MeetingHosts, Operator, OperatorKind, Packages,
    PeerToPeer, Retention, SecondFactor, SecurityUpdates, Updates,
};
use vc4all_deploy::model::resource::Certificate;
use vc4all_deploy::model::subject::SubjectName;
use vc4all_deploy::model::tls::{Authority, Method, Tls};
use vc4all_deploy::model::traits::{Architecture, Release, Traits};
use vc4all_deploy::model::values::{Address, CountryCode, Domain, Email, KeyFingerprint, Line, WebAddress};

pub(crate) fn deployment() -> Deployment {
    Deployment {
        domain: Domain::parse("meet.example.nl").unwrap(),
        operator: Operator {
            name: Line::parse("Vereniging Voorbeeld").unwrap(),
            kind: OperatorKind::Organisation,
            address: Line::parse("Dorpsstraat 1, 1234 AB Voorbeeld").unwrap(),
            country: CountryCode::parse("NL").unwrap(),
            email: Email::parse("privacy@example.nl").unwrap(),
            security: Email::parse("security@example.nl").unwrap(),
            privacy_officer: None,
            website: None,
        },
        host: Host {
            address: Address::parse("203.0.113.10").unwrap(),
            port: None,
            user: None,
            identity: None,
            host_key: None,
            provider: None,
            release: Release::Debian12,
            memory_mib: 4096,
        },
        alerts: Alerts::default(),
        tls: Tls::of(Authority::LetsEncrypt),
        access: Access {
            meeting_hosts: MeetingHosts::Accounts { listed: None },
            second_factor: SecondFactor::Required,
            guests: Guests::LobbyOrPassword,
            token_minutes: 120,
            room_name_bits: 40,
        },
        media: Media { stun: Vec::new(), peer_to_peer: PeerToPeer::Off, participants: 50, nat: Vec::new() },
        retention: Retention { logs_days: 7 },
        generations: Generations { keep: 10 },
        languages: vec![Language::Nl, Language::En],
        updates: Updates { security: SecurityUpdates::Automatic, reboot_window: None },
        packages: Packages {
            jitsi: WebAddress::parse("https://download.jitsi.org").unwrap(),
            suite: "stable".to_owned(),
            key_url: WebAddress::parse("https://download.jitsi.org/jitsi-key.gpg.key").unwrap(),
            key: KeyFingerprint::parse("0123456789ABCDEF0123456789ABCDEF01234567").unwrap(),
            known: Vec::new(),
            sets: None,
        },
        overrides: None,
    }
}

/// A certificate of Let's Encrypt for one name, proven by a page.
pub(crate) fn certificate(name: &str) -> Certificate {
    Certificate {
        names: vec![SubjectName::parse(name).unwrap()],
        authority: Authority::LetsEncrypt,
        contact: None,
        profile: None,
        method: Method::Page,
        external: None,
        wakes: Vec::new(),
    }
}

pub(crate) fn traits() -> Traits {
    Traits {
        release: Release::Debian12,
        architecture: Architecture::X86_64,
        memory_mib: 3900,
        addresses: vec!["203.0.113.10".parse().unwrap(), "2001:db8::10".parse().unwrap()],
        ssh_ports: vec![22],
    }
}
