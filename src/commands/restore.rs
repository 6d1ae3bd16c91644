//! `restore`: makes a fresh host what the inventory says, with the accounts and keys of a backup.

use super::aim::Aim;
use super::blueprint::Blueprint;
use super::change::{self, End, Wish};
use super::terminal::Terminal;
use crate::backup::{self, Contents, Key, Sealing};
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::secret::Secret;
use crate::model::values::Domain;
use crate::view;
use anyhow::{Context as _, Result, ensure};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

pub(super) fn run(
    args: &cli::Restore,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = &Blueprint::with_agents(&args.inventory, agent)?;
    let contents = open(args, terminal).with_context(|| format!("the backup {}", args.backup.display()))?;
    same_domain(&contents, &blueprint.deployment.domain)?;
    let now = jiff::Timestamp::now().as_second();
    terminal.note(&format!("The backup holds {}\n", view::backup::contents(&contents.listing(), now)));
    tell_left_out(&contents, blueprint, terminal)?;
    let aim = &Aim::Backup(Box::new(contents));
    let wish = Wish { blueprint, aim, consent: &args.consent, ssh_config };
    Ok(match change::carry_out(&wish, terminal)? {
        End::Unchanged(exit) => exit,
        End::InForce(exit) => {
            terminal.note(&farewell(&blueprint.deployment.domain));
            exit
        }
    })
}

fn open(args: &cli::Restore, terminal: &mut Terminal) -> Result<Contents> {
    let sealed = read(&args.backup, backup::LONGEST)?;
    let key = key(args, backup::sealing(&sealed)?, terminal)?;
    let plain = backup::open(&sealed, &key)?;
    backup::unpack(plain.reveal())
}

/// What the file asks for.
fn key(args: &cli::Restore, sealing: Sealing, terminal: &mut Terminal) -> Result<Key> {
    match (sealing, &args.identity) {
        (Sealing::Identity, Some(path)) => {
            // What stands there may be an identity all the same, so no error shows it.
            let no_text = || Advice::new("it is no text", "name the file that `age-keygen` wrote");
            read(path, LONGEST_IDENTITY)
                .and_then(|bytes| Ok(Secret::new(String::from_utf8(bytes).map_err(|_| no_text())?)))
                .and_then(|text| backup::identities(&text))
                .with_context(|| format!("the identity {}", path.display()))
        }
        (Sealing::Identity, None) => {
            let help = "name the file with the identity whose recipient was given to `backup`: --identity FILE";
            Err(Advice::new("it is encrypted to a recipient", help).into())
        }
        (Sealing::Passphrase, Some(_)) => {
            Err(Advice::new("it is encrypted with a passphrase", "leave --identity out; the passphrase is asked for")
                .into())
        }
        (Sealing::Passphrase, None) => Ok(Key::Passphrase(terminal.known_passphrase("the backup")?)),
    }
}

/// The most bytes of a file with identities.
const LONGEST_IDENTITY: usize = 64 * 1024;

fn read(path: &Path, most: usize) -> Result<Vec<u8>> {
    let unread =
        |error: std::io::Error| Advice::new(format!("it cannot be read: {error}"), "name a file that can be read");
    let file = File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(unread)?;
    ensure!(bytes.len() <= most, "{} is longer than {most} bytes", path.display());
    Ok(bytes)
}

fn same_domain(contents: &Contents, domain: &Domain) -> Result<()> {
    if contents.domain() == domain {
        return Ok(());
    }
    let cause = format!("the backup is of {}, the inventory says {domain}", contents.domain());
    let help = format!(
        "write `domain: {}` into the inventory, restore, then run `vc4all-deploy rename INVENTORY {domain}`",
        contents.domain()
    );
    Err(Advice::new(cause, help).into())
}

/// Who has an account in the backup and gets none: the inventory's list is newer than the backup.
fn tell_left_out(contents: &Contents, blueprint: &Blueprint, terminal: &mut Terminal) -> Result<()> {
    let claims = blueprint.claims(&blueprint.declared())?;
    let left_out = backup::left_out(contents, &claims);
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.iter().map(|account| account.as_str()).collect();
        terminal.note(&format!("The inventory has no place for these accounts of the backup: {}\n", names.join(", ")));
    }
    Ok(())
}

fn farewell(domain: &Domain) -> String {
    format!(
        "https://{domain}/ stands again: meeting hosts log in as before.\n\
         Where its name still points to another host, point it here, then run `vc4all-deploy verify`."
    )
}
