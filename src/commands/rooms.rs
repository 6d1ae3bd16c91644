//! `rooms new`: a room that nobody guesses, the guests' link, and the link that opens it.

use super::blueprint::Blueprint;
use super::session;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::remote::{Order, Remote};
use anyhow::{Context as _, Result, anyhow, ensure};
use std::path::Path;
use std::time::Duration;

pub(super) fn run(args: &cli::NewRoom, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::load(&args.inventory)?;
    let room = match &args.name {
        Some(name) => checked(name)?,
        None => random_digits()?,
    };
    let mut remote = session::connect(&blueprint, ssh_config, terminal)?;
    let domain = blueprint.deployment.domain.as_str();
    let token = sign(&mut remote, domain, &room, args.hours)?;
    terminal.print(&format!(
        "Room                 {room}\n\
         Guests               https://{domain}/{room}\n\
         Meeting host only    https://{domain}/{room}#jwt={token}\n"
    ))?;
    terminal.note(&format!(
        "The meeting host's link opens the room for the next {} hours: keep it to yourself. Guests wait until they are let in.",
        args.hours
    ));
    Ok(Exit::Done)
}

/// 20 digits, each equally likely: a byte counts only below 250, the largest multiple of ten.
fn random_digits() -> Result<String> {
    let mut digits = String::new();
    while digits.len() < 20 {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
        let fair = bytes.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10));
        digits.extend(fair.take(20 - digits.len()));
    }
    Ok(digits)
}

fn checked(name: &str) -> Result<String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (10..=100).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(name.to_owned());
    }
    let cause = format!("`{}` is not a room name", name.escape_default());
    Err(Advice::new(cause, "use 10 to 100 lower case letters, digits and hyphens, or leave --name out").into())
}

/// The host signs: the key never leaves it.
fn sign(remote: &mut dyn Remote, domain: &str, room: &str, hours: u8) -> Result<String> {
    let seconds = u32::from(hours) * 3600;
    let script = format!("exec prosodyctl mod_vc4all_token {domain} {room} {seconds}");
    let order = Order { purpose: "sign a token", script: &script, input: &[], patience: Duration::from_secs(30) };
    let answer = remote.run(&order)?;
    if answer.code != 0 {
        let cause = format!("host {}: sign a token: {}", remote.host(), answer.stderr.trim());
        return Err(Advice::new(cause, "run `vc4all-deploy up` first").into());
    }
    let said = String::from_utf8(answer.stdout).context("read the token")?;
    // prosodyctl may put remarks about its libraries before the token.
    let token = said.trim_end().lines().last().unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    ensure!(token.split('.').count() == 3 && token.bytes().all(plain), "host {}: it answered no token", remote.host());
    Ok(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_have_twenty_digits_and_differ() {
        let (one, two) = (random_digits().unwrap(), random_digits().unwrap());
        assert_eq!(one.len(), 20);
        assert!(one.bytes().all(|b| b.is_ascii_digit()));
        assert_ne!(one, two);
    }

    #[test]
    fn names_that_are_short_or_odd_are_refused() {
        for name in ["short", "Capital-Letters-1", "with space in it", "a;b-c-d-e-f-g", "../../../etc"] {
            assert!(checked(name).is_err(), "{name}");
        }
        assert!(checked("raadsvergadering-81723").is_ok());
    }
}
