//! What runs on the host: the door, and the keeper of its accounts.

use clap::Parser;
use std::process::ExitCode;

/// The part of vc4all-deploy that runs on the host.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {}

fn main() -> ExitCode {
    Cli::parse();
    ExitCode::SUCCESS
}
