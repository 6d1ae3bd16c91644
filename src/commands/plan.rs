//! `plan`: what `up` would change on the host; read-only.

use super::blueprint::Blueprint;
use super::session::Session;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::agreed::Agreed;
use crate::view;
use anyhow::Result;
use std::path::Path;

pub(super) fn run(
    args: &cli::Plan,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = Blueprint::with_agents(&args.inventory, agent)?;
    let session = Session::open(&blueprint, ssh_config, terminal)?;
    let objections = session.objections(Agreed::default());
    if args.json {
        terminal.print(&view::json::text(&session.plan, &objections)?)?;
    } else {
        terminal.print(&view::plan::text(&session.plan, terminal.colour))?;
        let objections = view::objection::text(&objections, terminal.error_colour);
        if !objections.is_empty() {
            terminal.note(objections.trim_end());
        }
    }
    let changes = args.detailed_exitcode && session.has_work();
    Ok(if changes { Exit::Changes } else { Exit::Done })
}
