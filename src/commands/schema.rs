//! `schema`: prints the JSON Schema of the inventory, for editors.

use super::terminal::Terminal;
use crate::exit::Exit;
use crate::inventory;
use anyhow::Result;

pub(super) fn run(terminal: &mut Terminal) -> Result<Exit> {
    let text = serde_json::to_string_pretty(&inventory::schema())?;
    terminal.print(&format!("{text}\n"))?;
    Ok(Exit::Done)
}
