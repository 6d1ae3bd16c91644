//! `rollback`: makes the host what it was in an earlier generation, by a plan like any other.

use super::aim::{Aim, Goal};
use super::blueprint::Blueprint;
use super::change::{self, End, Wish};
use super::session::{self, Session};
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::digest::Digest;
use crate::model::history::{History, Recorded};
use crate::model::resource::{Claim, Content, File, Given, Resource, UnitState, Wake};
use crate::model::traits::Traits;
use crate::observe::history::{self, history};
use crate::plan;
use crate::record::{self, Record};
use crate::remote::Remote as _;
use crate::view::{self, rollback::Then};
use anyhow::Result;
use std::path::Path;

pub(super) fn run(
    args: &cli::Rollback,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = &Blueprint::with_agents(&args.inventory, agent)?;
    let goal = find(args.generation, blueprint, ssh_config, terminal)?;
    let number = goal.number;
    terminal.note(&format!("The way back to generation {number}:"));
    let wish = Wish { blueprint, aim: &Aim::Generation(goal), consent: &args.consent, ssh_config };
    Ok(match change::carry_out(&wish, terminal)? {
        End::Unchanged(exit) => exit,
        End::InForce(exit) => {
            terminal.note(&format!(
                "The host is what it was in generation {number}. The inventory was not touched: `plan` shows what `up` \
                 would change again."
            ));
            exit
        }
    })
}

/// What a host holds that goes back: all that was recorded, and what no generation records, as the inventory says it.
pub(super) fn claims(goal: &Goal, blueprint: &Blueprint, traits: &Traits) -> Result<Vec<Claim>> {
    let mut claims = goal.record.claims.clone();
    let door = claims.iter().any(|claim| is_door(&claim.resource));
    let units = claims.clone();
    claims.extend(blueprint.claims(traits)?.into_iter().filter_map(|claim| {
        let resource = match claim.resource {
            Resource::Certificate(certificate) => Resource::Certificate(certificate),
            // Without a door nobody has an account there.
            Resource::Roster(roster) => door.then_some(Resource::Roster(roster))?,
            // It is the operator's to say what it is; whoever would have to notice may not run there.
            Resource::Given(given) => {
                let wakes = given.wakes.into_iter().filter(|wake| is_heard(&units, wake)).collect();
                Resource::Given(Given { wakes, ..given })
            }
            _ => return None,
        };
        Some(Claim { resource, ..claim })
    }));
    plan::check(&claims)?;
    Ok(claims)
}

/// Whether a unit that is to be woken runs there.
fn is_heard(claims: &[Claim], wake: &Wake) -> bool {
    match wake {
        Wake::Refresh(_) => true,
        Wake::Reload(name) | Wake::Restart(name) => claims.iter().any(
            |claim| matches!(&claim.resource, Resource::Unit(unit) if unit.name == *name && unit.state == UnitState::Running),
        ),
    }
}

fn is_door(resource: &Resource) -> bool {
    matches!(resource, Resource::Unit(unit)
        if unit.name.as_str() == "vc4all-door.service" && unit.state == UnitState::Running)
}

/// What going back leaves as it is, for the question; nothing where the plan leads elsewhere.
pub(super) fn caveats(session: &Session<'_>) -> Option<String> {
    match session.aim {
        Aim::Generation(goal) => {
            let then = Then { packages: &goal.packages, claims: &goal.record.claims };
            Some(view::rollback::caveats(&then, &session.plan, &session.seen))
        }
        Aim::Inventory | Aim::Rotation(_) | Aim::NewName(_) | Aim::Backup(_) | Aim::Versions(_) => None,
    }
}

/// Fetches the record of the wanted generation.
fn find(
    wanted: Option<u32>,
    blueprint: &Blueprint,
    ssh_config: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Goal> {
    let mut remote = session::connect(blueprint, ssh_config, terminal)?;
    let past = history(&mut remote, wanted.map_or(history::Wish::Previous, history::Wish::Number))?;
    let host = remote.host().to_owned();
    let Some(recorded) = past.record.as_ref() else { return Err(no_record(&host, wanted, &past).into()) };
    let number = recorded.generation;
    if wanted.is_some_and(|wanted| wanted != number) {
        return Err(no_record(&host, wanted, &past).into());
    }
    let record = record::unpack(&recorded.packed).map_err(|error| damaged(&host, recorded, &error))?;
    let ours = &blueprint.deployment.domain;
    if record.domain != *ours {
        let cause = format!("host {host}: generation {number} was for {}, the inventory is for {ours}", record.domain);
        let help = format!("run `vc4all-deploy rename INVENTORY {}` first", record.domain);
        return Err(Advice::new(cause, help).into());
    }
    plan::check(&record.claims).map_err(|error| damaged(&host, recorded, &error))?;
    refuse_lost_program(&host, &record, &past, blueprint)?;
    Ok(Goal { number, record, packages: recorded.packages.clone() })
}

fn no_record(host: &str, wanted: Option<u32>, past: &History) -> Advice {
    let numbers: Vec<String> = past.generations.iter().map(|past| past.number.to_string()).collect();
    let kept = match numbers.as_slice() {
        [] => "nothing is deployed there: run `up`".to_owned(),
        [only] => format!("it keeps generation {only} alone"),
        _ => format!("it keeps the generations {}; `status` tells more of them", numbers.join(", ")),
    };
    let cause = match wanted {
        Some(number) => format!("host {host}: it keeps no generation {number}"),
        None => format!("host {host}: it keeps no generation before the present one"),
    };
    Advice::new(cause, kept)
}

fn damaged(host: &str, recorded: &Recorded, error: &anyhow::Error) -> Advice {
    let number = recorded.generation;
    let cause = format!("host {host}: what it keeps of generation {number} cannot be used: {error:#}");
    Advice::new(cause, "go back to another generation; `status` lists them")
}

/// A program travels from here, or is kept on the host.
fn refuse_lost_program(host: &str, record: &Record, past: &History, blueprint: &Blueprint) -> Result<()> {
    let lost = record.claims.iter().filter_map(|claim| program(&claim.resource)).find(|digest| {
        let at_hand = blueprint.agents.programs.values().any(|build| build.digest == **digest);
        !at_hand && !past.programs.contains(digest)
    });
    match lost {
        None => Ok(()),
        Some(digest) => Err(Advice::new(
            format!("host {host}: the vc4all-agent of that generation is neither there nor here (SHA-256 {digest})"),
            "name that build with --agent, or go back to another generation",
        )
        .into()),
    }
}

fn program(resource: &Resource) -> Option<&Digest> {
    match resource {
        Resource::File(File { content: Content::Program(program), .. }) => Some(&program.build.as_ref()?.digest),
        _ => None,
    }
}
