//! Renewals with which nothing is wrong.

use crate::host::*;
use crate::pebble::{Manner, Pebble};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use vc4all_deploy::model::alert_order::AlertOrder;
use vc4all_deploy::model::ledger::{Advised, Ledger};
use vc4all_deploy::model::names::HostPath;
use vc4all_deploy::model::renewal::{Attempts, Window};
use vc4all_deploy::model::standing::StandingOrder;
use vc4all_deploy::model::subject::SubjectName;

#[test]
fn a_certificate_is_renewed_where_it_is_due_and_not_before() {
    if !inside("quiet::a_certificate_is_renewed_where_it_is_due_and_not_before") {
        return;
    }
    let pebble = Pebble::start(80, None);
    let standing = order(&pebble);
    renew(&[]).is(0, &["the one in force is of another authority", "the proof for meet.vc4all.example is shown"]);
    all_show_the_pair_in_force();
    let (first, before) = (live(), everything());
    assert!(ledger().attempts.succeeded.is_some() && ledger().failing.is_none() && ledger().began.is_none());

    renew(&[]).is(0, &["is good, and is renewed after"]);
    assert_eq!(everything(), before);
    renew(&["--now"]).is(0, &["somebody ordered it", "a new certificate for meet.vc4all.example is in force"]);
    assert_ne!(live(), first);
    all_show_the_pair_in_force();

    let names = ["meet.vc4all.example", "video.vc4all.example"].map(|name| SubjectName::parse(name).unwrap());
    give(&StandingOrder { names: names.into(), ..standing });
    // As if the last renewal were some days ago.
    rewrite(&Ledger { attempts: Attempts::default(), ..ledger() });
    renew(&[]).is(0, &["or for other names", "the proof for video.vc4all.example is shown"]);
    all_show_the_pair_in_force();
    renew(&[]).is(0, &["is good"]);
}

#[test]
fn a_certificate_of_minutes_is_renewed_in_its_last_third() {
    if !inside("quiet::a_certificate_of_minutes_is_renewed_in_its_last_third") {
        return;
    }
    let pebble = Pebble::of(80, Manner { seconds: Some(60), ..Manner::default() });
    order(&pebble);
    renew(&[]).is(0, &["of another authority"]);
    let first = live();
    renew(&[]).is(0, &["is good"]);
    assert_eq!(live(), first);
    wait_for("a renewal in the last third", || {
        let ended = renew(&[]);
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        ended.said.contains("little of its lifetime is left")
    });
    assert_ne!(live(), first);
    all_show_the_pair_in_force();
}

#[test]
fn an_authority_that_asks_for_it_is_heard_before_the_last_third() {
    if !inside("quiet::an_authority_that_asks_for_it_is_heard_before_the_last_third") {
        return;
    }
    let pebble = Pebble::start(80, None);
    order(&pebble);
    renew(&[]).is(0, &["of another authority"]);
    // As if the authority had said so meanwhile, and the last renewal were some days ago.
    let mut notes = ledger();
    let held = notes.certificate.clone().expect("a certificate");
    let window = Window { start: held.not_before - 60, end: held.not_before };
    let until = notes.looked.expect("a look") + 3600;
    notes.advice = Some(Advised { serial: held.serial, window, until });
    notes.attempts = Attempts::default();
    rewrite(&notes);
    renew(&[]).is(0, &["the authority asks for it"]);
}

/// Says that it is over, also where a test ends early: nobody would wait for its threads otherwise.
struct AtTheEnd<'a>(&'a AtomicBool);

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn no_handshake_fails_while_pairs_are_swapped() {
    if !inside("quiet::no_handshake_fails_while_pairs_are_swapped") {
        return;
    }
    let pebble = Pebble::start(80, None);
    order(&pebble);
    let (over, made) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for port in [443, 5349] {
            let (over, made) = (&over, &made);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    assert!(shown(port).is_some(), "a handshake failed on port {port}");
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let _end = AtTheEnd(&over);
        let mut renewals = 0;
        while renewals < 3 || made.load(Ordering::Relaxed) < 50 {
            renew(&["--now"]).is(0, &["is in force"]);
            renewals += 1;
        }
    });
}

#[test]
fn a_rehearsal_goes_the_whole_way_and_leaves_no_trace() {
    if !inside("quiet::a_rehearsal_goes_the_whole_way_and_leaves_no_trace") {
        return;
    }
    let mut pebble = Pebble::start(80, None);
    let standing = order(&pebble);
    let before = everything();
    renew(&["--rehearse"]).is(0, &["the authority signs", "works; nothing was changed"]);
    assert_eq!(everything(), before);
    assert!(ledger().is_rehearsed(&standing) && ledger().failing.is_none() && ledger().attempts.succeeded.is_none());
    // The authority has no other directory for rehearsals, and counts what it signed.
    assert!(ledger().attempts.signed[0].is_some());
    let other = StandingOrder { rehearsal: pebble.not_a_directory(), ..standing.clone() };
    assert!(!ledger().is_rehearsed(&other));

    give(&other);
    renew(&["--rehearse"]).is(1, &["error: ", "help: see that tls.authority is the address of an ACME directory"]);
    give(&standing);
    pebble.stop();
    renew(&["--rehearse"]).is(1, &["error: the authority at https://", " cannot be reached: "]);
    assert_eq!(everything(), before);
    assert!(!ledger().is_rehearsed(&standing) && ledger().failing.is_none());
}

/// An order that also names somebody to tell, at an address where nobody answers.
fn with_deaf_chat(standing: StandingOrder) -> StandingOrder {
    let file = HostPath::new("/run/webhook").unwrap();
    std::fs::write(file.as_str(), "https://meet.vc4all.example:1/hook\n").unwrap();
    StandingOrder { alerts: AlertOrder { webhook: Some(file), ..AlertOrder::default() }, ..standing }
}

#[test]
fn a_rehearsal_at_the_authority_itself_takes_no_certificate_that_a_renewal_may_need() {
    if !inside("quiet::a_rehearsal_at_the_authority_itself_takes_no_certificate_that_a_renewal_may_need") {
        return;
    }
    let pebble = Pebble::start(80, None);
    let standing = order(&pebble);
    // A message that does not arrive costs none.
    let told = with_deaf_chat(standing.clone());
    give(&told);
    renew(&["--rehearse"]).is(1, &["error: send a test message by webhook", "help: see that `alerts`"]);
    assert_eq!(ledger().attempts, Attempts::default());
    assert!(!ledger().is_rehearsed(&told));

    // The last one of a week is spared, and what was rehearsed before stays rehearsed.
    give(&standing);
    renew(&["--rehearse"]).is(0, &["works; nothing was changed"]);
    let before = ledger();
    let now = before.attempts.signed[0];
    rewrite(&Ledger { attempts: Attempts { signed: [now, now, now, None], ..before.attempts }, ..before });
    let before = ledger();
    renew(&["--rehearse"]).is(75, &["nothing was rehearsed", "is left for a renewal"]);
    let until = ledger().spared;
    assert!(until > now && ledger().is_rehearsed(&standing));
    assert_eq!(ledger(), Ledger { spared: until, ..before });

    // Another authority has counted none of these.
    let other = Pebble::start(80, None);
    let there = order(&other);
    renew(&["--rehearse"]).is(0, &["works; nothing was changed"]);
    assert!(ledger().is_rehearsed(&there) && ledger().spared.is_none() && ledger().attempts.signed[1].is_none());
}

#[test]
fn where_rehearsals_cost_nothing_one_goes_the_whole_way_though_nobody_would_hear_of_a_failure() {
    if !inside("quiet::where_rehearsals_cost_nothing_one_goes_the_whole_way_though_nobody_would_hear_of_a_failure") {
        return;
    }
    let pebble = Pebble::start(80, None);
    let standing = order(&pebble);
    give(&with_deaf_chat(StandingOrder { directory: "https://authority.example/dir".to_owned(), ..standing }));
    renew(&["--rehearse"]).is(1, &["the authority signs", "error: send a test message by webhook"]);
    assert!(ledger().rehearsed.unwrap().why.unwrap().contains("by webhook"));
}
