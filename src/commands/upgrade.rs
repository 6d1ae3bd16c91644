//! `upgrade`: Jitsi's packages together from one known-good set to a newer one, and back where a promise breaks.

mod choice;
mod proof;

use super::aim::Aim;
use super::blueprint::Blueprint;
use super::change::{self, End, Wish};
use super::session::Session;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::known::{Move, Moves};
use crate::model::names::PackageName;
use crate::model::resource::{InstallStage, Package, Resource};
use crate::model::version::PackageVersion;
use crate::observe::Stock;
use crate::remote::Remote as _;
use crate::view;
use anyhow::{Context as _, Result};
use choice::{Installed, Target};
use proof::Lost;
use std::path::Path;

pub(super) fn run(
    args: &cli::Upgrade,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    refuse_blindness(&args.consent)?;
    let blueprint = Blueprint::with_agents(&args.inventory, agent)?;
    let mut session = Session::open(&blueprint, ssh_config, terminal)?;
    let installed = installed(&session)?;
    terminal.note("Asking the repositories what they offer …");
    let names: Vec<PackageName> = installed.keys().cloned().collect();
    let stock = Stock::of(&mut session.remote, &names)?;
    let sets = &blueprint.deployment.packages.known;
    let Some(target) = choice::choose(sets, &installed, &stock)? else {
        terminal.note(&newest(&blueprint));
        return Ok(Exit::Done);
    };
    terminal.note(&announced(&target));
    let before = proof::look(&mut session)?;
    drop(session);
    let way = Way { blueprint: &blueprint, ssh_config, inventory: &args.inventory };
    match way.go(&target.moves, &args.consent, terminal)? {
        End::Unchanged(exit) => {
            if exit == Exit::RolledBack {
                terminal.note("Jitsi's packages have their former versions, and are held.");
            }
            Ok(exit)
        }
        End::InForce(_) => way.prove(&target, &before, terminal),
    }
}

/// The promise of an automatic way back cannot be kept by somebody who does not look.
fn refuse_blindness(consent: &cli::Consent) -> Result<()> {
    if !consent.no_verify {
        return Ok(());
    }
    let cause = "`upgrade` looks before and after, or it could not go back by itself";
    Err(Advice::new(cause, "leave --no-verify out").into())
}

/// The versions on a host that is as the inventory says; only such a host is fit for an upgrade.
fn installed(session: &Session<'_>) -> Result<Installed> {
    let host = session.remote.host();
    let refuse = |cause: &str, help: &str| Err(Advice::new(format!("host {host}: {cause}"), help).into());
    if session.seen.generation == 0 {
        return refuse("nothing is deployed there", "run `vc4all-deploy up` first");
    }
    if session.has_work() {
        let help = "run `vc4all-deploy up` first, so that an upgrade changes the packages and nothing else";
        return refuse("it is not as the inventory says", help);
    }
    let seen = &session.seen.packages;
    let version = |package: &Package| {
        let installed = seen.get(&package.name).context("a package of Jitsi's is missing")?;
        Ok((package.name.clone(), PackageVersion::new(installed.version.clone())?))
    };
    let claims = session.claims.iter().filter_map(|claim| match &claim.resource {
        Resource::Package(package) if package.stage == InstallStage::Jitsi => Some(package),
        _ => None,
    });
    claims.map(version).collect::<Result<_>>().with_context(|| format!("host {host}"))
}

fn newest(blueprint: &Blueprint) -> String {
    let set = blueprint.deployment.packages.known.last();
    let name = set.map(|set| format!(" {}", set.name)).unwrap_or_default();
    format!("{}: nothing to do, the host has the newest known-good set{name}", blueprint.deployment.domain)
}

fn announced(target: &Target) -> String {
    let passed_over = target.passed_over.as_ref().map(|what| format!("Not the newest one: {what}.\n"));
    let former =
        target.former.as_ref().map_or("versions of no known-good set".to_owned(), |set| format!("the set {set}"));
    format!(
        "{}Upgrade from {former} to the set {}. The present packages are kept on the host first. Should a promise that is \
         kept now be broken afterwards, the packages go back by themselves, without another question.",
        passed_over.unwrap_or_default(),
        target.set
    )
}

/// What both ways have in common.
struct Way<'a> {
    blueprint: &'a Blueprint,
    ssh_config: Option<&'a Path>,
    inventory: &'a Path,
}

impl Way<'_> {
    fn go(&self, moves: &Moves, consent: &cli::Consent, terminal: &mut Terminal) -> Result<End> {
        let aim = Aim::Versions(moves.clone());
        // The look afterwards is ours: it is compared with the one before.
        let consent = cli::Consent { no_verify: true, ..*consent };
        let wish = Wish { blueprint: self.blueprint, aim: &aim, consent: &consent, ssh_config: self.ssh_config };
        change::carry_out(&wish, terminal)
    }

    /// Looks what became of the promises, and goes back where one was lost.
    fn prove(&self, target: &Target, before: &proof::Kept, terminal: &mut Terminal) -> Result<Exit> {
        let unproven = || {
            format!(
                "the set {} is in force, but nobody could look whether it keeps the promises: run `vc4all-deploy verify {}`",
                target.set,
                self.inventory.display()
            )
        };
        let mut session = Session::open(self.blueprint, self.ssh_config, terminal).with_context(unproven)?;
        let (report, lost) = proof::compare(before, &mut session).with_context(unproven)?;
        drop(session);
        if lost.is_empty() {
            terminal.note(view::report::brief(&report, terminal.error_colour).trim_end());
            terminal
                .note(&format!("The set {} is in force, and every promise that was kept before still is.", target.set));
            return Ok(super::verify::exit(&report));
        }
        self.give_back(target, &lost, terminal)
    }

    fn give_back(&self, target: &Target, lost: &[Lost], terminal: &mut Terminal) -> Result<Exit> {
        let told = lost.iter().map(|lost| format!("  {}: {}\n    seen: {}", lost.promise, lost.title, lost.seen));
        terminal.note(&format!(
            "The set {} breaks what was kept before:\n{}\nThe packages go back to their former versions.",
            target.set,
            told.collect::<Vec<_>>().join("\n")
        ));
        let back: Moves = target.moves.iter().map(|(name, step)| (name.clone(), reverse(step))).collect();
        let consent =
            cli::Consent { yes: true, now: true, wait: false, overwrite: false, force_unlock: false, no_verify: true };
        if let End::Unchanged(exit) = self.go(&back, &consent, terminal)? {
            terminal
                .note("The way back failed: the new versions are still in force. Run `vc4all-deploy verify` and look.");
            return Ok(if exit == Exit::Done { Exit::Error } else { exit });
        }
        let mut session = Session::open(self.blueprint, self.ssh_config, terminal)?;
        let report = super::verify::look(&mut session, &super::verify::Manner::USUAL)?;
        terminal.note(view::report::brief(&report, terminal.error_colour).trim_end());
        terminal.note(&format!("The former versions are in force again. Do not upgrade to the set {} on this host until its cause is known.", target.set));
        Ok(Exit::RolledBack)
    }
}

fn reverse(step: &Move) -> Move {
    Move { from: step.to.clone(), to: step.from.clone() }
}
