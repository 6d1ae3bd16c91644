//! What runs on the host: the door, the keeper of its accounts, and the renewal of the certificate.

mod door;
mod renew;
mod users;

use clap::{Parser, Subcommand};
use std::io::{Write as _, stderr};
use std::process::ExitCode;
use vc4all_deploy::exit::Exit;
use vc4all_deploy::model::advice::Advice;
use vc4all_deploy::model::program::SIGN;

/// The part of vc4all-deploy that runs on the host.
#[derive(Debug, Parser)]
#[command(version, long_version = SIGN, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the login of meeting hosts on a unix socket
    Door(door::Door),
    /// Carry out one order about accounts: JSON on standard input, JSON on standard output
    Users(users::Users),
    /// Renew the certificate of this host where it is due
    Renew(renew::Renew),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Door(args) => door::run(args).map(|()| Exit::Done.into()),
        Command::Users(args) => users::run(&args).map(|()| Exit::Done.into()),
        Command::Renew(args) => renew::run(&args),
    };
    match done {
        Ok(exit) => exit,
        Err(error) => {
            let _ = writeln!(stderr(), "error: {error:#}");
            if let Some(advice) = error.downcast_ref::<Advice>() {
                let _ = writeln!(stderr(), "help: {}", advice.help);
            }
            Exit::Error.into()
        }
    }
}
