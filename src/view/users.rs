//! Accounts as text for people: the list, and what a meeting host has to be given.

use super::inert;
use super::paint::{Colour, Paint};
use crate::model::account::{AccountState, Standing};
use jiff::civil::{Date, date};

/// The most letters of a name in the list.
const LONGEST_NAME: usize = 40;

/// What a person has to be given; nothing of it comes back.
pub struct Handout<'a> {
    /// Where rooms are.
    pub domain: &'a str,
    /// What the person logs in with.
    pub account: &'a str,
    /// The passphrase, where it was made.
    pub passphrase: Option<&'a str>,
    /// The app, where one was set up.
    pub app: Option<App<'a>>,
}

/// The authenticator app.
pub struct App<'a> {
    /// Its key in base32.
    pub key: &'a str,
    /// The QR code of its key.
    pub code: &'a str,
    /// The recovery codes.
    pub recovery_codes: Vec<&'a str>,
}

/// The list, with a line end at its end. What a host says about names is made harmless.
pub fn list(accounts: &[AccountState], colour: Colour) -> String {
    let head = ["account", "name", "passphrase", "second factor", "state", "last log-in", "signed in"];
    let rows: Vec<[String; 7]> = accounts.iter().map(row).collect();
    let wide = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or_default()
    };
    let line = |cells: &[String]| {
        let padded = cells.iter().enumerate().map(|(column, cell)| format!("{cell:<width$}", width = wide(column)));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut text = colour.paint(Paint::Title, &line(&head.map(str::to_owned)));
    text.push('\n');
    for row in &rows {
        text.push_str(&format!("{}\n", line(row)));
    }
    text
}

fn row(state: &AccountState) -> [String; 7] {
    if state.standing == Standing::Damaged {
        let dash = || "-".to_owned();
        return [short(&state.account), dash(), dash(), dash(), "damaged".to_owned(), dash(), dash()];
    }
    let standing = match state.standing {
        Standing::Open if !state.passphrase => "not set up",
        Standing::Open => "ok",
        Standing::Waiting => "waiting",
        Standing::Locked => "locked",
        Standing::Damaged => "damaged",
    };
    let factor = match state.second_factor {
        true => format!("yes, {} recovery codes", state.recovery_codes),
        false => "no".to_owned(),
    };
    let signed_in = match state.signed_in {
        0 => "-".to_owned(),
        1 => "on 1 computer".to_owned(),
        count => format!("on {count} computers"),
    };
    let passphrase = if state.passphrase { "yes" } else { "no" };
    let day = state.last_login_day.and_then(day).map_or_else(|| "-".to_owned(), |day| day.to_string());
    [short(&state.account), short(&state.name), passphrase.to_owned(), factor, standing.to_owned(), day, signed_in]
}

/// A day counted since 1970-01-01; nothing for one that no calendar has.
fn day(days: u32) -> Option<Date> {
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

fn short(name: &str) -> String {
    let name = inert::line(&name.chars().take(LONGEST_NAME + 1).collect::<String>());
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

/// What a person has to be given, with a line end at its end.
pub fn handout(handout: &Handout<'_>) -> String {
    let mut text = format!("Site          https://{}/\nAccount       {}\n", handout.domain, handout.account);
    if let Some(passphrase) = handout.passphrase {
        text.push_str(&format!("Passphrase    {passphrase}\n"));
    }
    let Some(app) = &handout.app else { return text };
    text.push_str("\nAuthenticator app: scan this code, or type the key (time-based, 6 digits, every 30 seconds)\n\n");
    text.push_str(app.code);
    text.push_str(&format!(
        "\nKey           {}\n\nRecovery codes: each is good once, in the place of a code of the app\n",
        fours(app.key)
    ));
    for pair in app.recovery_codes.chunks(2) {
        text.push_str(&format!("  {}\n", pair.join("    ")));
    }
    text
}

fn fours(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> AccountState {
        AccountState {
            account: "jo".to_owned(),
            name: "Jo Voorbeeld".to_owned(),
            passphrase: true,
            second_factor: true,
            recovery_codes: 9,
            standing: Standing::Open,
            last_login_day: Some(20_779),
            signed_in: 1,
        }
    }

    #[test]
    fn the_list_has_a_line_an_account() {
        let fresh = AccountState {
            account: "noor".to_owned(),
            name: "Noor van der Voorbeeld".to_owned(),
            passphrase: false,
            second_factor: false,
            last_login_day: None,
            signed_in: 0,
            ..state()
        };
        let damaged = AccountState { account: "piet".to_owned(), standing: Standing::Damaged, ..fresh.clone() };
        assert_eq!(
            list(&[state(), fresh, damaged], Colour::Never),
            "account  name                    passphrase  second factor          state       last log-in  signed in\n\
             jo       Jo Voorbeeld            yes         yes, 9 recovery codes  ok          2026-11-22   on 1 computer\n\
             noor     Noor van der Voorbeeld  no          no                     not set up  -            -\n\
             piet     -                       -           -                      damaged     -            -\n"
        );
    }

    #[test]
    fn a_hostile_host_moves_no_cursor_and_breaks_no_line() {
        let name = format!("a\u{1b}[2J\n\u{202e}b{}", "x".repeat(100_000));
        let hostile = AccountState { account: name.clone(), name, last_login_day: Some(u32::MAX), ..state() };
        let text = list(&[hostile], Colour::Never);
        assert_eq!(text.lines().count(), 2);
        assert!(text.len() < 400 && !text.contains(['\u{1b}', '\u{202e}', '\r']), "{text:?}");
    }

    #[test]
    fn the_handout_holds_all_and_can_be_read_by_people() {
        let app =
            App {
                key: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code: "▀▄\n", recovery_codes: vec!["a-1", "b-2", "c-3"]
            };
        let handout =
            Handout { domain: "meet.example.nl", account: "jo", passphrase: Some("abcd-efgh"), app: Some(app) };
        assert_eq!(
            super::handout(&handout),
            "Site          https://meet.example.nl/\n\
             Account       jo\n\
             Passphrase    abcd-efgh\n\
             \n\
             Authenticator app: scan this code, or type the key (time-based, 6 digits, every 30 seconds)\n\
             \n\
             ▀▄\n\
             \n\
             Key           GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ\n\
             \n\
             Recovery codes: each is good once, in the place of a code of the app\n  a-1    b-2\n  c-3\n"
        );
    }
}
