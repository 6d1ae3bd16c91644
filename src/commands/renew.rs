//! `renew`: the host looks at its certificate, renews it, or plays a renewal through.

use super::blueprint::Blueprint;
use super::certify;
use super::rehearse::{self, Work};
use super::session::Session;
use super::terminal::Terminal;
use crate::acme;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
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
        return rehearse::rehearse(&mut session.remote, terminal);
    }
    let helpless = itself && args.now && needs_the_key(&mut session)?;
    if itself && !helpless {
        return by_the_host(&mut session, args, terminal);
    }
    terminal.note(if helpless { BOUND } else { NOT_YET });
    from_here(&mut session, args, terminal)
}

const OTHER_ORDER: &str =
    "The host was told something else than the inventory says, and rehearses that; `up` tells it anew.";
const BOUND: &str = "The host may need a new account at the authority, and the key for that (tls.external_account) is not kept on the host: so it is done from here.";
const NOT_YET: &str =
    "The host does not renew by itself yet as the inventory says, so it is done from here; `up` changes that.";

/// Two units in the same sandbox: one renews where it is due, the other one in any case.
const LOOK: &str = "vc4all-renew.service";
const NOW: &str = "vc4all-renew-now.service";

/// The way by which the host renews with nobody there.
fn by_the_host(session: &mut Session<'_>, args: &cli::Renew, terminal: &mut Terminal) -> Result<Exit> {
    let unit = if args.now { NOW } else { LOOK };
    let host = session.remote.host().to_owned();
    let (began, ledger, last) = match rehearse::watch(&mut session.remote, unit, terminal)? {
        Work::Done { began, ledger, last } => (began, ledger, last),
        Work::Undone(why) => return Err(anyhow!(why).context(format!("host {host}"))),
    };
    let since = |moment: Option<i64>| moment.is_some_and(|moment| moment >= began);
    if since(ledger.attempts.succeeded) {
        terminal.note(&format!("{host}: the certificate for {} is in force", session.plan.domain));
        return Ok(Exit::Done);
    }
    if let Some(failing) = ledger.failing {
        return Err(Advice::new(format!("host {host}: {}", failing.why), failing.help).into());
    }
    if since(ledger.looked) && !args.now {
        terminal.note(&good(session));
        return Ok(Exit::Done);
    }
    let help = "try again when nobody else works on the host; `journalctl -u vc4all-renew` there tells more";
    Err(Advice::new(format!("host {host}: the certificate was not looked at: {last}"), help).into())
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
