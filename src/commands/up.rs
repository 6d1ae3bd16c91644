//! `up`: makes the host what the inventory says.

use super::aim::Aim;
use super::blueprint::Blueprint;
use super::change::{self, End, Wish};
use super::render;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::deployment::MeetingHosts;
use crate::papers::handover::Handover;
use crate::plan;
use crate::view;
use anyhow::Result;
use std::path::Path;

pub(super) fn run(
    args: &cli::Up,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = &Blueprint::with_agents(&args.inventory, agent)?;
    if args.dry_run {
        return dry_run(blueprint, args.output.as_deref(), terminal);
    }
    let wish = Wish { blueprint, aim: &Aim::Inventory, consent: &args.consent, ssh_config };
    Ok(match change::carry_out(&wish, terminal)? {
        End::Unchanged(exit) => exit,
        End::InForce(exit) => {
            terminal.note(&farewell(blueprint, &args.inventory));
            exit
        }
    })
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

/// Where to go from here.
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
        "https://{domain}/ is up. A meeting host and a room are made with:\n  vc4all-deploy {account}\n  \
         vc4all-deploy rooms new {inventory}"
    )
}
