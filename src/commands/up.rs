//! `up`: makes the host what the inventory says.

use super::blueprint::Blueprint;
use super::session::Session;
use super::terminal::{Presence, Terminal};
use super::{certify, render, verify};
use crate::apply::{self, Outcome, Run};
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::deployment::MeetingHosts;
use crate::model::plan::Action;
use crate::papers::handover::Handover;
use crate::plan;
use crate::remote::Remote as _;
use crate::view::confirm::{self, Answer};
use crate::view::progress::Progress;
use crate::view::{self, Colour};
use anyhow::{Result, bail};
use std::io;
use std::path::Path;

pub(super) fn run(
    args: &cli::Up,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = Blueprint::with_agents(&args.inventory, agent)?;
    if args.dry_run {
        return dry_run(&blueprint, args.output.as_deref(), terminal);
    }
    refuse_silence(args, terminal)?;
    for _ in 0..MOST_LOOKS {
        let mut session = Session::open(&blueprint, ssh_config, terminal)?;
        match attempt(args, &mut session, terminal)? {
            Attempt::Ended(exit) => return Ok(exit),
            Attempt::InForce => return prove(args, session, terminal),
            Attempt::Restored => {}
        }
    }
    bail!("host {}: it had to be restored {MOST_LOOKS} times in a row", blueprint.deployment.host.address)
}

/// A host needs one new look after a broken run; one that asks for more and more is not believed.
const MOST_LOOKS: usize = 3;

/// What became of one plan.
enum Attempt {
    /// There is nothing more to do.
    Ended(Exit),
    /// What was planned is in force.
    InForce,
    /// The host was restored first, and has to be looked at anew.
    Restored,
}

/// Plans, asks and applies.
fn attempt(args: &cli::Up, session: &mut Session<'_>, terminal: &mut Terminal) -> Result<Attempt> {
    terminal.print(&view::plan::text(&session.plan, terminal.colour))?;
    if !session.has_work() {
        return Ok(Attempt::Ended(Exit::Done));
    }
    if !session.is_applicable(terminal) {
        return Ok(Attempt::Ended(Exit::Error));
    }
    if !args.yes && confirm::ask(&session.plan, &mut io::stdin().lock(), &mut io::stderr().lock())? == Answer::No {
        terminal.note("Nothing was changed.");
        return Ok(Attempt::Ended(Exit::Error));
    }
    certify::prepare(session)?;
    let attempt = apply(session, terminal)?;
    if matches!(attempt, Attempt::InForce) {
        certify::issue_planned(session, terminal)?;
    }
    Ok(attempt)
}

/// Looks whether the instance keeps its promises, and says where to go from here.
fn prove(args: &cli::Up, session: Session<'_>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = session.blueprint;
    let exit = if args.no_verify {
        Exit::Done
    } else {
        let report = verify::look(&mut session.again()?, &verify::Manner::USUAL)?;
        terminal.note(view::report::brief(&report, terminal.error_colour).trim_end());
        verify::exit(&report)
    };
    terminal.note(&farewell(blueprint, &args.inventory));
    Ok(exit)
}

fn dry_run(blueprint: &Blueprint, output: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let claims = blueprint.claims(&blueprint.declared())?;
    let plan = plan::fresh(&blueprint.deployment, &claims);
    terminal.print(&view::plan::text(&plan, terminal.colour))?;
    let release = blueprint.deployment.host.release;
    terminal.note(&format!("This is the plan against a fresh {release}; no connection was made."));
    if let Some(folder) = output {
        let count = render::write(blueprint, &claims, folder)?;
        terminal.note(&format!("{count} files for review are in {}.", folder.display()));
    }
    Ok(Exit::Done)
}

fn refuse_silence(args: &cli::Up, terminal: &Terminal) -> Result<()> {
    if args.yes || terminal.presence == Presence::Person {
        return Ok(());
    }
    Err(Advice::new("there is no terminal to ask at", "add --yes, after a look at `vc4all-deploy plan`").into())
}

/// Runs everything of the plan that runs on the host.
fn apply(session: &mut Session<'_>, terminal: &mut Terminal) -> Result<Attempt> {
    let all_after = session.plan.changes.iter().all(|change| matches!(change.action, Action::Issue(_)));
    if all_after && !session.seen.broken_run {
        return Ok(Attempt::InForce);
    }
    let printed = view::plan::text(&session.plan, Colour::Never);
    let author = author();
    let agents = &session.blueprint.agents;
    let run = Run {
        plan: &session.plan,
        questions: &session.questions,
        printed: &printed,
        author: &author,
        program: &|digest| agents.bytes(digest),
    };
    let mut lines = io::stderr();
    let mut progress = match terminal.presence {
        Presence::Person => Progress::on_terminal(),
        Presence::Nobody => Progress::lines(&mut lines),
    };
    let outcome = apply::run(&run, &mut session.remote, &mut |event| {
        // News that cannot be shown must not stop the work on the host.
        let _ = progress.show(&event);
    });
    progress.finish();
    Ok(match outcome? {
        Outcome::Committed(_) => Attempt::InForce,
        Outcome::Recovered => {
            terminal.note(RECOVERED);
            Attempt::Restored
        }
        Outcome::Moved => {
            terminal.note(MOVED);
            Attempt::Ended(Exit::Moved)
        }
        Outcome::RolledBack(why) => {
            let host = session.remote.host();
            let error = anyhow::anyhow!("{why}").context(format!("host {host}"));
            terminal.note(view::problem::text(&error, Some(RESTORED), terminal.error_colour).trim_end());
            Attempt::Ended(Exit::RolledBack)
        }
    })
}

const RECOVERED: &str = "An earlier run had ended in the middle: what it had changed was restored first. This is the plan for the host as it is now.";

const MOVED: &str = "The host changed since the plan was made; nothing was done. Run it again to see the new plan.";
const RESTORED: &str = "everything is as it was before, except for installed packages; mend the cause and run it again";

/// Who runs this and since when, as the host's records have it.
fn author() -> String {
    let name = |key: &str| std::env::var(key).unwrap_or_default();
    let user = [name("USER"), name("LOGNAME")].into_iter().find(|name| !name.is_empty());
    let user: String = user.unwrap_or_default().chars().filter(char::is_ascii_graphic).take(60).collect();
    let user = if user.is_empty() { "somebody".to_owned() } else { user };
    format!("{user} since {}", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC"))
}

fn farewell(blueprint: &Blueprint, inventory: &Path) -> String {
    let domain = &blueprint.deployment.domain;
    if let Some(handover) = Handover::of(&blueprint.deployment) {
        return format!("https://{domain}/ is up.\n\n{}", handover.text.trim_end());
    }
    let inventory = inventory.display();
    let account = match &blueprint.deployment.access.meeting_hosts {
        MeetingHosts::Accounts { listed: Some(_) } => format!("users reset {inventory} ACCOUNT"),
        _ => format!("users add {inventory} ACCOUNT --name NAME"),
    };
    format!(
        "https://{domain}/ is up. Next, a first meeting host and a first room:\n  vc4all-deploy {account}\n  \
         vc4all-deploy rooms new {inventory}"
    )
}
