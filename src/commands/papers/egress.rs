//! `papers egress`: whom the instance asks and names.

use crate::cli::EgressPaper;
use crate::commands::terminal::Terminal;
use crate::exit::Exit;
use crate::{inventory, papers, view};
use anyhow::Result;

pub(super) fn run(args: &EgressPaper, terminal: &mut Terminal) -> Result<Exit> {
    let deployment = inventory::load(&args.inventory)?;
    let list = papers::egress::list(&deployment, deployment.host.release);
    let text = match (args.json, args.markdown) {
        (true, _) => view::egress::json(&list)?,
        (_, true) => view::egress::markdown(&list),
        _ => view::egress::text(&list, terminal.colour),
    };
    terminal.print(&text)?;
    Ok(Exit::Done)
}
