//! A plan on its way to the host: shown, agreed to, applied, certified, proven; the end of every verb that changes
//! something.

use super::aim::Aim;
use super::blueprint::Blueprint;
use super::session::Session;
use super::terminal::{Presence, Terminal};
use super::unlock::{Way, make_way};
use super::{certify, compromise, rehearse, rollback, verify};
use crate::apply::{self, Outcome, Run};
use crate::cli::Consent;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::agreed::{Agreed, Edits, Meetings};
use crate::plan;
use crate::remote::Remote as _;
use crate::view::confirm::{self, Answer};
use crate::view::progress::Progress;
use crate::view::{self, Colour};
use anyhow::{Result, bail};
use std::io;
use std::path::Path;

/// What shall become of a host, and how far the program may go.
pub(super) struct Wish<'a> {
    pub(super) blueprint: &'a Blueprint,
    pub(super) aim: &'a Aim,
    pub(super) consent: &'a Consent,
    pub(super) ssh_config: Option<&'a Path>,
}

/// What became of it.
pub(super) enum End {
    /// Nothing was changed, or everything is as it was.
    Unchanged(Exit),
    /// The plan is in force, and the promises were looked at unless nobody wanted that.
    InForce(Exit),
}

/// Plans, asks, applies and proves.
///
/// # Errors
/// When the host cannot be reached or refuses, or nobody is there to be asked.
pub(super) fn carry_out(wish: &Wish<'_>, terminal: &mut Terminal) -> Result<End> {
    refuse_silence(wish.consent, terminal)?;
    for _ in 0..MOST_LOOKS {
        let mut session = Session::towards(wish.blueprint, wish.aim, wish.ssh_config, terminal)?;
        if let Way::Cleared = make_way(session.seen.lock.as_ref(), wish.consent, &mut session.remote, terminal)? {
            continue;
        }
        match attempt(wish, &mut session, terminal)? {
            Attempt::Ended(exit) => return Ok(End::Unchanged(exit)),
            Attempt::InForce(after) => return Ok(End::InForce(prove(wish, session, after, terminal)?)),
            Attempt::Restored => {}
        }
    }
    bail!("host {}: it had to be restored {MOST_LOOKS} times in a row", wish.blueprint.deployment.host.address)
}

/// A host needs one new look after a broken run; one that asks for more and more is not believed.
const MOST_LOOKS: usize = 3;

/// What became of one plan.
enum Attempt {
    /// There is nothing more to do.
    Ended(Exit),
    /// What was planned is in force; what came after it ended like this.
    InForce(Exit),
    /// The host was restored first, and has to be looked at anew.
    Restored,
}

/// Shows the plan, asks and applies.
fn attempt(wish: &Wish<'_>, session: &mut Session<'_>, terminal: &mut Terminal) -> Result<Attempt> {
    terminal.print(&view::plan::text(&session.plan, terminal.colour))?;
    if !session.has_work() {
        wish.aim.arrive(terminal)?;
        return Ok(Attempt::Ended(Exit::Done));
    }
    if !session.is_applicable(agreed(wish.consent), terminal) {
        return Ok(Attempt::Ended(Exit::Error));
    }
    for caveats in [rollback::caveats(session), compromise::caveats(session)].into_iter().flatten() {
        terminal.note(&caveats);
    }
    if !wish.consent.yes
        && confirm::ask(&session.plan, &mut io::stdin().lock(), &mut io::stderr().lock())? == Answer::No
    {
        terminal.note("Nothing was changed.");
        return Ok(Attempt::Ended(Exit::Error));
    }
    certify::prepare(session)?;
    let Some(owed) = compromise::begin(session, terminal)? else {
        terminal.note(MOVED_MEANWHILE);
        return Ok(Attempt::Ended(Exit::Moved));
    };
    let attempt = apply(wish.consent, session, terminal)?;
    if !matches!(attempt, Attempt::InForce(_)) {
        return Ok(without(attempt, session, terminal));
    }
    // Before the certificate, because the host has the new state whatever the authority says.
    let (arrived, issued) = (wish.aim.arrive(terminal), certify::issue_planned(session, terminal));
    arrived?;
    issued?;
    let rehearsed = rehearse::rehearse_planned(session, terminal);
    compromise::settle(&owed, session)?;
    rehearsed.map(Attempt::InForce)
}

/// What did not come into force, with what stays of it all the same.
fn without(attempt: Attempt, session: &Session<'_>, terminal: &mut Terminal) -> Attempt {
    let Some(stays) = compromise::stays(session) else { return attempt };
    terminal.note(stays);
    match attempt {
        // A second certificate is not asked for without a new question.
        Attempt::Restored => Attempt::Ended(Exit::Moved),
        other => other,
    }
}

/// Looks whether the instance keeps its promises; a rehearsal that failed is a broken one, whoever looks.
fn prove(wish: &Wish<'_>, session: Session<'_>, after: Exit, terminal: &mut Terminal) -> Result<Exit> {
    if wish.consent.no_verify {
        return Ok(after);
    }
    let report = verify::look(&mut session.again()?, &verify::Manner::USUAL)?;
    terminal.note(view::report::brief(&report, terminal.error_colour).trim_end());
    Ok(if after == Exit::Done { verify::exit(&report) } else { after })
}

/// What the plan is judged by, from what was said on the command line.
pub(super) fn agreed(consent: &Consent) -> Agreed {
    let edits = if consent.overwrite { Edits::Overwrite } else { Edits::Keep };
    let meetings = match (consent.wait, consent.now) {
        (true, _) => Meetings::Await,
        (false, true) => Meetings::Cut,
        (false, false) => Meetings::Spare,
    };
    Agreed { edits, meetings }
}

fn refuse_silence(consent: &Consent, terminal: &Terminal) -> Result<()> {
    if consent.yes || terminal.presence == Presence::Person {
        return Ok(());
    }
    Err(Advice::new("there is no terminal to ask at", "add --yes, after a look at `vc4all-deploy plan`").into())
}

/// Runs everything of the plan that runs on the host.
fn apply(consent: &Consent, session: &mut Session<'_>, terminal: &mut Terminal) -> Result<Attempt> {
    let all_after = session.plan.changes.iter().all(|change| change.action.is_apart());
    if all_after && !session.seen.broken_run {
        return Ok(Attempt::InForce(Exit::Done));
    }
    let printed = view::plan::text(&session.plan, Colour::Never);
    let agents = &session.blueprint.agents;
    let run = Run {
        plan: &session.plan,
        wanted: &session.wanted,
        questions: &session.questions,
        printed: &printed,
        author: &author(),
        cause: &session.aim.cause(),
        regard: plan::regard(&session.plan, &session.seen, agreed(consent)),
        program: &|digest| agents.bytes(digest),
        brought: &|brought| session.aim.brought(brought),
        keep: session.blueprint.deployment.generations.keep,
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
        Outcome::Committed(_) => Attempt::InForce(Exit::Done),
        Outcome::Recovered => {
            terminal.note(RECOVERED);
            Attempt::Restored
        }
        Outcome::Moved if session.seen.broken_run => {
            // The host set itself right between our look and the lock.
            terminal.note(RECOVERED);
            Attempt::Restored
        }
        Outcome::Moved => {
            terminal.note(MOVED);
            Attempt::Ended(Exit::Moved)
        }
        Outcome::RolledBack(why) => rolled_back(session, &why, RESTORED, terminal),
        Outcome::Unconfirmed(why) => rolled_back(session, &why, LOCKED_OUT, terminal),
    })
}

fn rolled_back(session: &Session<'_>, why: &str, help: &str, terminal: &mut Terminal) -> Attempt {
    let host = session.remote.host();
    let error = anyhow::anyhow!("{why}").context(format!("host {host}"));
    terminal.note(view::problem::text(&error, Some(help), terminal.error_colour).trim_end());
    Attempt::Ended(Exit::RolledBack)
}

const RECOVERED: &str = "An earlier run had ended in the middle: what it had changed was restored first. This is the plan for the host as it is now.";

const MOVED: &str = "The host changed since the plan was made; nothing was done. Run it again to see the new plan.";
const MOVED_MEANWHILE: &str = "The host changed while its certificate was made new: that is done, and nothing else is. Run it again to see the new plan.";
const LOCKED_OUT: &str = "everything is as it was before, except for installed packages; the plan would have shut people out: look at what it changes about the firewall and SSH, and at files of your own in their place";
const RESTORED: &str = "everything is as it was before, except for installed packages; mend the cause and run it again";

/// Who runs this and since when, as the host's records have it.
pub(super) fn author() -> String {
    let name = |key: &str| std::env::var(key).unwrap_or_default();
    let user = [name("USER"), name("LOGNAME")].into_iter().find(|name| !name.is_empty());
    let user: String = user.unwrap_or_default().chars().filter(char::is_ascii_graphic).take(60).collect();
    let user = if user.is_empty() { "somebody".to_owned() } else { user };
    format!("{user} since {}", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC"))
}
