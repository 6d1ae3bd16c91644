//! `status`: how the host stands; read-only.

use super::blueprint::Blueprint;
use super::session::Session;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::history::History;
use crate::model::resource::{Resource, UnitState};
use crate::observe::history::{Wish, history};
use crate::view;
use crate::view::status::Status;
use anyhow::Result;
use std::path::Path;

pub(super) fn run(
    args: &cli::Status,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = Blueprint::with_agents(&args.inventory, agent)?;
    let mut session = Session::open(&blueprint, ssh_config, terminal)?;
    let past = history(&mut session.remote, Wish::Nothing)?;
    let ill = ill(&session, &past);
    let status = Status { seen: &session.seen, history: &past, plan: &session.plan, ill: &ill };
    if args.json {
        terminal.print(&view::status::json(&status)?)?;
    } else {
        terminal.print(&view::status::text(&status, terminal.colour))?;
    }
    Ok(Exit::Done)
}

/// Units that should run and do not, and what else systemd calls failed.
fn ill(session: &Session<'_>, past: &History) -> Vec<String> {
    let runs = |name| session.seen.units.get(name).is_some_and(|unit| unit.active);
    let mut ill: Vec<String> = session
        .wanted
        .iter()
        .filter_map(|claim| match &claim.resource {
            Resource::Unit(unit) if unit.state == UnitState::Running && !runs(&unit.name) => {
                Some(unit.name.to_string())
            }
            _ => None,
        })
        .collect();
    ill.extend(past.failed.iter().filter(|name| !ill.contains(name)).cloned().collect::<Vec<_>>());
    ill
}
