//! `vc4all-agent door`: where the service finds its things.

use anyhow::{Context as _, Result};
use clap::Args;
use std::path::PathBuf;
use vc4all_deploy::door::{self, Places};
use vc4all_deploy::model::advice::Advice;

/// Arguments of `door`.
#[derive(Debug, Args)]
pub(super) struct Door {
    /// The configuration, which holds no secret
    #[arg(long, value_name = "FILE", default_value = "/etc/vc4all/door.json")]
    config: PathBuf,
    /// The folder with one file an account
    #[arg(long, value_name = "FOLDER", default_value = "/var/lib/vc4all-door/accounts")]
    accounts: PathBuf,
    /// The folder with the secret `token`, instead of $CREDENTIALS_DIRECTORY
    #[arg(long, value_name = "FOLDER")]
    credentials: Option<PathBuf>,
    /// Make this socket, instead of taking the one that systemd hands over
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
}

pub(super) fn run(args: Door) -> Result<()> {
    let named = args.credentials.or_else(|| std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from));
    let credentials = named.with_context(|| {
        Advice::new("no folder with the secret `token` is named", "start the door as a unit, or use --credentials")
    })?;
    door::serve(&Places { config: args.config, accounts: args.accounts, credentials, socket: args.socket })
}
