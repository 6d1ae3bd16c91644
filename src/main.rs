//! Parses the command line, runs the command, prints one error, and gives one exit code.

use clap::Parser as _;
use std::process::ExitCode;
use vc4all_deploy::cli::Cli;
use vc4all_deploy::commands::{self, Terminal};
use vc4all_deploy::exit::Exit;

fn main() -> ExitCode {
    let mut terminal = Terminal::new();
    match commands::run(&Cli::parse(), &mut terminal) {
        Ok(exit) => exit.into(),
        Err(error) => failure(&error, &mut terminal).into(),
    }
}

fn failure(error: &anyhow::Error, terminal: &mut Terminal) -> Exit {
    terminal.note(commands::explain(error, terminal.error_colour).trim_end());
    commands::exit_of(error)
}
