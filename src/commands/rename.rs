//! `rename`.

use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use anyhow::{Result, bail};
use std::path::Path;

pub(super) fn run(
    args: &cli::Rename,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let _ = (args, ssh_config, agent, terminal);
    bail!("`rename` is not built yet")
}
