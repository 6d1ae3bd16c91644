//! `verify`: looks from outside and inside whether every promise holds; read-only but for one empty room.

use super::blueprint::Blueprint;
use super::rooms;
use super::session::Session;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::invitation::Names;
use crate::model::advice::Advice;
use crate::model::deployment::MeetingHosts;
use crate::model::finding::{Report, Verdict};
use crate::model::secret::Secret;
use crate::outside::Way;
use crate::outside::ports::Reach;
use crate::outside::talk::Visit;
use crate::papers;
use crate::remote::Remote as _;
use crate::verify::{self, Subject};
use crate::view;
use anyhow::{Context as _, Result};
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

pub(super) fn run(
    args: &cli::Verify,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = Blueprint::with_agents(&args.inventory, agent)?;
    let mut session = Session::open(&blueprint, ssh_config, terminal)?;
    let reach = if args.all_ports { Reach::All } else { Reach::Usual };
    let report = look(&mut session, &Manner { reach, dns: args.dns })?;
    write(args, &report)?;
    if args.json {
        terminal.print(&view::report::json(&report)?)?;
    } else {
        terminal.print(&view::report::text(&report, terminal.colour))?;
    }
    let unproven = args.strict && report.count(Verdict::Unseen) > 0;
    Ok(if unproven { Exit::Broken } else { exit(&report) })
}

/// How to look.
pub(super) struct Manner {
    reach: Reach,
    dns: Option<IpAddr>,
}

impl Manner {
    /// As somebody looks who asks for nothing in particular.
    pub(super) const USUAL: Self = Self { reach: Reach::Usual, dns: None };
}

/// Looks at the instance of an open session.
pub(super) fn look(session: &mut Session<'_>, manner: &Manner) -> Result<Report> {
    let (began, when) = (Instant::now(), jiff::Timestamp::now().as_second());
    if session.seen.generation == 0 {
        let cause = format!("host {}: nothing is deployed there", session.remote.host());
        return Err(Advice::new(cause, "run `vc4all-deploy up` first").into());
    }
    let deployment = &session.blueprint.deployment;
    let way = Way::find(deployment, deployment.tls.authority.roots())?;
    let visit = visit(session)?;
    let subject = Subject {
        deployment,
        claims: &session.claims,
        observed: &session.seen,
        plan: &session.plan,
        now: when,
        way: &way,
        visit: &visit,
        reach: manner.reach,
        dns: manner.dns.map(|address| SocketAddr::new(address, 53)),
    };
    let evidence = verify::gather(&subject, &mut session.remote);
    Ok(Report {
        domain: deployment.domain.to_string(),
        host: session.plan.host.clone(),
        when,
        took: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        generation: session.seen.generation,
        chapters: verify::judge(&evidence),
    })
}

/// For how long the visit's token is good. The looks believe any certificate, so whoever stands in between may get to
/// see it: it is good for one room that nobody else knows, and no longer than a visit may take.
const A_VISIT: Duration = Duration::from_secs(120);

/// A visit to a new room; where this host signs tokens, as a meeting host too.
fn visit(session: &mut Session<'_>) -> Result<Visit> {
    let deployment = &session.blueprint.deployment;
    let room = rooms::name::choose(&Names::new()?, None, deployment.access.room_name_bits)?;
    let token = match &deployment.access.meeting_hosts {
        // Without a token the promises that need a meeting host say that they saw nothing.
        MeetingHosts::Accounts { .. } => {
            let signed = rooms::token::sign(&mut session.remote, deployment.domain.as_str(), &room, A_VISIT);
            signed.ok().map(Secret::new)
        }
        MeetingHosts::Oidc(_) | MeetingHosts::Jwt(_) => None,
    };
    Ok(Visit::new(deployment, room, token))
}

fn write(args: &cli::Verify, report: &Report) -> Result<()> {
    let put = |file: &Path, text: String| fs::write(file, text).with_context(|| format!("write {}", file.display()));
    if let Some(file) = &args.junit {
        put(file, view::report::junit(report)?)?;
    }
    if let Some(file) = &args.html {
        put(file, papers::report::html(report)?)?;
    }
    Ok(())
}

/// How a command ends that found this.
pub(super) fn exit(report: &Report) -> Exit {
    if report.count(Verdict::Broken) > 0 { Exit::Broken } else { Exit::Done }
}
