//! Parses the command line, runs the command, prints one error, and gives one exit code.

use clap::Parser as _;
use std::process::ExitCode;
use vc4all_deploy::cli::Cli;
use vc4all_deploy::commands::{self, Terminal};
use vc4all_deploy::exit::Exit;

fn main() -> ExitCode {
    let mut terminal = Terminal::new();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => return unparsed(&said).into(),
    };
    match commands::run(&cli, &mut terminal) {
        Ok(exit) => exit.into(),
        Err(error) => failure(&error, &mut terminal).into(),
    }
}

/// Help that was asked for, or words that are no command; those have the code of an error, for 2 means a plan with changes.
fn unparsed(said: &clap::Error) -> Exit {
    let shown = said.print();
    if said.use_stderr() || shown.is_err() { Exit::Error } else { Exit::Done }
}

fn failure(error: &anyhow::Error, terminal: &mut Terminal) -> Exit {
    terminal.note(commands::explain(error, terminal.error_colour).trim_end());
    commands::exit_of(error)
}
