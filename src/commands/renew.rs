//! `renew`: the host looks at its certificate, renews it, or plays a renewal through.

use super::blueprint::Blueprint;
use super::certify;
use super::rehearse::{self, Work};
use super::session::Session;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::renewal::units;
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
    let bound = args.now && claimed(&session).is_some_and(|certificate| certificate.external.is_some());
    if itself && !bound {
        return by_the_host(&mut session, args, terminal);
    }
    terminal.note(if itself { BOUND } else { NOT_YET });
    from_here(&mut session, args, terminal)
}

const OTHER_ORDER: &str =
    "The host was told something else than the inventory says, and rehearses that; `up` tells it anew.";
const BOUND: &str = "The authority makes accounts only for those who have tls.external_account's key, and the host has none: so it is done from here.";
const NOT_YET: &str =
    "The host does not renew by itself yet as the inventory says, so it is done from here; `up` changes that.";

/// The way by which the host renews with nobody there.
fn by_the_host(session: &mut Session<'_>, args: &cli::Renew, terminal: &mut Terminal) -> Result<Exit> {
    let unit = if args.now { units::NOW } else { units::LOOK };
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
