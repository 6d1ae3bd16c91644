//! `renew`: the host looks at its certificate, renews it, or plays a renewal through.

use super::blueprint::Blueprint;
use super::certify;
use super::rehearse::{self, Rehearsed, Work};
use super::session::Session;
use super::terminal::Terminal;
use crate::acme;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::ledger::{Failure, Ledger};
use crate::model::renewal::{moment, units};
use crate::model::resource::{Certificate, Resource};
use crate::plan;
use crate::remote::Remote as _;
use anyhow::{Result, anyhow};
use std::path::Path;

pub(super) fn run(
    args: &cli::Renew,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = Blueprint::with_agents(&args.inventory, agent)?;
    let mut session = Session::open(&blueprint, ssh_config, terminal)?;
    if session.seen.certificate.is_none() {
        return Err(Advice::new("the host has no certificate yet", "run `vc4all-deploy up` first").into());
    }
    let itself = plan::renews_itself(&session.claims, &session.plan);
    if args.rehearse {
        if !itself {
            terminal.note(OTHER_ORDER);
        }
        return rehearsed(&mut session, terminal);
    }
    let helpless = itself && args.now && needs_the_key(&mut session)?;
    if itself && !helpless {
        return by_the_host(&mut session, args, terminal);
    }
    terminal.note(if helpless { BOUND } else { NOT_YET });
    from_here(&mut session, args, terminal)
}

/// Lets the host rehearse; who asked for a rehearsal has none where it was spared.
fn rehearsed(session: &mut Session<'_>, terminal: &mut Terminal) -> Result<Exit> {
    match rehearse::rehearse(&mut session.remote, terminal)? {
        Rehearsed::Well => Ok(Exit::Done),
        Rehearsed::Badly => Ok(Exit::Broken),
        Rehearsed::Spared(until) => {
            let cause = format!(
                "host {}: nothing was rehearsed, since a renewal may need what it costs",
                session.remote.host()
            );
            Err(Advice::new(cause, format!("try again after {}", moment(until))).into())
        }
    }
}

const OTHER_ORDER: &str =
    "The host was told something else than the inventory says, and rehearses that; `up` tells it anew.";
const BOUND: &str = "The host may need a new account at the authority, and the key for that (tls.external_account) is not kept on the host: so it is done from here.";
const NOT_YET: &str =
    "The host does not renew by itself yet as the inventory says, so it is done from here; `up` changes that.";

/// The way by which the host renews with nobody there.
fn by_the_host(session: &mut Session<'_>, args: &cli::Renew, terminal: &mut Terminal) -> Result<Exit> {
    let unit = if args.now { units::NOW } else { units::LOOK };
    let host = session.remote.host().to_owned();
    let (began, ledger, last) = match rehearse::watch(&mut session.remote, unit, terminal)? {
        Work::Done { began, ledger, last, .. } => (began, ledger, last),
        Work::Undone(why) => return Err(anyhow!(why).context(format!("host {host}"))),
    };
    let domain = &session.plan.domain;
    let refused = match Outcome::of(*ledger, began) {
        Outcome::Renewed => {
            terminal.note(&format!("{host}: the certificate for {domain} is in force"));
            return Ok(Exit::Done);
        }
        Outcome::Good if !args.now => {
            terminal.note(&good(session));
            return Ok(Exit::Done);
        }
        Outcome::Failing(failing) => Advice::new(failing.why, failing.help),
        Outcome::Waits(until) => {
            Advice::new(format!("the certificate for {domain} is due, and waits until {}", moment(until)), WAIT)
        }
        Outcome::Good | Outcome::Unseen => Advice::new(format!("the certificate was not looked at: {last}"), UNSEEN),
    };
    Err(Advice { cause: format!("host {host}: {}", refused.cause), ..refused }.into())
}

const WAIT: &str = "the host tries again by itself then; `renew --now` does not wait, but an authority gives only some \
     certificates for the same names in a week";
const UNSEEN: &str = "try again when nobody else works on the host; `journalctl -u vc4all-renew` there tells more";

/// What came of the host's work, by its notes afterwards.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// A new certificate is in force.
    Renewed,
    /// It failed, or an earlier failure is not mended.
    Failing(Failure),
    /// It is due, and the next attempt is made then, seconds since 1970.
    Waits(i64),
    /// It is not due.
    Good,
    /// Nobody looked.
    Unseen,
}

impl Outcome {
    fn of(ledger: Ledger, began: i64) -> Self {
        let since = |moment: Option<i64>| moment.is_some_and(|moment| moment >= began);
        if since(ledger.attempts.succeeded) {
            return Self::Renewed;
        }
        match (ledger.failing, ledger.waits) {
            (Some(failing), _) => Self::Failing(failing),
            (None, _) if !since(ledger.looked) => Self::Unseen,
            (None, Some(until)) => Self::Waits(until),
            (None, None) => Self::Good,
        }
    }
}

/// Whether the host may need the key that binds an account elsewhere: it keeps no account there, or what it did with that failed.
fn needs_the_key(session: &mut Session<'_>) -> Result<bool> {
    let Some(certificate) = claimed(session).filter(|certificate| certificate.external.is_some()) else {
        return Ok(false);
    };
    let failing = session.seen.renewal.as_ref().is_some_and(|ledger| ledger.failing.is_some());
    let mut safe = acme::Safe { remote: &mut session.remote, step: ":" };
    Ok(failing || !acme::has_account(&mut safe, certificate.authority.directory())?)
}

/// The way over our connection.
fn from_here(session: &mut Session<'_>, args: &cli::Renew, terminal: &mut Terminal) -> Result<Exit> {
    let planned = certify::planned(&session.plan).cloned();
    let wanted = if args.now { claimed(session) } else { planned };
    let Some(certificate) = wanted else {
        terminal.note(&good(session));
        return Ok(Exit::Done);
    };
    certify::issue(session, &certificate, terminal)?;
    Ok(Exit::Done)
}

fn good(session: &Session<'_>) -> String {
    let left = session.seen.certificate.as_ref().map(|held| held.not_after.saturating_sub(session.seen.clock));
    let days = left.unwrap_or_default().div_euclid(86_400);
    format!("{}: the certificate is good for {days} more days", session.plan.domain)
}

fn claimed(session: &Session<'_>) -> Option<Certificate> {
    session.claims.iter().find_map(|claim| match &claim.resource {
        Resource::Certificate(certificate) => Some(certificate.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_it_is_what_the_notes_say_since() {
        let looked = || Ledger { looked: Some(7), ..Ledger::default() };
        assert_eq!(Outcome::of(looked(), 7), Outcome::Good);
        assert_eq!(Outcome::of(looked(), 8), Outcome::Unseen);
        assert_eq!(Outcome::of(Ledger::default(), 7), Outcome::Unseen);
        assert_eq!(Outcome::of(Ledger { waits: Some(9), ..looked() }, 7), Outcome::Waits(9));
        let mut failing = looked();
        failing.fail(3, "a", "b");
        assert_eq!(Outcome::of(failing.clone(), 7), Outcome::Failing(failing.failing.clone().unwrap()));
        failing.attempts = failing.attempts.after_success(7);
        assert_eq!(Outcome::of(failing, 7), Outcome::Renewed);
    }
}
