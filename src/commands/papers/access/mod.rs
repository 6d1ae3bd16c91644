//! `papers access-request`: what the host still holds about one address and one time, in a letter to the person.

mod addresses;
mod moment;
mod search;

use crate::cli::AccessRequest;
use crate::commands::blueprint::Blueprint;
use crate::commands::language::spoken;
use crate::commands::rooms::start;
use crate::commands::session;
use crate::commands::terminal::Terminal;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::deployment::{Deployment, Language};
use crate::papers::gathered::Gathered;
use crate::papers::{Known, Paper, Written};
use anyhow::{Context as _, Result};
use moment::Window;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

pub(super) fn run(args: &AccessRequest, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::load(&args.inventory)?;
    let moment = start(&args.at, args.time_zone.as_deref())?.timestamp();
    let window = Window::around(moment).context("--at: there is no hour around it")?;
    refuse_old(&args.output)?;
    let language = language(args, &blueprint.deployment);
    let wanted = search::Wanted { address: args.address, window, other: other(language) };
    let mut remote = session::connect(&blueprint, ssh_config, terminal)?;
    let gathered = search::search(&mut remote, &wanted)?;
    let known = Known { answer: Some(&gathered), ..Known::offline(&blueprint.deployment) };
    let letter = Written::of(Paper::Access, language, &known, &blueprint.renderer)?;
    write(&args.output, &letter.markdown)?;
    terminal.print(&table(&gathered))?;
    terminal.note(&told(&gathered, &letter, args));
    Ok(Exit::Done)
}

fn language(args: &AccessRequest, deployment: &Deployment) -> Language {
    let first = deployment.languages.first().copied();
    args.language.map_or(first.unwrap_or(Language::En), spoken)
}

/// What stands in the place of somebody else's address.
fn other(language: Language) -> &'static str {
    match language {
        Language::Nl => "(iemand anders)",
        Language::En => "(somebody else)",
        Language::De => "(jemand anderes)",
        Language::Fr => "(quelqu’un d’autre)",
    }
}

fn table(gathered: &Gathered) -> String {
    let mut text = String::from("lines  place\n");
    for place in &gathered.places {
        text.push_str(&format!("{:>5}  {}\n", place.found, place.name));
    }
    for place in &gathered.unread {
        text.push_str(&format!("    ?  {place} (could not be read)\n"));
    }
    text
}

fn told(gathered: &Gathered, letter: &Written, args: &AccessRequest) -> String {
    let found = match gathered.lines.len() {
        0 => "Nothing was found".to_owned(),
        1 => "1 line was found".to_owned(),
        count => format!("{count} lines were found"),
    };
    let cut = if gathered.cut { ", and there is more: the letter holds the first ones alone" } else { "" };
    format!(
        "{found}{cut}. Only you can read {}; {} blanks are left to fill in. Make sure first that the person who asks had \
         this address at that time (GDPR art. 12(6)), and read each line before you send it.",
        args.output.display(),
        letter.blanks
    )
}

fn refuse_old(path: &Path) -> Result<()> {
    match path.symlink_metadata().is_ok() {
        true => Err(there(path).into()),
        false => Ok(()),
    }
}

/// For the operator's eyes alone, and never over something else.
fn write(path: &Path, text: &str) -> Result<()> {
    let shown = path.display();
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(there(path).into()),
        result => result.with_context(|| format!("write {shown}"))?,
    };
    file.write_all(text.as_bytes()).with_context(|| format!("write {shown}"))
}

fn there(path: &Path) -> Advice {
    Advice::new(format!("{} is there already", path.display()), "name another file")
}
