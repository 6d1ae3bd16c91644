//! The privacy statement says what the deployment does, and each page is sound HTML in every variant.

use super::stage::*;
use std::fs;
use vc4all_deploy::model::deployment::*;
use vc4all_deploy::model::tls::Authority;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::{EEA, WebAddress};

fn statement(deployment: &Deployment, code: &str) -> String {
    let claims = render(deployment, Release::Debian12).unwrap();
    text(&claims, &format!("/usr/local/share/vc4all/www/{code}/privacy.html")).to_owned()
}

fn with_operator(change: impl FnOnce(&mut Operator)) -> Deployment {
    let mut deployment = deployment();
    change(&mut deployment.operator);
    deployment
}

/// Deployments that differ in every fact that a page depends on.
fn variants() -> Vec<Deployment> {
    let mut all = Vec::new();
    for kind in [OperatorKind::Municipality, OperatorKind::Organisation, OperatorKind::Person] {
        for guests in [Guests::Lobby, Guests::Password, Guests::LobbyOrPassword, Guests::None] {
            let mut one = with_operator(|operator| operator.kind = kind);
            one.access.guests = guests;
            all.push(one.clone());
            one.operator.privacy_officer = None;
            one.operator.website = None;
            one.operator.country = country("CH");
            one.host.provider = None;
            one.media.peer_to_peer = PeerToPeer::On;
            one.retention.logs_days = 1;
            one.languages = vec![Language::En];
            all.push(one);
        }
    }
    all
}

#[test]
fn the_legal_basis_follows_from_the_kind_of_operator() {
    let bases = [
        (OperatorKind::Municipality, "artikel 6, lid 1, onder e", "6(1)(e)", "onder f"),
        (OperatorKind::Organisation, "artikel 6, lid 1, onder f", "6(1)(f)", "onder e"),
        (OperatorKind::Person, "artikel 6, lid 1, onder f", "6(1)(f)", "onder e"),
    ];
    for (kind, nl, en, not) in bases {
        let deployment = with_operator(|operator| operator.kind = kind);
        let text = statement(&deployment, "nl");
        assert!(text.contains(nl) && !text.contains(not), "{kind:?}");
        assert!(statement(&deployment, "en").contains(en), "{kind:?}");
    }
}

#[test]
fn the_statement_names_who_is_answerable_and_where_to_complain() {
    for code in ["nl", "en"] {
        let text = statement(&deployment(), code);
        for fact in [
            "Gemeente Voorbeeldstad",
            "Raadhuisplein 1, 1234 AB Voorbeeldstad",
            "mailto:privacy@voorbeeldstad.nl",
            "mailto:fg@voorbeeldstad.nl",
            "https://www.voorbeeldstad.nl",
            "Voorbeeldhosting B.V.",
            "Autoriteit Persoonsgegevens",
            "https://www.autoriteitpersoonsgegevens.nl",
            "Let’s Encrypt",
            "ntp.time.nl",
        ] {
            assert!(text.contains(fact), "{code} lacks {fact}");
        }
    }
    for code in EEA {
        let text = statement(&with_operator(|operator| operator.country = country(code)), "nl");
        assert!(text.contains("klacht indienen bij <strong>"), "{code} has no authority");
    }
    let elsewhere = statement(&with_operator(|operator| operator.country = country("CH")), "nl");
    assert!(elsewhere.contains("klacht indienen bij de toezichthouder"));
}

#[test]
fn what_is_not_so_is_not_said() {
    let mut bare = with_operator(|operator| operator.privacy_officer = None);
    bare.host.provider = None;
    let directory = WebAddress::parse("https://ca.voorbeeldstad.nl/dir").unwrap();
    bare.tls.authority = Authority::other(directory);
    let text = statement(&bare, "nl");
    for claim in
        ["Functionaris", "artikel 28", "hostingbedrijf beheert", "Let’s Encrypt", "Verenigde Staten", "rechtstreeks"]
    {
        assert!(!text.contains(claim), "{claim}");
    }
    assert!(text.contains("ca.voorbeeldstad.nl") && text.contains("alles loopt via onze server"));
    bare.media.peer_to_peer = PeerToPeer::On;
    let direct = statement(&bare, "nl");
    assert!(direct.contains("uw IP-adres zien") && !direct.contains("alles loopt via onze server"));
}

#[test]
fn every_page_is_sound_and_can_be_heard() {
    if !have(&["python3"]) {
        return;
    }
    let folder = open_folder();
    for (number, deployment) in variants().iter().enumerate() {
        for file in files(&render(deployment, Release::Debian12).unwrap()) {
            let name = file.path.as_str();
            if name.ends_with(".html") && !name.ends_with("/title.html") {
                put(&folder.path().join(format!("{number}{}", name.replace('/', "_"))), file.content.text());
            }
        }
    }
    let count = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(count, 12 * 8 + 12 * 4);
    let (script, pages) = (beside("sound.py"), folder.path().to_str().unwrap().to_owned());
    let output = run("python3", &[script.to_str().unwrap(), &pages]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), format!("{count} pages"));
}
