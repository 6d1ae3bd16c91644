//! Renewals with which something is wrong.

use crate::host::*;
use crate::pebble::{Manner, Pebble};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::SystemTime;
use vc4all_deploy::apply::Hold;
use vc4all_deploy::model::ledger::Ledger;
use vc4all_deploy::model::renewal::Attempts;
use vc4all_deploy::model::values::Domain;
use vc4all_deploy::remote::local::Local;

#[test]
fn an_authority_that_is_down_is_asked_again_and_not_too_often() {
    if !inside("mishaps::an_authority_that_is_down_is_asked_again_and_not_too_often") {
        return;
    }
    let mut pebble = Pebble::start(80, None);
    order(&pebble);
    pebble.stop();
    let before = everything();
    renew(&[]).is(1, &["the authority gives no advice", "error: ", "help: see that the host reaches the authority"]);
    let failing = ledger().failing.expect("a failure");
    assert_eq!((failing.times, ledger().attempts.failures), (1, 1));
    renew(&[]).is(1, &["waits for its next attempt after"]);
    assert_eq!(ledger().attempts.failures, 1);
    renew(&["--now"]).is(1, &["error: "]);
    assert_eq!((ledger().attempts.failures, ledger().failing.expect("a failure").times), (2, 2));
    assert_eq!(everything(), before);

    // It comes back with another root, as after `up` with a new inventory.
    pebble.forget_everything();
    order(&pebble);
    renew(&["--now"]).is(0, &["is in force"]);
    let notes = ledger();
    assert!(notes.failing.is_none() && notes.attempts.failures == 0, "{notes:?}");
    all_show_the_pair_in_force();
}

#[test]
fn half_of_all_nonces_rejected_is_only_slower() {
    if !inside("mishaps::half_of_all_nonces_rejected_is_only_slower") {
        return;
    }
    let pebble = Pebble::start(80, Some(50));
    order(&pebble);
    renew(&[]).is(0, &["is in force"]);
    renew(&["--rehearse"]).is(0, &["works; nothing was changed"]);
    all_show_the_pair_in_force();
}

/// What port 80 shows to everybody.
fn page() -> String {
    let mut stream = TcpStream::connect("127.0.0.1:80").unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\nHost: meet.vc4all.example\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}

#[test]
fn an_answer_that_somebody_swallows_is_found_before_the_authority_counts_it() {
    if !inside("mishaps::an_answer_that_somebody_swallows_is_found_before_the_authority_counts_it") {
        return;
    }
    let pebble = Pebble::start(80, None);
    order(&pebble);
    let config = fs::read_to_string("/etc/nginx/nginx.conf").unwrap();
    let other = "server { listen 80; server_name meet.vc4all.example; return 200 hello; } ";
    fs::write("/etc/nginx/nginx.conf", config.replacen("server {", &format!("{other} server {{"), 1)).unwrap();
    assert!(Command::new("nginx").args(["-s", "reload"]).status().unwrap().success());
    wait_for("the other server", || page() == "hello");
    renew(&["--rehearse"]).is(1, &["answered 200 `hello`"]);
    let before = everything();
    renew(&[]).is(1, &["answered 200 `hello`", "help: see who answers on port 80"]);
    // The key that nobody needs lies there until the next attempt, and nothing else.
    let left: Vec<_> = everything().into_keys().filter(|path| !before.contains_key(path)).collect();
    assert!(left.iter().all(|path| path.ends_with("pending/privkey.pem")), "{left:?}");
    assert!(ledger().attempts.failures == 1 && ledger().failing.is_some());
}

#[test]
fn an_agent_killed_in_the_middle_counts_as_failed_and_the_old_pair_stays() {
    if !inside("mishaps::an_agent_killed_in_the_middle_counts_as_failed_and_the_old_pair_stays") {
        return;
    }
    let pebble = Pebble::start(80, None);
    order(&pebble);
    renew(&[]).is(0, &[]);
    let (old, serial) = (live(), shown(443));
    // Nobody answers on port 80, so that it comes no further.
    all_of_nginx("-STOP");
    kill_after("the host made a new key", || {});
    all_of_nginx("-CONT");
    wait_for_the_lock();
    assert_eq!(live(), old);
    renew(&[]).is(0, &["is good"]);
    assert_eq!(ledger().attempts.failures, 1);

    // In the middle of the swap: the relay stands still, and the host waits for it to show the new pair.
    let relay = fs::read_to_string("/run/turn.pid").unwrap();
    signal("-STOP", &relay);
    kill_after("the authority signs", || wait_for("the swap", || live() != old));
    signal("-CONT", &relay);
    wait_for_the_lock();
    assert_eq!(live(), old);
    wait_for("the old pair on both ports", || shown(443) == serial && shown(5349) == serial);
    renew(&["--now"]).is(0, &["is in force"]);
    all_show_the_pair_in_force();
    // The authority had signed for the one that was killed in the swap, and not for the one before.
    assert_eq!(signed(&ledger()), 3, "{:?}", ledger().attempts);
}

fn all_of_nginx(signal: &str) {
    assert!(Command::new("pkill").args([signal, "-x", "nginx"]).status().unwrap().success());
}

/// How many certificates the host knows to have cost the authority.
fn signed(ledger: &Ledger) -> usize {
    ledger.attempts.signed.iter().flatten().count()
}

#[test]
fn a_pair_that_a_server_does_not_take_costs_a_certificate_and_the_old_one_serves() {
    if !inside("mishaps::a_pair_that_a_server_does_not_take_costs_a_certificate_and_the_old_one_serves") {
        return;
    }
    let pebble = Pebble::start(80, None);
    order(&pebble);
    renew(&[]).is(0, &[]);
    let (old, serial) = (live(), shown(443));
    // The relay hears of no new pair: its signals go to a process that does not mind them.
    let relay = fs::read_to_string("/run/turn.pid").unwrap();
    let mut deaf = Command::new("sh").args(["-c", "trap '' USR2; exec sleep 600"]).spawn().unwrap();
    fs::write("/run/turn.pid", deaf.id().to_string()).unwrap();
    renew(&["--now"])
        .is(1, &["the authority signs", "127.0.0.1:5349 does not show the new certificate", "the old one is back"]);
    assert_eq!(live(), old);
    wait_for("the old pair on both ports", || shown(443) == serial && shown(5349) == serial);
    let attempts = ledger().attempts;
    assert!(attempts.signed[0].is_some() && attempts.signed[0] == attempts.failed, "{attempts:?}");

    deaf.kill().unwrap();
    deaf.wait().unwrap();
    fs::write("/run/turn.pid", relay).unwrap();
    renew(&["--now"]).is(0, &["is in force"]);
    all_show_the_pair_in_force();
    assert_eq!(signed(&ledger()), 3);
}

#[test]
fn a_week_that_is_full_is_waited_for_and_not_called_good() {
    if !inside("mishaps::a_week_that_is_full_is_waited_for_and_not_called_good") {
        return;
    }
    let pebble = Pebble::start(80, None);
    let standing = order(&pebble);
    let now = i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let full = Attempts { signed: [Some(now - 3600); 4], ..Attempts::default() };
    rewrite(&Ledger { authority: Some(standing.directory), attempts: full, ..Ledger::default() });
    renew(&[]).is(1, &["waits for its next attempt after"]);
    let notes = ledger();
    assert_eq!((notes.waits, notes.failing), (Some(now - 3600 + 7 * 86_400), None));
    renew(&["--now"]).is(0, &["is in force"]);
    assert_eq!(ledger().waits, None);
}

fn signal(signal: &str, process: &str) {
    assert!(Command::new("kill").args([signal, process.trim()]).status().unwrap().success());
}

#[test]
fn a_lock_of_somebody_else_is_no_failure() {
    if !inside("mishaps::a_lock_of_somebody_else_is_no_failure") {
        return;
    }
    let pebble = Pebble::start(80, None);
    order(&pebble);
    let hold = Hold::take(&mut Local, "beheer since noon", &Domain::parse(NAME).unwrap()).unwrap();
    renew(&[]).is(75, &["somebody else is at work on this host: beheer since noon"]);
    renew(&["--rehearse"]).is(75, &["beheer since noon"]);
    let notes = ledger();
    assert!(notes.failing.is_none() && notes.rehearsed.is_none() && notes.attempts.failed.is_none(), "{notes:?}");
    hold.release(&mut Local).unwrap();
    renew(&[]).is(0, &["is in force"]);
}

#[test]
fn a_clock_that_jumped_decides_nothing_and_says_so() {
    if !inside("mishaps::a_clock_that_jumped_decides_nothing_and_says_so") {
        return;
    }
    if !crate::needs::have(&["faketime"]) {
        return;
    }
    let pebble = Pebble::start(80, None);
    order(&pebble);
    renew(&[]).is(0, &[]);
    let old = live();
    renew_at("+3h").is(1, &["the clock of this host is 180 minutes ahead of the authority's", "help: set the clock"]);
    assert_eq!((ledger().attempts.failures, ledger().failing.map(|failing| failing.times)), (0, Some(1)));
    // So far back that not even the authority's own TLS is good yet.
    renew_at("-30d").is(1, &["before the first second of its certificate", "help: set the clock"]);
    assert_eq!(live(), old);
    renew(&[]).is(0, &["is good"]);
    assert!(ledger().failing.is_none());
}

#[test]
fn a_clock_that_differs_lets_no_certificate_run_out() {
    if !inside("mishaps::a_clock_that_differs_lets_no_certificate_run_out") {
        return;
    }
    if !crate::needs::have(&["faketime"]) {
        return;
    }
    let pebble = Pebble::of(80, Manner { seconds: Some(5 * 60 * 60), ..Manner::default() });
    order(&pebble);
    renew(&[]).is(0, &[]);
    let old = live();
    renew_at("+3h").is(1, &["180 minutes ahead of the authority's", "help: set the clock"]);
    assert_eq!(live(), old);
    renew_at("+4h")
        .is(0, &["240 minutes ahead of the authority's; so little time is left that it goes on", "is in force"]);
    assert_ne!(live(), old);
}

#[test]
fn a_standing_order_that_is_none_sends_to_the_operator() {
    if !inside("mishaps::a_standing_order_that_is_none_sends_to_the_operator") {
        return;
    }
    renew(&[]).is(1, &["the standing order /run/renewal.json is not there", "help: run `vc4all-deploy up INVENTORY`"]);
    fs::write("/run/renewal.json", "{}").unwrap();
    renew(&[]).is(1, &["makes no sense", "help: run `vc4all-deploy up INVENTORY`"]);
}

#[test]
fn an_account_that_is_gone_and_must_be_bound_sends_to_the_operator() {
    if !inside("mishaps::an_account_that_is_gone_and_must_be_bound_sends_to_the_operator") {
        return;
    }
    let pebble =
        Pebble::bound(80, None, Some(("kid", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W")));
    order(&pebble);
    renew(&[]).is(1, &["help: run `vc4all-deploy renew INVENTORY --now` on your own machine"]);
}
