//! Certificates from a real authority (Pebble): what is issued, and what every kind of failure says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is wrong, and says what it leaves out"
)]

mod closing;
mod desk;
#[path = "../support/free_port.rs"]
mod free_port;
mod looks;
mod mock_dns;
mod others;
mod pebble;
mod records;
mod zone;

use desk::{Desk, Mishap};
use free_port::free_port;
use pebble::{Pebble, openssl};
use std::time::Duration;
use vc4all_deploy::acme::{self, CertificateOrder, Error, Issued, Kind, Side, Step};
use vc4all_deploy::model::subject::SubjectName;
use vc4all_deploy::model::tls::Method;
use vc4all_deploy::model::values::Email;

fn order(pebble: &Pebble, names: &[&str]) -> CertificateOrder {
    CertificateOrder {
        names: names.iter().map(|name| domain(name)).collect(),
        directory: pebble.directory(),
        root_pem: Some(pebble.roots()),
        contact: Email::parse("beheer@vc4all.example").ok(),
        profile: None,
        method: Method::Page,
        binding: None,
        replaces: None,
        side: Side::Operator,
        patience: Duration::from_secs(30),
    }
}

fn domain(name: &str) -> SubjectName {
    SubjectName::parse(name).expect("a name")
}

fn issue(order: &CertificateOrder, desk: &mut Desk) -> (Result<Issued, Error>, Vec<Step>) {
    let mut steps = Vec::new();
    let issued = acme::issue(order, desk, &mut |step| steps.push(step));
    (issued, steps)
}

/// The failure of an order for one name on a host with a mishap.
fn failure(mishap: Mishap) -> (Error, Desk) {
    let mut desk = Desk::new(mishap);
    let pebble = Pebble::start(desk.port, None);
    let (issued, _) = issue(&order(&pebble, &["meet.vc4all.example"]), &mut desk);
    let error = issued.expect_err("a failure");
    assert_eq!(desk.challenges(), 0, "a challenge is still served after: {error}");
    assert_eq!(desk.installed, None);
    assert!(!error.help().is_empty() && !error.help().ends_with('.'), "{}", error.help());
    (error, desk)
}

#[test]
fn a_certificate_is_issued_and_the_account_is_used_again() {
    let mut desk = Desk::new(Mishap::Nothing);
    let mut pebble = Pebble::start(desk.port, None);
    let names = ["meet.vc4all.example", "video.vc4all.example"];
    let (issued, steps) = issue(&order(&pebble, &names), &mut desk);
    let issued = issued.expect("a certificate");
    assert!(issued.not_before < issued.not_after && issued.issuer.contains("Pebble"), "{issued:?}");
    assert!(desk.pair_fits());
    assert_eq!(desk.challenges(), 0);
    let kept = desk.account.clone().expect("an account");
    let mut served = vec![domain(names[0]), domain(names[1])];
    let mut expected = vec![Step::Reached(pebble.directory()), Step::AccountMade, Step::KeyMade];
    let mut seen = steps[3..5].to_vec();
    seen.sort_by_key(ToString::to_string);
    served.sort();
    assert_eq!(seen, served.into_iter().map(Step::ProofShown).collect::<Vec<_>>());
    expected.extend_from_slice(&steps[3..5]);
    expected.extend([Step::Validating, Step::Signing, Step::Installed]);
    assert_eq!(steps, expected);

    std::fs::write(desk.folder.path().join("root.pem"), pebble.root_of_chains()).expect("written");
    openssl(desk.folder.path(), &["verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "chain.pem"]);

    let (again, steps) = issue(&order(&pebble, &names), &mut desk);
    assert_ne!(again.expect("another certificate").serial, issued.serial);
    assert!(!steps.contains(&Step::AccountMade) && desk.pair_fits(), "{steps:?}");
    assert!(desk.account.as_ref() == Some(&kept));

    pebble.forget_everything();
    let (third, steps) = issue(&order(&pebble, &names), &mut desk);
    third.expect("a certificate from an authority that forgot the account");
    assert!(steps.contains(&Step::AccountMade) && desk.account.as_ref() != Some(&kept), "{steps:?}");
    assert!(format!("{kept:?}").contains("(secret)"));
}

#[test]
fn half_of_all_nonces_rejected_is_only_slower() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, Some(50));
    let (issued, _) = issue(&order(&pebble, &["meet.vc4all.example"]), &mut desk);
    issued.expect("a certificate");
    assert!(desk.pair_fits());
}

#[test]
fn a_name_without_an_address_is_told_in_the_words_of_the_authority() {
    let mut desk = Desk::new(Mishap::NobodyLooks);
    let pebble = Pebble::start(desk.port, None);
    pebble.tell_names("set-default-ipv4", r#"{"ip":""}"#);
    let (issued, steps) = issue(&order(&pebble, &["meet.vc4all.example"]), &mut desk);
    let error = issued.expect_err("no address");
    // Pebble has no problem of type "dns" for this, as Let's Encrypt has; `client` tests that one.
    assert_eq!(error.kind, Kind::ClosedPort80, "{error}");
    assert!(
        error.to_string().contains("could not resolve") && error.help().contains("the name's addresses"),
        "{error}"
    );
    assert!(steps.contains(&Step::ProofUnseen(domain("meet.vc4all.example"), "nobody looks".to_owned())));
}

#[test]
fn a_challenge_that_is_not_served_is_told_by_us_or_by_the_authority() {
    let (ours, _) = failure(Mishap::NotServedButLookedAt);
    assert_eq!(ours.kind, Kind::WrongAnswer);
    assert!(ours.to_string().contains("answered 404 `wrong house`"), "{ours}");
    let (theirs, _) = failure(Mishap::NotServed);
    assert_eq!(theirs.kind, Kind::WrongAnswer, "{theirs}");
    assert!(theirs.to_string().contains("validate meet.vc4all.example: the authority says: "), "{theirs}");
}

#[test]
fn a_closed_port_80_is_told_by_us_or_by_the_authority() {
    let closed = free_port();
    let mut desk = Desk::new(Mishap::NobodyLooks);
    let pebble = Pebble::start(closed, None);
    let (issued, _) = issue(&order(&pebble, &["meet.vc4all.example"]), &mut desk);
    let error = issued.expect_err("nobody answers");
    assert_eq!(error.kind, Kind::ClosedPort80, "{error}");
    desk.mishap = Mishap::Nothing;
    desk.port = closed;
    let (issued, _) = issue(&order(&pebble, &["meet.vc4all.example"]), &mut desk);
    let error = issued.expect_err("nobody answers");
    assert_eq!(error.kind, Kind::ClosedPort80, "{error}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{closed} does not answer")), "{error}");
}

#[test]
fn a_request_that_is_not_for_the_order_never_reaches_the_authority() {
    for (mishap, words) in
        [(Mishap::OtherNames, "not for the ordered names"), (Mishap::BrokenRequest, "not signed by its own key")]
    {
        let (error, desk) = failure(mishap);
        assert_eq!(error.kind, Kind::RequestRefused);
        assert!(error.to_string().contains(words) && desk.requests == 1, "{error}");
    }
}

#[test]
fn a_host_that_cannot_do_its_part_is_named() {
    for mishap in [Mishap::CannotInstall, Mishap::CannotKeep] {
        let (error, _) = failure(mishap);
        assert_eq!((error.kind.clone(), error.to_string().as_str()), (Kind::Host, "the disk is full"));
    }
}

#[test]
fn only_the_named_roots_are_trusted_for_the_directory_and_for_the_chain() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, None);
    let with = |root_pem| CertificateOrder { root_pem, ..order(&pebble, &["meet.vc4all.example"]) };
    let (chain, _) = issue(&with(Some(pebble.root_of_api())), &mut desk);
    let chain = chain.expect_err("a foreign chain");
    assert_eq!((chain.kind.clone(), desk.installed.clone()), (Kind::ChainRefused, None), "{chain}");
    for root in [Some(pebble.root_of_chains()), None] {
        let (api, _) = issue(&with(root), &mut desk);
        let api = api.expect_err("a foreign directory");
        assert_eq!(api.kind, Kind::Unreachable, "{api}");
        assert!(api.to_string().to_lowercase().contains("certificate"), "{api}");
    }
    for root in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let (refused, _) = issue(&with(Some(root.to_owned())), &mut desk);
        assert_eq!(refused.expect_err("no root").kind, Kind::ChainRefused, "{root}");
    }
}

#[test]
fn an_authority_that_is_none_or_not_there_is_told_apart() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, None);
    let at = |directory| CertificateOrder { directory, ..order(&pebble, &["meet.vc4all.example"]) };
    let (strange, _) = issue(&at(pebble.not_a_directory()), &mut desk);
    let strange = strange.expect_err("no directory");
    assert_eq!(strange.kind, Kind::Strange, "{strange}");
    let told = format!("the authority at {} does not answer as an ACME server does", pebble.not_a_directory());
    assert!(strange.to_string().ends_with(&told), "{strange}");
    assert_eq!(acme::find(&at(pebble.not_a_directory())).expect_err("no directory").kind, Kind::Strange);
    acme::find(&at(pebble.directory())).expect("a directory");
    let closed = free_port();
    let nobody_there = format!("https://127.0.0.1:{closed}/dir");
    let (nobody, _) = issue(&at(nobody_there.clone()), &mut desk);
    let nobody = nobody.expect_err("nobody there");
    assert_eq!(nobody.kind, Kind::Unreachable);
    assert_eq!(acme::find(&at(nobody_there.clone())).expect_err("nobody there").kind, Kind::Unreachable);
    let told = format!("the authority at {nobody_there} cannot be reached: ");
    assert!(nobody.to_string().contains("refused") && nobody.to_string().contains(&told), "{nobody}");
}

#[test]
fn a_name_that_the_authority_never_signs_is_rejected_with_its_words() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, None);
    let (issued, _) = issue(&order(&pebble, &["blocked-domain.example"]), &mut desk);
    let error = issued.expect_err("a blocked name");
    assert_eq!(error.kind, Kind::NameRefused, "{error}");
    assert!(error.to_string().starts_with("order the certificate: the authority says: "), "{error}");
}
