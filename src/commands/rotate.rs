//! `rotate`.

use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use anyhow::{Result, bail};
use std::path::Path;

pub(super) fn run(
    args: &cli::Rotate,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let _ = (args, ssh_config, agent, terminal);
    bail!("`rotate` is not built yet")
}
