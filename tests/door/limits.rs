//! How many guesses are looked at, whoever makes them, and what everybody else notices of it.

use crate::reply::Reply;
use crate::service::{House, ROOM, Service};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;
use vc4all_deploy::accounts::App;

const GUESSES: usize = 10_000;

/// Makes the guesses with eight at a time; `guess` says account and address of each.
fn guess(door: &Service, guess: impl Fn(usize) -> (String, String) + Sync) -> Vec<u16> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
                    let reply = |number| {
                        let (account, address) = guess(number);
                        attempt(door, &account, &format!("een zin {number}"), &address).status
                    };
                    numbers.take_while(|number| *number < GUESSES).map(reply).collect::<Vec<u16>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

fn attempt(door: &Service, account: &str, passphrase: &str, address: &str) -> Reply {
    let fields = [("room", ROOM), ("account", account), ("passphrase", passphrase)];
    door.post("/door", &fields, &[("X-Real-IP", address)])
}

#[test]
fn ten_thousand_guesses_of_one_line_are_some_twenty() {
    let house = House::new("optional");
    let anna = house.account("anna", App::Without);
    let door = house.open();
    let begun = Instant::now();
    let replies = guess(&door, |number| (format!("naam{number}"), format!("192.0.2.{}", number % 16)));
    let minutes = usize::try_from(begun.elapsed().as_secs() / 60).unwrap();
    let judged = door.noted("log-in refused");
    assert_eq!((replies.len(), replies.iter().filter(|status| **status == 403).count()), (GUESSES, judged));
    assert_eq!(door.noted("log-in not judged: rate limit"), GUESSES - judged);
    assert!((21..=21 + minutes).contains(&judged), "{judged} guesses were looked at in {minutes} minutes");

    let own = anna.passphrase.as_ref().unwrap().reveal();
    let here = attempt(&door, "anna", own, "192.0.2.7");
    assert_eq!(here.status, 429, "also the right passphrase is not looked at");
    let seconds: u64 = here.header("retry-after").parse().unwrap();
    assert!((1..=240).contains(&seconds), "{seconds}");
    assert!(here.body.contains("Probeer het over") && here.body.contains("role=\"alert\""), "{}", here.body);
    assert_eq!(attempt(&door, "anna", own, "192.0.2.16").status, 303, "the line beside");
    assert_eq!(attempt(&door, "anna", own, "2001:db8::1").status, 303, "another line");
}

#[test]
fn ten_thousand_guesses_from_everywhere_at_one_account_are_a_dozen() {
    let house = House::new("optional");
    house.account("anna", App::Without);
    house.account("bert", App::Without);
    let door = house.open();
    let begun = Instant::now();
    let replies =
        guess(&door, |number| ("anna".to_owned(), format!("198.18.{}.{}", number / 16 % 256, number % 16 * 16)));
    let judged = door.noted("log-in refused");
    // Five without a rest, then rests of 1, 2, 4, … seconds.
    let most = 6 + usize::try_from((begun.elapsed().as_secs() + 1).ilog2()).unwrap();
    assert!((5..=most + 1).contains(&judged), "{judged} guesses were looked at in {:?}", begun.elapsed());
    assert_eq!(door.noted("log-in told to wait"), GUESSES - judged);
    assert!(replies.iter().all(|status| matches!(status, 403 | 429)));
    assert_eq!(attempt(&door, "bert", "een zin", "198.18.0.1").status, 403, "another account is looked at");
}

#[test]
fn who_has_no_readable_address_shares_one_line() {
    let door = House::new("optional").open();
    let headers: [&[(&str, &str)]; 4] = [
        &[],
        &[("X-Real-IP", "unix:")],
        &[("X-Real-IP", "nobody")],
        &[("X-Real-IP", "192.0.2.1"), ("X-Real-IP", "192.0.2.99")],
    ];
    for number in 0..21 {
        let account = format!("naam{number}");
        let fields = [("room", ROOM), ("account", &account), ("passphrase", "een zin")];
        assert_eq!(door.post("/door", &fields, headers[number % 4]).status, 403);
    }
    let fields = [("room", ROOM), ("account", "naam"), ("passphrase", "een zin")];
    for headers in headers {
        assert_eq!(door.post("/door", &fields, headers).status, 429);
    }
    assert_eq!(attempt(&door, "naam", "een zin", "192.0.2.1").status, 403);
}

#[test]
fn more_at_once_than_can_be_judged_are_asked_to_come_back() {
    let house = House::new("optional");
    let anna = house.account("anna", App::Without);
    let door = house.open();
    let replies: Vec<Reply> = thread::scope(|scope| {
        let door = &door;
        let guess = |number: usize| {
            scope.spawn(move || attempt(door, &format!("naam{number}"), "een zin", &format!("203.0.{number}.1")))
        };
        let threads: Vec<_> = (0..80).map(guess).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let busy: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 503).collect();
    assert!(!busy.is_empty() && replies.iter().all(|reply| matches!(reply.status, 403 | 503)));
    assert!(
        busy.iter().all(|reply| reply.header("retry-after") == "30" && reply.body.contains("te veel mensen tegelijk"))
    );
    assert_eq!(door.noted("log-in not judged: too many at once"), busy.len());
    let memory = door.most_memory();
    assert!(memory < 200 * 1024, "{memory} KiB with two hashes of 64 MiB at once");
    assert_eq!(attempt(&door, "anna", anna.passphrase.as_ref().unwrap().reveal(), "203.0.113.1").status, 303);
}

#[test]
fn a_town_hall_behind_one_address_logs_in_within_minutes() {
    let house = House::new("optional");
    let hosts: Vec<_> =
        (0..4).map(|number| (format!("host{number}"), house.account(&format!("host{number}"), App::Without))).collect();
    let door = house.open();
    for (account, credentials) in hosts.iter().cycle().take(24) {
        assert_eq!(attempt(&door, account, credentials.passphrase.as_ref().unwrap().reveal(), "192.0.2.1").status, 303);
    }
    // As many wrong ones would have waited from the 22nd on.
    assert_eq!(door.noted("log-in admitted"), 24);
}
