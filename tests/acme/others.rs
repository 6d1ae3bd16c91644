//! What other authorities than Let's Encrypt want, and what lies beside the first certificate.

use crate::desk::{Desk, Mishap};
use crate::pebble::{Manner, Pebble, tool};
use crate::{issue, order};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::path::{Path, PathBuf};
use vc4all_deploy::acme::{self, Binding, CertificateOrder, Kind};
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::tls::Method;

const ID: &str = "kid-of-voorbeeldstad";
const KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

fn bound(pebble: &Pebble, id: &str, key: &str) -> CertificateOrder {
    let key = Secret::new(BASE64_URL_SAFE_NO_PAD.decode(key).expect("base64url"));
    let binding = Some(Binding { id: id.to_owned(), key });
    CertificateOrder { binding, ..order(pebble, &["meet.vc4all.example"]) }
}

#[test]
fn an_account_is_bound_to_the_one_that_the_authority_gave_out() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::bound(desk.port, None, Some((ID, KEY)));
    issue(&bound(&pebble, ID, KEY), &mut desk).0.expect("a certificate");
    // The key of the binding was needed once.
    issue(&order(&pebble, &["meet.vc4all.example"]), &mut desk).0.expect("another certificate");
    assert!(!desk.account.as_ref().expect("an account").reveal().contains(KEY));
}

#[test]
fn a_missing_or_wrong_binding_is_told_as_such() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::bound(desk.port, None, Some((ID, KEY)));
    let wrong_key = KEY.replace('z', "y");
    for order in
        [order(&pebble, &["meet.vc4all.example"]), bound(&pebble, "somebody-else", KEY), bound(&pebble, ID, &wrong_key)]
    {
        let error = issue(&order, &mut desk).0.expect_err("no account");
        assert_eq!(error.kind, Kind::Binding, "{error}");
        assert!(error.help().contains("tls.external_account"), "{}", error.help());
        assert!(!error.to_string().contains(&wrong_key) && desk.account.is_none());
    }
}

#[test]
fn a_domain_and_everything_below_it_are_proven_by_records() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(1, None);
    desk.names = Some(pebble.names);
    let names = ["meet.vc4all.example", "*.meet.vc4all.example"];
    let order = CertificateOrder { method: Method::Record, ..order(&pebble, &names) };
    issue(&order, &mut desk).0.expect("a certificate");
    assert!(desk.pair_fits());
}

#[test]
fn a_record_that_is_not_there_is_told_by_the_authority() {
    let mut desk = Desk::new(Mishap::NotServed);
    let pebble = Pebble::start(1, None);
    desk.names = Some(pebble.names);
    let order = CertificateOrder { method: Method::Record, ..order(&pebble, &["meet.vc4all.example"]) };
    let error = issue(&order, &mut desk).0.expect_err("no record");
    assert_eq!(error.kind, Kind::WrongRecord, "{error}");
    assert!(error.help().contains("tls.dns_hook"), "{}", error.help());
}

#[test]
fn an_address_is_a_name_too() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, None);
    issue(&order(&pebble, &["meet.vc4all.example", "127.0.0.1"]), &mut desk).0.expect("a certificate");
    assert!(desk.pair_fits());
}

#[test]
fn a_profile_that_the_authority_lacks_is_refused_with_those_that_it_has() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, None);
    let order = CertificateOrder { profile: Some("none-such".to_owned()), ..order(&pebble, &["meet.vc4all.example"]) };
    let error = issue(&order, &mut desk).0.expect_err("no profile");
    assert_eq!(error.kind, Kind::NoSuchProfile, "{error}");
}

/// The first Pebble with advice about renewals, where the lab fetched it; otherwise the machine's own.
fn newest() -> PathBuf {
    let lab = std::env::var_os("LAB_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/lab"), PathBuf::from);
    let fetched = lab.join("cache/pebble/2.6/usr/bin/pebble");
    if fetched.is_file() { fetched } else { tool("pebble") }
}

#[test]
fn the_authority_says_when_to_renew_and_takes_what_replaces_a_certificate() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::of(desk.port, Manner { program: newest(), ..Manner::default() });
    let order = order(&pebble, &["meet.vc4all.example"]);
    let issued = issue(&order, &mut desk).0.expect("a certificate");
    let pem = desk.installed.clone().expect("a chain");
    match acme::advice(&order, &pem).expect("an answer") {
        Some((window, again)) => {
            assert!(issued.not_before <= window.start && window.end <= issued.not_after, "{window:?}");
            assert!(again.as_secs() > 0);
        }
        None => {
            let text = "this Pebble gives no advice: `tests/lab/lab authority program 2.6` fetches one that does";
            assert!(std::env::var_os("CI").is_none(), "{text}");
            eprintln!("left out: advice about renewals: {text}");
        }
    }
    let next = CertificateOrder { replaces: Some(pem), ..order };
    assert_ne!(issue(&next, &mut desk).0.expect("another").serial, issued.serial);
    assert_eq!(acme::advice(&next, "no certificate").expect("no advice"), None);
}

#[test]
fn what_cannot_be_replaced_any_more_keeps_nobody_from_a_certificate() {
    let mut desk = Desk::new(Mishap::Nothing);
    let mut pebble = Pebble::start(desk.port, None);
    let names = ["meet.vc4all.example"];
    issue(&order(&pebble, &names), &mut desk).0.expect("a certificate");
    let first = desk.installed.clone();
    for _ in 0..2 {
        let again = CertificateOrder { replaces: first.clone(), ..order(&pebble, &names) };
        issue(&again, &mut desk).0.expect("another one in its place, and one more");
    }
    pebble.forget_everything();
    let unknown = CertificateOrder { replaces: first, ..order(&pebble, &names) };
    issue(&unknown, &mut desk).0.expect("one in the place of a certificate that the authority does not know");
}
