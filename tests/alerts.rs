//! What the host sends when it cannot renew its certificate, to real servers over TLS and to servers that mean harm.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is wrong, and says what it leaves out"
)]

#[path = "support/free_port.rs"]
mod free_port;
#[path = "alerts/mail.rs"]
mod mail;
#[path = "support/needs.rs"]
mod needs;
#[path = "alerts/office.rs"]
mod office;
#[path = "support/root.rs"]
mod root;
#[path = "alerts/server.rs"]
mod server;
#[path = "support/standing.rs"]
mod standing;
#[path = "alerts/webhook.rs"]
mod webhook;

use free_port::free_port;
use office::Office;
use std::time::Duration;
use vc4all_deploy::renewal::alert::Event;
use vc4all_deploy::renewal::telling::Way;

#[test]
fn one_way_that_works_is_enough_and_the_other_is_named() {
    let office = Office::open();
    let (chat, requests) = webhook::answering(&office, "HTTP/1.1 204 No Content\r\n\r\n");
    let standing = office.order(Some(chat), Some((free_port(), None)));
    let mut ledger = office.failing();
    let sent = office.tell(&standing, &mut ledger);
    let ways: Vec<_> = sent.iter().map(|sent| (sent.way, sent.event, sent.done.is_ok())).collect();
    assert_eq!(ways, [(Way::Webhook, Event::Failing, true), (Way::Mail, Event::Failing, false)]);
    assert!(sent[1].to_string().starts_with("the operator could not be told by mail: connect to "), "{}", sent[1]);
    assert_eq!(ledger.told.map(|told| told.at), Some(office.now));
    assert_eq!(requests.iter().count(), 1);
    assert!(office.tell(&standing, &mut ledger).is_empty(), "told twice");
}

#[test]
fn what_arrives_by_no_way_is_due_again() {
    let office = Office::open();
    let standing = office.order(Some(free_port()), Some((free_port(), None)));
    let mut ledger = office.failing();
    for _ in 0..2 {
        let sent = office.tell(&standing, &mut ledger);
        assert!(sent.len() == 2 && sent.iter().all(|sent| sent.done.is_err()), "{sent:?}");
        assert_eq!(ledger.told, None);
    }
}

#[test]
fn who_names_nobody_is_not_told() {
    let office = Office::open();
    let mut ledger = office.failing();
    assert!(office.tell(&office.order(None, None), &mut ledger).is_empty());
    assert_eq!(ledger.told, None);
}

#[test]
fn an_address_that_is_silent_does_not_cost_the_others_their_time() {
    let mut office = Office::open();
    office.patience = Duration::from_secs(10);
    let (chat, requests) = webhook::answering(&office, "HTTP/1.1 200 OK\r\n\r\n");
    // TEST-NET-1 (RFC 5737): nobody answers there, or the network says so at once.
    office.addresses = vec!["192.0.2.1".parse().unwrap(), "127.0.0.1".parse().unwrap()];
    let sent = office.tell(&office.order(Some(chat), None), &mut office.failing());
    assert!(sent[0].done.is_ok(), "{}", sent[0]);
    assert_eq!(requests.iter().count(), 1);
}
