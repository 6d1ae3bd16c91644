//! `renew`: a new certificate when the old one is due.

use super::blueprint::Blueprint;
use super::certify;
use super::session::Session;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::resource::{Certificate, Resource};
use anyhow::Result;
use std::path::Path;

pub(super) fn run(
    args: &cli::Renew,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = Blueprint::with_agents(&args.inventory, agent)?;
    let mut session = Session::open(&blueprint, ssh_config, terminal)?;
    let Some(held) = &session.seen.certificate else {
        return Err(Advice::new("the host has no certificate yet", "run `vc4all-deploy up` first").into());
    };
    let days = held.not_after.saturating_sub(session.seen.clock).div_euclid(86_400);
    let planned = certify::planned(&session.plan).cloned();
    let wanted = if args.now { claimed(&session) } else { planned };
    let Some(certificate) = wanted else {
        terminal.note(&format!("{}: the certificate is good for {days} more days", blueprint.deployment.domain));
        return Ok(Exit::Done);
    };
    certify::issue(&mut session, &certificate, terminal)?;
    Ok(Exit::Done)
}

fn claimed(session: &Session<'_>) -> Option<Certificate> {
    session.claims.iter().find_map(|claim| match &claim.resource {
        Resource::Certificate(certificate) => Some(certificate.clone()),
        _ => None,
    })
}
