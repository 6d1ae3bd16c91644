//! `init`: writes the commented example inventory.

use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::inventory::EXAMPLE;
use crate::model::advice::Advice;
use anyhow::{Context as _, Result};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};

pub(super) fn run(args: &cli::Init, terminal: &mut Terminal) -> Result<Exit> {
    let file = args.file.display();
    let mut inventory = match OpenOptions::new().write(true).create_new(true).open(&args.file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Advice::new(format!("{file} is there already"), "name another file").into());
        }
        result => result.with_context(|| format!("write {file}"))?,
    };
    inventory.write_all(EXAMPLE.as_bytes()).with_context(|| format!("write {file}"))?;
    terminal.note(&format!("{file} is written. Fill in who you are and where the host is, then look at the result:"));
    terminal.note(&format!("  vc4all-deploy up {file} --dry-run"));
    Ok(Exit::Done)
}
