//! `destroy`: takes away from the host what we made there, and proves it by a second look.

use super::blueprint::Blueprint;
use super::change::author;
use super::parting;
use super::session;
use super::terminal::{Presence, Terminal};
use crate::apply::{self, Ended};
use crate::cli;
use crate::destroy;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::estate::{Estate, Removal};
use crate::model::values::Domain;
use crate::observe::{Questions, observe};
use crate::remote::Remote as _;
use crate::remote::ssh::Ssh;
use crate::view::destroy::{self as words, Typed};
use crate::view::progress::Progress;
use crate::view::{self};
use anyhow::{Result, bail};
use std::io;
use std::path::Path;

pub(super) fn run(
    args: &cli::Destroy,
    ssh_config: Option<&Path>,
    _agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = Blueprint::load(&args.inventory)?;
    may_ask(args, &blueprint.deployment.domain, terminal)?;
    let mut remote = session::connect(&blueprint, ssh_config, terminal)?;
    let mut unlock = args.force_unlock;
    for _ in 0..MOST_LOOKS {
        let Some(removal) = look(args, &blueprint, &mut remote)? else {
            terminal.note(&format!("host {}: there is nothing of ours", remote.host()));
            return Ok(Exit::Done);
        };
        terminal.print(&words::text(&removal, terminal.colour))?;
        if !is_agreed(args, &removal, terminal)? {
            let domain = &blueprint.deployment.domain;
            terminal.note(&format!("Nothing was changed, because {domain} was not typed."));
            return Ok(Exit::Error);
        }
        if std::mem::take(&mut unlock) && has_moved_by_unlocking(&removal, &mut remote)? {
            terminal.note(RECOVERED);
            continue;
        }
        let Some(left) = parting::part(&blueprint, &removal, &mut remote, terminal)? else {
            terminal.note(MOVED);
            return Ok(Exit::Moved);
        };
        if let Some(exit) = attempt(&removal, &mut remote, terminal)? {
            left.tell(terminal);
            return Ok(exit);
        }
    }
    bail!("host {}: it had to be restored {MOST_LOOKS} times in a row", remote.host())
}

/// Ends the work of whoever holds the lock; what they had changed comes back, and the list may be another one then.
fn has_moved_by_unlocking(removal: &Removal, remote: &mut Ssh) -> Result<bool> {
    apply::unlock(remote)?;
    Ok(destroy::look(remote)?.digest != removal.based_on)
}

/// Carries out the list; nothing where the host had to be restored first and has to be looked at anew.
fn attempt(removal: &Removal, remote: &mut Ssh, terminal: &mut Terminal) -> Result<Option<Exit>> {
    Ok(match carry_out(removal, remote, terminal)? {
        Ended::Done => Some(prove(removal, remote, terminal)?),
        Ended::Moved => {
            terminal.note(MOVED);
            Some(Exit::Moved)
        }
        Ended::Recovered => {
            terminal.note(RECOVERED);
            None
        }
        Ended::Failed(why) => {
            let error = anyhow::anyhow!("{why}").context(format!("host {}", remote.host()));
            terminal.note(view::problem::text(&error, Some(AGAIN), terminal.error_colour).trim_end());
            Some(Exit::Error)
        }
    })
}

/// A host needs one new look after a broken run; one that asks for more and more is not believed.
const MOST_LOOKS: usize = 3;
const MOVED: &str = "The host changed since it was looked at; nothing was done. Run it again to see the new list.";
const RECOVERED: &str = "An earlier run had ended in the middle: what it had changed was restored first. This is the list for the host as it is now.";
const AGAIN: &str = "what was removed stays removed; mend the cause and run `destroy` again, which goes on from there";

/// A wrong domain and nobody to ask are found out before any connection.
fn may_ask(args: &cli::Destroy, domain: &Domain, terminal: &Terminal) -> Result<()> {
    match &args.confirm {
        Some(typed) if typed == domain.as_str() => Ok(()),
        Some(typed) => {
            let cause = format!("--confirm says {typed}, and the inventory is for {domain}");
            Err(Advice::new(cause, "say the domain of the inventory whose host shall be emptied").into())
        }
        None if terminal.presence == Presence::Person => Ok(()),
        None => {
            let help = format!("add --confirm {domain}, after a look at the list at a terminal");
            Err(Advice::new("there is no terminal to type the domain at", help).into())
        }
    }
}

/// Looks at the host; nothing where it holds nothing of ours.
fn look(args: &cli::Destroy, blueprint: &Blueprint, remote: &mut Ssh) -> Result<Option<Removal>> {
    let deployment = &blueprint.deployment;
    let seen = observe(remote, &Questions::about(&deployment.domain, &[]))?;
    let estate = destroy::look(remote)?;
    is_ours(&estate, deployment.domain.as_str(), remote.host())?;
    let target = (deployment.domain.to_string(), deployment.host.address.to_string());
    let removal = destroy::removal(&estate, target)?;
    let parting = parting::plan(args, deployment, &seen, remote)?;
    let removal = Removal { people: seen.people, parting, ..removal };
    let nothing = removal.paths.is_empty() && removal.whole.is_empty() && removal.packages.is_empty();
    Ok((!nothing).then_some(removal))
}

/// What another inventory made is not for this one to take away, and without a manifest nobody knows what is ours.
fn is_ours(estate: &Estate, domain: &str, host: &str) -> Result<()> {
    if estate.generation > 0 && estate.domain != domain {
        let cause = format!("host {host}: it holds {}, and the inventory is for {domain}", estate.domain);
        return Err(Advice::new(cause, "take the inventory of the instance that shall go").into());
    }
    if estate.generation > 0 && estate.entries.is_empty() {
        let cause = format!("host {host}: its generation {} has no manifest", estate.generation);
        let help = "run `vc4all-deploy up` first: the generation that it makes has one";
        return Err(Advice::new(cause, help).into());
    }
    Ok(())
}

fn is_agreed(args: &cli::Destroy, removal: &Removal, terminal: &mut Terminal) -> Result<bool> {
    terminal.note(&words::warning(removal));
    if args.confirm.is_some() {
        return Ok(true);
    }
    let typed = words::ask(&removal.target.0, &mut io::stdin().lock(), &mut io::stderr().lock())?;
    Ok(typed == Typed::Domain)
}

fn carry_out(removal: &Removal, remote: &mut Ssh, terminal: &Terminal) -> Result<Ended> {
    let mut lines = io::stderr();
    let mut progress = match terminal.presence {
        Presence::Person => Progress::on_terminal(),
        Presence::Nobody => Progress::lines(&mut lines),
    };
    let ended = destroy::carry_out(removal, &author(), remote, &mut |event| {
        // News that cannot be shown must not stop the work on the host.
        let _ = progress.show(&event);
    });
    progress.finish();
    match ended {
        // The news go with our folder: a line that was cut in that moment says nothing, a second look does.
        Err(_) if is_gone(removal, remote) => Ok(Ended::Done),
        ended => ended,
    }
}

fn is_gone(removal: &Removal, remote: &mut Ssh) -> bool {
    destroy::look_after(removal, remote).is_ok_and(|proof| proof.left.is_empty())
}

fn prove(removal: &Removal, remote: &mut Ssh, terminal: &mut Terminal) -> Result<Exit> {
    let proof = destroy::look_after(removal, remote)?;
    terminal.print(&words::proven(&proof))?;
    Ok(if proof.left.is_empty() { Exit::Done } else { Exit::Error })
}
