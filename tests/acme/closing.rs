//! What is asked about certificates and accounts that exist already: revocation, another key, the end of an account.

use crate::desk::{Desk, Mishap};
use crate::pebble::Pebble;
use crate::{issue, order};
use serde_json::{Value, json};
use vc4all_deploy::acme::{self, Cause, CertificateOrder, Kind, Step};
use vc4all_deploy::model::secret::Secret;

const NAME: &str = "meet.vc4all.example";

/// A host with a certificate, and what it ordered.
fn served(pebble: &Pebble, desk: &mut Desk) -> CertificateOrder {
    let order = order(pebble, &[NAME]);
    issue(&order, desk).0.expect("a certificate");
    order
}

/// A part of what the host keeps.
fn kept(desk: &Desk, part: &str) -> Value {
    let json = desk.account.as_ref().expect("an account").reveal();
    serde_json::from_str::<Value>(json).expect("JSON")[part].clone()
}

/// Issues once more: whether that took a new account.
fn makes_account(order: &CertificateOrder, desk: &mut Desk) -> bool {
    let (issued, steps) = issue(order, desk);
    issued.expect("a certificate");
    steps.contains(&Step::AccountMade)
}

#[test]
fn a_certificate_is_revoked_once_and_the_account_gets_another_key() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, Some(50));
    let order = served(&pebble, &mut desk);
    let pem = desk.installed.clone().expect("a chain");
    for _ in 0..2 {
        acme::revoke(order.counter(), &mut desk, &pem, Cause::KeyCompromised).expect("revoked");
    }
    let before = desk.account.clone();
    acme::change_account_key(order.counter(), &mut desk).expect("another key");
    let after = desk.account.clone();
    assert!(before != after && kept(&desk, "next") == json!({}));
    assert!(!makes_account(&order, &mut desk) && desk.account == after);
    desk.account = before;
    let error = acme::revoke(order.counter(), &mut desk, &pem, Cause::Ceased).expect_err("the old key");
    assert_eq!(error.kind, Kind::AccountGone, "{error}");
    let nobody = &mut Desk::new(Mishap::Nothing);
    let error = acme::revoke(order.counter(), nobody, &pem, Cause::Ceased).expect_err("no account");
    assert_eq!(error.kind, Kind::AccountGone, "{error}");
}

#[test]
fn a_host_that_cannot_keep_another_key_keeps_the_one_that_counts() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, None);
    let order = served(&pebble, &mut desk);
    let before = desk.account.clone();
    desk.mishap = Mishap::CannotKeep;
    let error = acme::change_account_key(order.counter(), &mut desk).expect_err("a full disk");
    assert_eq!((error.kind, desk.account == before), (Kind::Host, true));
    desk.mishap = Mishap::Nothing;
    assert!(!makes_account(&order, &mut desk), "the authority was asked for a key that nobody has");
}

#[test]
fn a_change_of_the_key_that_breaks_off_is_settled_by_whoever_comes_next() {
    let mut desk = Desk::new(Mishap::Nothing);
    // With a nonce rejected, the second key would be the one that cannot be kept, before anybody was asked.
    let pebble = Pebble::start(desk.port, Some(0));
    let order = served(&pebble, &mut desk);
    let pem = desk.installed.clone().expect("a chain");
    let broken_off = |desk: &mut Desk| {
        desk.mishap = Mishap::CannotKeepAgain;
        let error = acme::change_account_key(order.counter(), desk).expect_err("the disk is full by now");
        assert_eq!(error.kind, Kind::Host, "{error}");
        desk.mishap = Mishap::Nothing;
        kept(desk, "next")
    };
    // The authority took the new key, and the host could not say so any more.
    let new = broken_off(&mut desk);
    assert!(!makes_account(&order, &mut desk));
    settled(&desk, &new);
    let newer = broken_off(&mut desk);
    acme::revoke(order.counter(), &mut desk, &pem, Cause::Superseded).expect("revoked");
    settled(&desk, &newer);

    // The authority was never asked for the key that stands beside.
    let text = json!({ "version": 1, "accounts": newer, "next": new }).to_string();
    desk.account = Some(Secret::new(text));
    assert!(!makes_account(&order, &mut desk));
    settled(&desk, &newer);
}

/// The host keeps this account and nothing beside it; a failure shows no key.
fn settled(desk: &Desk, account: &Value) {
    assert!(kept(desk, "accounts") == *account, "another account is kept");
    assert_eq!(kept(desk, "next"), json!({}));
}

#[test]
fn an_old_key_out_of_a_backup_makes_way_for_another_account() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, None);
    let order = served(&pebble, &mut desk);
    let backup = desk.account.clone();
    acme::change_account_key(order.counter(), &mut desk).expect("another key");
    desk.account = backup;
    let error = acme::change_account_key(order.counter(), &mut desk).expect_err("nobody's key");
    assert_eq!(error.kind, Kind::AccountGone, "{error}");
    assert!(error.to_string().contains("is not known there any more"), "{error}");
    assert!(makes_account(&order, &mut desk));
}

#[test]
fn an_account_that_was_closed_is_forgotten_and_another_one_is_made() {
    let mut desk = Desk::new(Mishap::Nothing);
    let pebble = Pebble::start(desk.port, Some(50));
    let order = order(&pebble, &["meet.vc4all.example"]);
    issue(&order, &mut desk).0.expect("a certificate");
    let open = desk.account.clone().expect("an account");
    acme::deactivate_account(order.counter(), &mut desk).expect("closed");
    assert_eq!(acme::deactivate_account(order.counter(), &mut desk).expect_err("forgotten").kind, Kind::AccountGone);
    // A backup may bring the closed one back.
    desk.account = Some(open.clone());
    let (again, steps) = issue(&order, &mut desk);
    again.expect("a certificate with another account");
    assert!(steps.contains(&Step::AccountMade) && desk.account.as_ref() != Some(&open), "{steps:?}");
}
