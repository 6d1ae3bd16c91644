//! "Stay signed in on this computer".

use crate::stage::{Host, NOW, Stage, name, new};
use vc4all_deploy::accounts::{App, Person, Renewal};
use vc4all_deploy::model::deployment::SecondFactor::{Optional, Required};

const DAY: u64 = 86_400;

fn cookie(stage: &Stage, account: &str, now: u64) -> String {
    stage.accounts.remember(&person(stage, account), now).unwrap().reveal().clone()
}

/// Who was just let in.
fn person(stage: &Stage, account: &str) -> Person {
    let record: serde_json::Value = serde_json::from_str(&stage.text(account)).unwrap();
    let id = record["id"].as_str().unwrap().to_owned();
    Person { account: name(account), name: "Jo Voorbeeld".to_owned(), id }
}

#[test]
fn a_computer_is_known_for_seven_days() {
    let stage = Stage::new(Required);
    stage.host("jo.voorbeeld");
    let cookie = cookie(&stage, "jo.voorbeeld", NOW);
    assert!(cookie.len() == 12 + 1 + 43, "256 bits beside the name");
    let who = stage.again(Required).recall(&cookie, NOW + 7 * DAY - 1).unwrap().unwrap();
    assert_eq!((who.account.as_str(), who.name.as_str()), ("jo.voorbeeld", "Jo Voorbeeld"));
    assert_eq!(stage.accounts.recall(&cookie, NOW + 7 * DAY).unwrap(), None);
    let secret = cookie.rsplit_once('.').unwrap().1;
    assert!(!stage.text("jo.voorbeeld").contains(secret), "the file holds a digest");
}

#[test]
fn a_clock_that_was_ahead_keeps_nobody_signed_in_for_years() {
    let stage = Stage::new(Required);
    stage.host("jo");
    let (late, early) = (cookie(&stage, "jo", NOW + 365 * DAY), cookie(&stage, "jo", NOW + 60));
    assert!(stage.accounts.recall(&early, NOW).unwrap().is_some(), "a clock is set back by moments every day");
    assert_eq!(stage.accounts.recall(&late, NOW).unwrap(), None);
    assert_eq!(stage.accounts.list(NOW).unwrap()[0].signed_in, 1);
}

#[test]
fn a_cookie_of_somebody_else_or_of_nobody_is_not_known() {
    let stage = Stage::new(Required);
    stage.host("jo");
    stage.host("noor");
    let jo = cookie(&stage, "jo", NOW);
    let secret = jo.rsplit_once('.').unwrap().1;
    let mut odd = vec![String::new(), ".".to_owned(), "jo".to_owned(), "jo.".to_owned(), format!("noor.{secret}")];
    odd.extend([
        format!("{jo}A"),
        jo[..jo.len() - 1].to_owned(),
        format!("../accounts/{jo}"),
        format!("nobody.{secret}"),
    ]);
    odd.extend([format!("jo.{}", "x".repeat(100_000)), format!("JO\0.{secret}"), "é.é".to_owned()]);
    for cookie in odd {
        assert_eq!(stage.accounts.recall(&cookie, NOW).unwrap(), None, "{cookie}");
        stage.accounts.forget(&cookie).unwrap();
    }
    assert!(stage.accounts.recall(&jo, NOW).unwrap().is_some());
    stage.accounts.forget(&jo).unwrap();
    assert_eq!(stage.accounts.recall(&jo, NOW).unwrap(), None);
}

#[test]
fn the_eleventh_computer_takes_the_place_of_the_first() {
    let stage = Stage::new(Required);
    stage.host("jo");
    let cookies: Vec<String> = (0..11).map(|number| cookie(&stage, "jo", NOW + number)).collect();
    let known = |cookie: &String| stage.accounts.recall(cookie, NOW + 20).unwrap().is_some();
    assert_eq!(cookies.iter().map(known).collect::<Vec<_>>(), [vec![false], vec![true; 10]].concat());
    assert_eq!(stage.accounts.list(NOW + 20).unwrap()[0].signed_in, 10);
    assert_eq!(stage.accounts.list(NOW + 8 * DAY).unwrap()[0].signed_in, 0);
}

#[test]
fn new_credentials_and_a_removal_end_it() {
    let stage = Stage::new(Required);
    for renewal in [Renewal::All(None, App::SetUp), Renewal::Passphrase(None), Renewal::App] {
        stage.host("jo");
        let cookie = cookie(&stage, "jo", NOW);
        stage.accounts.reset(&name("jo"), &renewal).unwrap();
        assert_eq!(stage.accounts.recall(&cookie, NOW).unwrap(), None, "{renewal:?}");
        stage.accounts.remove(&name("jo")).unwrap();
    }
    stage.host("jo");
    let cookie = cookie(&stage, "jo", NOW);
    stage.accounts.remove(&name("jo")).unwrap();
    assert_eq!(stage.accounts.recall(&cookie, NOW).unwrap(), None);
    stage.host("jo");
    assert_eq!(stage.accounts.recall(&cookie, NOW).unwrap(), None, "a new account of the same name is another one");
    let jo = person(&stage, "jo");
    stage.accounts.reset(&name("jo"), &Renewal::Passphrase(None)).unwrap();
    assert!(stage.accounts.remember(&jo, NOW).is_err(), "let in a moment before the new credentials");
    let jo = person(&stage, "jo");
    stage.accounts.remove(&name("jo")).unwrap();
    assert!(stage.accounts.remember(&jo, NOW).is_err());
}

#[test]
fn who_may_no_longer_log_in_is_not_recalled() {
    let stage = Stage::new(Optional);
    let given = stage.accounts.add(&new("jo", None, App::Without)).unwrap();
    assert!(Host::of("jo", given).key.is_empty());
    let cookie = cookie(&stage, "jo", NOW);
    assert!(stage.accounts.recall(&cookie, NOW).unwrap().is_some());
    assert_eq!(stage.again(Required).recall(&cookie, NOW).unwrap(), None, "the instance asks for a second factor now");
}
