//! `backup`: fetches what has to survive the loss of a host into one sealed file.

use super::blueprint::Blueprint;
use super::session;
use super::terminal::{Presence, Terminal};
use crate::accounts;
use crate::backup::{self, Contents, Key, Lock};
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::secret::Secret;
use crate::view;
use anyhow::{Context as _, Result, ensure};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &cli::Backup, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::load(&args.inventory)?;
    refuse_old(&args.output)?;
    let lock = lock(args, &blueprint, terminal)?;
    let claims = blueprint.claims(&blueprint.declared())?;
    let mut remote = session::connect(&blueprint, ssh_config, terminal)?;
    let contents = backup::collect(&mut remote, &blueprint.deployment.domain, &claims)?;
    let archive = backup::pack(&contents)?;
    let sealed = backup::seal(&archive, &lock)?;
    write(&args.output, &sealed)?;
    check(&args.output, &sealed, &archive, lock).inspect_err(|_| {
        // A file that is not what it should be must not be taken for a backup.
        let _ = fs::remove_file(&args.output);
    })?;
    tell(args, &contents, terminal);
    Ok(Exit::Done)
}

fn tell(args: &cli::Backup, contents: &Contents, terminal: &mut Terminal) {
    let now = jiff::Timestamp::now().as_second();
    let key = if args.passphrase { "" } else { "--identity KEY-FILE " };
    terminal.note(&format!(
        "{} holds {}\n\n{}\nTo try it: `age --decrypt {key}{0} | tar --list`.",
        args.output.display(),
        view::backup::contents(&contents.listing(), now),
        view::backup::advice()
    ));
}

/// Whom the file is sealed to; whatever can be refused is refused before any connection.
fn lock(args: &cli::Backup, blueprint: &Blueprint, terminal: &mut Terminal) -> Result<Lock> {
    if !args.passphrase {
        return backup::recipients(&args.recipient);
    }
    if terminal.presence == Presence::Person {
        terminal.note("An empty line makes a passphrase.");
    }
    let chosen = terminal.chosen_passphrase("the backup")?;
    if chosen.reveal().is_empty() && terminal.presence == Presence::Person {
        let made = accounts::new_passphrase()?;
        let shown = "It is kept nowhere. Without it the backup cannot be opened by anybody: write it down, and keep it apart from the file.";
        terminal.note(&format!("Passphrase: {}\n{shown}", made.reveal()));
        return Ok(Lock::Passphrase(made));
    }
    let known = [blueprint.deployment.domain.as_str(), blueprint.deployment.operator.name.as_str()];
    accounts::objection(chosen.reveal(), &known).map_err(|error| {
        let help = "choose a sentence of four or more words that no one else knows, or encrypt to a --recipient";
        Advice::new(error.to_string(), help)
    })?;
    Ok(Lock::Passphrase(chosen))
}

fn refuse_old(output: &Path) -> Result<()> {
    match fs::symlink_metadata(output) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("look at {}", output.display())),
        Ok(_) => Err(there(output)),
    }
}

fn there(output: &Path) -> anyhow::Error {
    let help = "name a new file; an older backup is never overwritten";
    Advice::new(format!("{} is there already", output.display()), help).into()
}

/// Writes beside the place under a name that says that it is not whole, then takes the place in one rename.
fn write(output: &Path, sealed: &[u8]) -> Result<()> {
    let draft = draft(output)?;
    let written = put(&draft, sealed).with_context(|| format!("write {}", draft.display()));
    let moved = written.and_then(|()| take_place(&draft, output));
    moved.inspect_err(|_| {
        // The cause is told; a draft that stays is sealed too.
        let _ = fs::remove_file(&draft);
    })
}

fn draft(output: &Path) -> Result<PathBuf> {
    let name = output.file_name().with_context(|| format!("{} names no file", output.display()))?;
    let mut draft = std::ffi::OsString::from(".");
    draft.push(name);
    draft.push(format!(".{}.part", std::process::id()));
    Ok(output.with_file_name(draft))
}

fn put(draft: &Path, sealed: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(sealed)?;
    file.sync_all()
}

fn take_place(draft: &Path, output: &Path) -> Result<()> {
    match renameat_with(CWD, draft, CWD, output, RenameFlags::NOREPLACE) {
        Ok(()) => {}
        Err(rustix::io::Errno::EXIST) => return Err(there(output)),
        // A file system that knows no such rename: what was free a moment ago is looked at again.
        Err(_) => {
            refuse_old(output)?;
            fs::rename(draft, output).with_context(|| format!("rename {}", draft.display()))?;
        }
    }
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Not every file system can do this; the file itself is on the disk.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Reads the file again and opens it as far as that can be done without the identity.
fn check(output: &Path, sealed: &[u8], archive: &Secret<Vec<u8>>, lock: Lock) -> Result<()> {
    let context = || format!("look again at {}, which was removed", output.display());
    let written = fs::read(output).with_context(context)?;
    ensure!(written == sealed, "{}: the disk gives back something else", context());
    backup::sealing(&written).with_context(context)?;
    if let Lock::Passphrase(passphrase) = lock {
        let opened = backup::open(&written, &Key::Passphrase(passphrase)).with_context(context)?;
        ensure!(opened == *archive, "{}: it opens to something else", context());
    }
    backup::unpack(archive.reveal()).with_context(context).map(drop)
}
