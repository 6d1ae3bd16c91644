//! Who is let in.

use crate::stage::{Host, NOW, Stage, admitted, attempt, name, new};
use std::fs;
use std::sync::Barrier;
use std::thread;
use vc4all_deploy::accounts::{App, Person, Renewal, Verdict};
use vc4all_deploy::model::deployment::SecondFactor::{Optional, Required};
use vc4all_deploy::model::secret::Secret;

#[test]
fn passphrase_and_code_together_let_in_and_nothing_less_does() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    let code = jo.code(NOW);
    for (account, passphrase, code) in [
        ("jo", jo.passphrase.as_str(), ""),
        ("jo", jo.passphrase.as_str(), "000000"),
        ("jo", "", code.as_str()),
        ("jo", "wrong", code.as_str()),
    ] {
        assert_eq!(attempt(&stage.accounts, (account, passphrase, code), NOW), Verdict::Refused);
    }
    let Verdict::Admitted(Person { account, name, id }) = jo.right(&stage.accounts, NOW) else { panic!("not let in") };
    assert_eq!((account.as_str(), name.as_str(), id.len()), ("jo", "Jo Voorbeeld", 16));
    let Verdict::Admitted(again) = jo.right(&stage.accounts, NOW + 30) else { panic!("not let in again") };
    assert_eq!(again.id, id, "the same person for Jitsi");
}

#[test]
fn names_and_made_passphrases_are_taken_as_people_type_them() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo.voorbeeld");
    let typed = jo.passphrase.to_uppercase().replace('-', " ");
    assert!(admitted(&attempt(&stage.accounts, (" Jo.Voorbeeld ", &typed, &jo.code(NOW)), NOW)));
}

#[test]
fn a_code_is_good_once_also_after_a_restart_and_in_another_program() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    assert!(admitted(&jo.right(&stage.accounts, NOW)));
    assert_eq!(jo.right(&stage.accounts, NOW), Verdict::Refused);
    assert_eq!(jo.right(&stage.again(Required), NOW + 29), Verdict::Refused);
    assert_eq!(jo.with(&stage.again(Required), &jo.code(NOW - 30), NOW), Verdict::Refused, "an older one");
    assert!(admitted(&jo.right(&stage.again(Required), NOW + 30)));
}

#[test]
fn a_clock_may_be_one_step_off_and_no_more() {
    for (skew, good) in [(-60, false), (-30, true), (30, true), (60, false)] {
        let stage = Stage::new(Required);
        let jo = stage.host("jo");
        let code = jo.code(NOW.checked_add_signed(skew).unwrap());
        assert_eq!(admitted(&jo.with(&stage.accounts, &code, NOW)), good, "{skew}");
    }
}

#[test]
fn a_wrong_passphrase_spends_no_code() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    for code in [&jo.code(NOW), &jo.recovery[0]] {
        assert_eq!(attempt(&stage.accounts, ("jo", "wrong", code), NOW), Verdict::Refused);
        assert!(admitted(&jo.with(&stage.accounts, code, NOW)));
    }
}

#[test]
fn each_recovery_code_is_good_once() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    for code in &jo.recovery {
        assert!(admitted(&jo.with(&stage.accounts, code, NOW)), "in the place of the app");
        assert_eq!(jo.with(&stage.accounts, code, NOW), Verdict::Refused);
    }
    assert_eq!(stage.accounts.list(NOW).unwrap()[0].recovery_codes, 0);
}

#[test]
fn of_requests_at_the_same_moment_with_the_same_code_one_is_let_in() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    for (round, code) in [jo.code(NOW), jo.recovery[0].clone(), jo.code(NOW + 30)].iter().enumerate() {
        // Four attempts at once stay below the number that makes an account rest.
        let (others, start) = (stage.again(Required), Barrier::new(4));
        let let_in = thread::scope(|scope| {
            let tries = [&stage.accounts, &others, &stage.accounts, &others].map(|accounts| {
                let (start, jo) = (&start, &jo);
                scope.spawn(move || {
                    start.wait();
                    admitted(&jo.with(accounts, code, NOW + 30))
                })
            });
            tries.into_iter().filter(|_| true).map(|one| one.join().unwrap()).filter(|good| *good).count()
        });
        assert_eq!(let_in, 1, "round {round}");
        stage.accounts.unlock(&name("jo")).unwrap();
    }
}

#[test]
fn without_an_app_a_passphrase_is_enough_only_where_the_instance_says_so() {
    let stage = Stage::new(Optional);
    let given = stage.accounts.add(&new("noor", None, App::Without)).unwrap();
    let noor = Host::of("noor", given);
    assert!(admitted(&noor.with(&stage.accounts, "", NOW)));
    assert!(admitted(&noor.with(&stage.accounts, "123456", NOW)), "a code that nobody asked for does not matter");
    assert_eq!(noor.with(&stage.again(Required), "", NOW), Verdict::Refused);
    let jo = stage.host("jo");
    assert_eq!(jo.with(&stage.accounts, "", NOW), Verdict::Refused, "who has an app needs it");
}

#[test]
fn a_listed_account_gets_in_only_after_its_first_passphrase() {
    let stage = Stage::new(Required);
    stage.host("jo");
    fs::write(stage.file("noor"), r#"{"name": "Noor Voorbeeld"}"#).unwrap();
    assert_eq!(attempt(&stage.accounts, ("noor", "", ""), NOW), Verdict::Refused);
    let given = stage.accounts.reset(&name("noor"), &Renewal::All(None, App::SetUp)).unwrap();
    let noor = Host::of("noor", given);
    let Verdict::Admitted(person) = noor.right(&stage.accounts, NOW) else { panic!("not let in") };
    assert_eq!(person.name, "Noor Voorbeeld");
}

#[test]
fn a_damaged_file_lets_nobody_in_and_stays_as_it_is() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    let good = stage.text("jo");
    let halves = [good[..good.len() / 2].to_owned(), good.replace("argon2id", "argon2x"), String::new()];
    for damaged in halves {
        fs::write(stage.file("jo"), &damaged).unwrap();
        assert_eq!(jo.right(&stage.again(Required), NOW), Verdict::Refused);
        assert_eq!(stage.text("jo"), damaged);
    }
    fs::write(stage.file("jo"), good).unwrap();
    assert!(admitted(&jo.right(&stage.accounts, NOW)));
}

#[test]
fn a_chosen_passphrase_is_taken_byte_for_byte() {
    let stage = Stage::new(Optional);
    let chosen = "Zeven paarse fietsen  aan de gracht";
    stage.accounts.add(&new("jo", Some(chosen), App::Without)).unwrap();
    assert!(admitted(&attempt(&stage.accounts, ("jo", chosen, ""), NOW)));
    for wrong in [&chosen.to_lowercase(), chosen.trim_end_matches('t'), &format!("{chosen} "), &"x".repeat(100_000)] {
        assert_eq!(attempt(&stage.accounts, ("jo", wrong, ""), NOW), Verdict::Refused);
        stage.accounts.unlock(&name("jo")).unwrap();
    }
    let bad = stage.accounts.reset(&name("jo"), &Renewal::Passphrase(Some(Secret::new("Jo Voorbeeld 1".to_owned()))));
    assert!(!format!("{:?}", bad.unwrap_err()).contains("Voorbeeld 1"));
}
