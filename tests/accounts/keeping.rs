//! What an administrator can do.

use crate::stage::{Host, NOW, Stage, admitted, name, new};
use std::fs;
use vc4all_deploy::accounts::{App, Order, Outcome, Renewal, Verdict};
use vc4all_deploy::model::account::{AccountState, Standing};
use vc4all_deploy::model::advice::Advice;
use vc4all_deploy::model::deployment::SecondFactor::{Optional, Required};
use vc4all_deploy::model::secret::Secret;

fn order(stage: &Stage, text: &str) -> anyhow::Result<Outcome> {
    stage.accounts.carry_out(Order::read(text.as_bytes())?, NOW)
}

/// The error of an order, which has a help.
fn refused(stage: &Stage, text: &str) -> String {
    let error = order(stage, text).unwrap_err();
    assert!(!error.downcast_ref::<Advice>().unwrap().help.is_empty(), "{error:#}");
    format!("{error:#}")
}

#[test]
fn a_made_passphrase_and_a_new_app_are_given_out_once() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    assert_eq!((jo.passphrase.len(), jo.key.len(), jo.recovery.len()), (19, 32, 10));
    let text = stage.text("jo");
    assert!(!text.contains(&jo.passphrase) && jo.recovery.iter().all(|code| !text.contains(code)));
    assert!(stage.accounts.add(&new("jo", None, App::SetUp)).unwrap_err().to_string().contains("already"));
    let given = stage.accounts.add(&new("noor", Some("zeven paarse fietsen"), App::SetUp)).unwrap();
    assert!(given.passphrase.is_none(), "one that was typed is not given back");
    assert!(!format!("{given:?}").contains(given.app_key.as_ref().unwrap().reveal()));
}

#[test]
fn new_credentials_replace_what_they_say_and_unlock() {
    let stage = Stage::new(Required);
    let jo = stage.host("jo");
    let host = |given| Host { account: "jo".to_owned(), ..Host::of("jo", given) };
    let fresh = host(stage.accounts.reset(&name("jo"), &Renewal::Passphrase(None)).unwrap());
    assert!(fresh.key.is_empty() && fresh.recovery.is_empty());
    assert_eq!(jo.right(&stage.accounts, NOW), Verdict::Refused, "the old passphrase");
    let mixed = Host { key: jo.key.clone(), recovery: jo.recovery.clone(), ..fresh };
    assert!(admitted(&mixed.right(&stage.accounts, NOW)), "with the old app");
    let app = host(stage.accounts.reset(&name("jo"), &Renewal::App).unwrap());
    assert!(app.passphrase.is_empty());
    assert_eq!(mixed.right(&stage.accounts, NOW + 60), Verdict::Refused, "the old app");
    assert_eq!(mixed.with(&stage.accounts, &mixed.recovery[0], NOW), Verdict::Refused, "an old recovery code");
    let last = Host { passphrase: mixed.passphrase, ..app };
    (0..10).for_each(|_| drop(last.with(&stage.accounts, "", NOW)));
    assert!(matches!(last.right(&stage.accounts, NOW), Verdict::Wait { .. }));
    let all = host(stage.accounts.reset(&name("jo"), &Renewal::All(None, App::SetUp)).unwrap());
    assert!(admitted(&all.right(&stage.accounts, NOW)));
}

#[test]
fn the_list_tells_what_an_administrator_needs_and_no_secret() {
    let stage = Stage::new(Optional);
    let jo = stage.host("jo");
    assert!(admitted(&jo.right(&stage.accounts, NOW)));
    fs::write(stage.file("listed"), r#"{"name": "Noor Voorbeeld"}"#).unwrap();
    fs::write(stage.file("damaged"), "{\"name\":\"hush").unwrap();
    for other in ["Jo.json", "x.json", "jo.json.bak", ".jo.json.new", "notes"] {
        fs::write(stage.folder.join(other), "hush").unwrap();
    }
    let state = |account: &str, name: &str, standing| AccountState {
        account: account.to_owned(),
        name: name.to_owned(),
        passphrase: false,
        second_factor: false,
        recovery_codes: 0,
        standing,
        last_login_day: None,
        signed_in: 0,
    };
    let host = AccountState {
        passphrase: true,
        second_factor: true,
        recovery_codes: 10,
        last_login_day: Some(20_833),
        ..state("jo", "Jo Voorbeeld", Standing::Open)
    };
    let listed = order(&stage, r#"{"do":"list"}"#).unwrap().accounts.unwrap();
    let rest = [state("damaged", "", Standing::Damaged), host, state("listed", "Noor Voorbeeld", Standing::Open)];
    assert_eq!(listed, rest);
    let error = refused(&stage, r#"{"do":"reset","account":"damaged","second_factor":true}"#);
    assert!(error.contains("damaged") && !error.contains("hush"), "{error}");
    order(&stage, r#"{"do":"remove","account":"damaged"}"#).unwrap();
}

#[test]
fn an_order_that_would_leave_a_useless_account_is_refused() {
    let stage = Stage::new(Required);
    stage.host("jo");
    fs::write(stage.file("listed"), r#"{"name": "Noor Voorbeeld"}"#).unwrap();
    for text in [
        r#"{"do":"add","account":"noor","name":"Noor Voorbeeld","second_factor":false}"#,
        r#"{"do":"reset","account":"jo","second_factor":false}"#,
        r#"{"do":"reset_passphrase","account":"listed"}"#,
        r#"{"do":"reset_second_factor","account":"listed"}"#,
        r#"{"do":"add","account":"listed","name":"Noor Voorbeeld","second_factor":true}"#,
        r#"{"do":"add","account":"noor","name":"two\nlines","second_factor":true}"#,
        r#"{"do":"add","account":"../noor","name":"Noor Voorbeeld","second_factor":true}"#,
        r#"{"do":"remove","account":"nobody"}"#,
        r#"{"do":"unlock","account":"nobody"}"#,
        r#"{"do":"unlock","account":".nobody"}"#,
        r#"{"do":"dance"}"#,
        r#"{"do":"unlock","account":"jo","more":1}"#,
        "",
    ] {
        refused(&stage, text);
    }
    assert_eq!(stage.accounts.list(NOW).unwrap().len(), 2);
}

#[test]
fn a_bad_passphrase_is_refused_and_not_repeated() {
    let stage = Stage::new(Required);
    for bad in ["hush", "Welkom2026!!!!", "jo.hush hush 2026"] {
        let text =
            format!(r#"{{"do":"add","account":"jo.hush","name":"Jo","passphrase":"{bad}","second_factor":true}}"#);
        let error = refused(&stage, &text);
        assert!(error.starts_with("the passphrase") && !error.contains(bad), "{error}");
    }
    let odd = r#"{"do":"add","account":"jo","name":"Jo","passphrase":["hush"],"second_factor":true}"#;
    assert!(!refused(&stage, odd).contains("hush"));
    let order = Order::read(br#"{"do":"reset_passphrase","account":"jo","passphrase":"hush hush"}"#).unwrap();
    assert!(!format!("{order:?}").contains("hush"));
    assert!(!format!("{:?}", Renewal::Passphrase(Some(Secret::new("hush".to_owned())))).contains("hush"));
}
