//! What somebody gets who guesses.

use crate::stage::{NOW, Stage, admitted, attempt, name};
use std::fs;
use std::thread;
use vc4all_deploy::accounts::{Accounts, Verdict};
use vc4all_deploy::model::account::Standing;
use vc4all_deploy::model::deployment::SecondFactor::Required;

/// Guesses once a second and tells the answers.
fn guess(accounts: &Accounts, account: &str, seconds: u64) -> Vec<Verdict> {
    (0..seconds).map(|second| attempt(accounts, (account, &second.to_string(), "000000"), NOW + second)).collect()
}

fn judged(answers: &[Verdict]) -> usize {
    answers.iter().filter(|answer| **answer == Verdict::Refused).count()
}

#[test]
fn ten_thousand_guesses_are_ten_and_a_hundred_at_the_most() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    let answers = guess(&stage.accounts, "jo", 10_000);
    // Five are free; then the rests of 1, 2, 4 … 512 seconds, then one of 900 again and again.
    assert_eq!(judged(&answers), 24, "of ten thousand guesses in 10,000 seconds");
    assert_eq!(stage.accounts.hashes(), 24, "the others were not even hashed");
    let mut now = NOW + 10_000;
    let mut more = 0;
    for _ in 0..10_000 {
        match attempt(&stage.again(Required), ("jo", "guess", "000000"), now) {
            Verdict::Wait { seconds } => now += seconds,
            _ => more += 1,
        }
    }
    assert_eq!(24 + more, 100, "however patient somebody is");
    assert_eq!(jo.right(&stage.accounts, now), Verdict::Wait { seconds: 900 }, "the right one waits as well");
    assert_eq!(stage.accounts.list(now).unwrap()[0].standing, Standing::Locked);
    stage.accounts.unlock(&name("jo")).unwrap();
    assert!(admitted(&jo.right(&stage.accounts, now)));
}

#[test]
fn a_name_that_is_no_account_answers_and_costs_the_same() {
    let stage = Stage::new(Required);
    stage.host("jo");
    fs::write(stage.file("listed"), r#"{"name": "Noor Voorbeeld"}"#).unwrap();
    fs::write(stage.file("damaged"), "{").unwrap();
    let long = "x".repeat(5000);
    let names = ["nobody", "", "../jo", "Jo Voorbeeld", "jo\0", "listed", "damaged", "é", long.as_str()];
    let one = |name: &str| {
        let fresh = stage.again(Required);
        let moments = (0..2000).map(|second| NOW + second).chain((1..150).map(|hour| NOW + hour * 3600));
        let seen: Vec<(Verdict, bool)> = moments
            .map(|now| {
                let before = files(&stage);
                let answer = attempt(&fresh, (name, "x", "000000"), now);
                (answer, files(&stage) != before)
            })
            .collect();
        (seen, fresh.hashes())
    };
    let (seen, hashes) = one("jo");
    assert!(
        seen.iter().all(|(answer, wrote)| *wrote == (*answer == Verdict::Refused)),
        "one write for each that is judged"
    );
    assert_eq!(hashes, 100);
    for name in names {
        assert!(one(name) == (seen.clone(), hashes), "{name:?} differs");
    }
}

/// The files of the folder; a write changes one.
fn files(stage: &Stage) -> Vec<(u64, std::time::SystemTime)> {
    use std::os::unix::fs::MetadataExt as _;
    let files = fs::read_dir(&stage.folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap());
    let mut seen: Vec<_> = files.map(|file| (file.ino(), file.modified().unwrap())).collect();
    seen.sort();
    seen
}

#[test]
fn guesses_at_the_same_moment_are_counted_before_they_are_looked_at() {
    let stage = Stage::new(Required);
    stage.host("jo");
    for account in ["jo", "nobody"] {
        let answers: Vec<Verdict> = thread::scope(|scope| {
            let guesses: Vec<_> = (0..40)
                .map(|number| {
                    let accounts = &stage.accounts;
                    scope.spawn(move || attempt(accounts, (account, &number.to_string(), "000000"), NOW))
                })
                .collect();
            guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
        });
        assert_eq!(judged(&answers), 5, "{account}");
    }
}

#[test]
fn a_right_log_in_sets_the_count_back() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    for day in 0..30 {
        let now = NOW + day * 86_400;
        assert_eq!(judged(&guess_at(&stage.accounts, now)), 4);
        assert!(admitted(&jo.right(&stage.accounts, now)));
    }
}

fn guess_at(accounts: &Accounts, now: u64) -> Vec<Verdict> {
    (0..4).map(|number| attempt(accounts, ("jo", &number.to_string(), ""), now)).collect()
}

#[test]
fn the_count_outlives_a_restart() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    for _ in 0..5 {
        assert_eq!(attempt(&stage.again(Required), ("jo", "wrong", ""), NOW), Verdict::Refused);
    }
    assert_eq!(jo.right(&stage.again(Required), NOW), Verdict::Wait { seconds: 1 });
    assert_eq!(stage.again(Required).list(NOW).unwrap()[0].standing, Standing::Waiting);
    assert!(admitted(&jo.right(&stage.again(Required), NOW + 1)));
}

#[test]
fn a_clock_that_was_ahead_locks_nobody_out_for_years() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    for _ in 0..6 {
        attempt(&stage.accounts, ("jo", "wrong", ""), NOW + 1_000_000_000);
    }
    assert_eq!(jo.right(&stage.accounts, NOW), Verdict::Wait { seconds: 1 });
    assert!(admitted(&jo.right(&stage.accounts, NOW + 1)));
}
