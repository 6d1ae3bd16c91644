//! What a meeting host has to be given, made of what the host answered, which may be hostile.

use crate::accounts::{self, Order, Outcome, Typed};
use crate::view::users::{App, Handout};
use crate::view::{self, Colour};
use anyhow::{Result, bail, ensure};

/// The most recovery codes that are shown.
const MOST_CODES: usize = 100;

/// What is wrong with an answer that fits no order of ours.
const OTHER: &str = "the host answered something else than what was asked";

/// The text for the person.
///
/// # Errors
/// When the answer does not fit the order, or holds what could not be a code.
pub(super) fn text(order: &Order, outcome: &Outcome, domain: &str, colour: Colour) -> Result<String> {
    let (account, chosen, app) = match order {
        Order::Add { account, passphrase, second_factor, .. } | Order::Reset { account, passphrase, second_factor } => {
            (account, passphrase.is_some(), *second_factor)
        }
        Order::ResetPassphrase { account, passphrase } => (account, passphrase.is_some(), false),
        Order::ResetSecondFactor { account } => (account, true, true),
        Order::List | Order::Remove { .. } | Order::Unlock { .. } => bail!(OTHER),
    };
    let passphrase = outcome.passphrase.as_ref().map(|Typed(made)| made.reveal().as_str());
    let key = outcome.app_key.as_ref().map(|Typed(key)| key.reveal().as_str());
    let codes: Vec<&str> = outcome.recovery_codes.iter().map(|Typed(code)| code.reveal().as_str()).collect();
    let whole = passphrase.is_some() != chosen && key.is_some() == app && codes.is_empty() != app;
    let plain = passphrase.into_iter().chain(codes.iter().copied()).all(is_code) && key.into_iter().all(is_key);
    ensure!(whole && plain && codes.len() <= MOST_CODES, OTHER);
    let link = key.map(|key| accounts::app_link(domain, account, key));
    let code = link.map(|link| view::qr::code(&link, colour)).transpose()?.unwrap_or_default();
    let app = key.map(|key| App { key, code: &code, recovery_codes: codes });
    Ok(view::users::handout(&Handout { domain, account, passphrase, app }))
}

/// Whether it may be a passphrase or recovery code that the host made; anything else does not reach the terminal.
fn is_code(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (14..=64).contains(&text.len()) && text.bytes().all(plain)
}

/// Whether it may be the key of an app.
fn is_key(text: &str) -> bool {
    (26..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Answer;
    use crate::model::secret::Secret;

    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn add(passphrase: Option<&str>, second_factor: bool) -> Order {
        let passphrase = passphrase.map(|text| Typed(Secret::new(text.to_owned())));
        Order::Add { account: "jo".to_owned(), name: "Jo Voorbeeld".to_owned(), passphrase, second_factor }
    }

    fn shown(order: &Order, answer: &str) -> Result<String> {
        match Answer::read(answer.as_bytes()).unwrap() {
            Answer::Done { ok } => text(order, &ok, "vergaderen.voorbeeldstad.nl", Colour::Never),
            Answer::Failed { .. } => panic!("no answer"),
        }
    }

    #[test]
    fn all_that_was_made_is_shown() {
        let answer = format!(
            r#"{{"ok":{{"passphrase":"0123-4567-89ab-cdef","app_key":"{KEY}","recovery_codes":["0123-4567-89ab"]}}}}"#
        );
        let shown = shown(&add(None, true), &answer).unwrap();
        for part in ["jo\n", "0123-4567-89ab-cdef", "GEZD GNBV GY3T", "0123-4567-89ab\n", "█▀▀▀▀▀█"] {
            assert!(shown.contains(part), "{part} is not in\n{shown}");
        }
    }

    #[test]
    fn what_was_not_asked_for_or_is_no_code_is_refused() {
        let codes = "\"recovery_codes\":[\"0123-4567-89ab\"]";
        for answer in [
            "{\"ok\":{}}".to_owned(),
            format!("{{\"ok\":{{\"app_key\":\"{KEY}\",{codes}}}}}"),
            format!("{{\"ok\":{{\"passphrase\":\"0123-4567-89ab-cdef\",{codes}}}}}"),
            format!("{{\"ok\":{{\"passphrase\":\"0123-4567-89ab-cdef\",\"app_key\":\"{KEY}\"}}}}"),
            format!("{{\"ok\":{{\"passphrase\":\"\\u001b[2J0123-4567-89ab\",\"app_key\":\"{KEY}\",{codes}}}}}"),
            format!("{{\"ok\":{{\"passphrase\":\"0123-4567-89ab-cdef\",\"app_key\":\"{KEY}&issuer=evil\",{codes}}}}}"),
        ] {
            assert!(shown(&add(None, true), &answer).is_err(), "{answer}");
        }
        let full = format!("{{\"ok\":{{\"passphrase\":\"0123-4567-89ab-cdef\",\"app_key\":\"{KEY}\",{codes}}}}}");
        assert!(
            shown(&add(Some("zeven paarse fietsen"), true), &full).is_err(),
            "another passphrase than the typed one"
        );
        assert!(shown(&add(None, false), &full).is_err(), "an app that nobody asked for");
        assert!(shown(&Order::List, "{\"ok\":{}}").is_err(), "a list that is none");
    }
}
