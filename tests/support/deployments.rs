//! Deployments for the tests of renderings.

use vc4all_deploy::model::deployment::*;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::*;

/// Every deployment with its name.
pub(crate) fn all() -> Vec<(String, Deployment)> {
    vec![("vereniging".to_owned(), small()), ("nat".to_owned(), behind_nat())]
}

fn small() -> Deployment {
    let mail = Email::parse("bestuur@vereniging.example").unwrap();
    let web = |text| WebAddress::parse(text).unwrap();
    Deployment {
        domain: Domain::parse("praat.vereniging.example").unwrap(),
        operator: Operator {
            name: Line::parse("Vereniging De Brug").unwrap(),
            kind: OperatorKind::Organisation,
            address: Line::parse("Dorpsstraat 1, 1234 AB Dorp").unwrap(),
            country: CountryCode::parse("NL").unwrap(),
            email: mail.clone(),
            security: mail,
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
        tls: Tls { authority: Authority::LetsEncrypt, contact: None },
        access: Access { guests: Guests::LobbyOrPassword },
        media: Media { stun: Vec::new(), peer_to_peer: PeerToPeer::Off, participants: 75, nat: Vec::new() },
        retention: Retention { logs_days: 7 },
        languages: vec![Language::Nl, Language::En],
        updates: Updates { security: SecurityUpdates::Automatic, reboot_window: None },
        packages: Packages {
            jitsi: web("https://download.jitsi.org"),
            suite: "stable".to_owned(),
            key_url: web("https://download.jitsi.org/jitsi-key.gpg.key"),
            key: KeyFingerprint::parse("66A9 CD05 95D6 AFA2 4729 0D3B EF8B 479E 2DC1 389C").unwrap(),
        },
    }
}

fn behind_nat() -> Deployment {
    let mut deployment = small();
    deployment.domain = Domain::parse("vergaderen.voorbeeldstad.example").unwrap();
    deployment.host.address = Address::parse("10.0.0.5").unwrap();
    deployment.access.guests = Guests::Password;
    let [local, public] = ["10.0.0.5", "203.0.113.7"].map(|text| text.parse().unwrap());
    deployment.media.nat = vec![NatMapping { local, public }];
    deployment
}
