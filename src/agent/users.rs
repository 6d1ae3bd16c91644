//! `vc4all-agent users`: one order about accounts, one answer. Passphrases come and go over the standard streams alone.

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Deserialize;
use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use vc4all_deploy::accounts::{Accounts, Answer, Order, Outcome};
use vc4all_deploy::model::advice::Advice;
use vc4all_deploy::model::deployment::SecondFactor;

/// The most bytes of an order.
const LONGEST_ORDER: u64 = 64 * 1024;

/// The most bytes of the door's configuration.
const LONGEST_CONFIG: u64 = 64 * 1024;

/// Where things are; the defaults are where `up` puts them.
#[derive(Debug, Args)]
pub(crate) struct Users {
    /// The folder of accounts
    #[arg(long, value_name = "DIR", default_value = "/var/lib/vc4all-door/accounts")]
    accounts: PathBuf,
    /// The door's configuration
    #[arg(long, value_name = "FILE", default_value = "/etc/vc4all/door.json")]
    config: PathBuf,
}

/// What this program reads of the door's configuration.
#[derive(Deserialize)]
struct Config {
    second_factor: String,
}

/// Reads the order, carries it out, and prints the answer; an order that fails has an answer too.
pub(crate) fn run(args: &Users) -> Result<()> {
    let answer = Answer::from(carry_out(args));
    let mut text = serde_json::to_vec(&answer).context("write the answer")?;
    text.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&text).and_then(|()| out.flush()).context("write the answer")
}

fn carry_out(args: &Users) -> Result<Outcome> {
    let mut order = Vec::new();
    io::stdin().lock().take(LONGEST_ORDER + 1).read_to_end(&mut order).context("read the order")?;
    let order = Order::read(&order)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("read the clock")?.as_secs();
    Accounts::at(&args.accounts, second_factor(&args.config)?).carry_out(order, now)
}

fn second_factor(path: &Path) -> Result<SecondFactor> {
    let said = || format!("the door's configuration {}", path.display());
    let file = fs::File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            anyhow::Error::new(Advice::new(format!("{} is not there", said()), "run `vc4all-deploy up` first"))
        }
        _ => anyhow::Error::new(error).context(said()),
    })?;
    let mut text = String::new();
    file.take(LONGEST_CONFIG).read_to_string(&mut text).with_context(said)?;
    let config: Config = serde_json::from_str(&text).with_context(said)?;
    match config.second_factor.as_str() {
        "optional" => Ok(SecondFactor::Optional),
        "required" => Ok(SecondFactor::Required),
        _ => Err(Advice::new(format!("{}: second_factor is odd", said()), "run `vc4all-deploy up`").into()),
    }
}
