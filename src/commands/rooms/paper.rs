//! What goes to the guests, printed or written to files that were not there.

use crate::cli::NewRoom;
use crate::invitation::{Entry, Meeting};
use crate::model::advice::Advice;
use crate::model::deployment::Deployment;
use crate::render::Renderer;
use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

/// The invitation and, where the meeting has a time, the calendar file.
pub(super) struct Papers {
    text: String,
    calendar: Option<String>,
}

impl Papers {
    /// Writes them for a meeting; the meeting host's token is not known here.
    pub(super) fn new(meeting: &Meeting<'_>, deployment: &Deployment, renderer: &Renderer) -> Result<Self> {
        let text = meeting.text(deployment, renderer)?;
        let entry = Entry { id: &random_id()?, written: Timestamp::now(), text: &text };
        let calendar = meeting.calendar(deployment, &entry);
        Ok(Self { text, calendar })
    }

    /// Writes the files that were asked for, and gives back what is left to print.
    pub(super) fn write(self, args: &NewRoom) -> Result<String> {
        if let Some(path) = &args.calendar {
            write(path, self.calendar.as_deref().context("make a calendar file")?)?;
        }
        match &args.invitation {
            Some(path) => write(path, &self.text).map(|()| String::new()),
            None => Ok(format!("\n{}", self.text)),
        }
    }
}

/// Refuses before anything is done when a file is there already.
pub(super) fn refuse_old(args: &NewRoom) -> Result<()> {
    match [&args.invitation, &args.calendar].into_iter().flatten().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(there(path).into()),
        None => Ok(()),
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let shown = path.display();
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(there(path).into()),
        result => result.with_context(|| format!("write {shown}"))?,
    };
    file.write_all(text.as_bytes()).with_context(|| format!("write {shown}"))
}

fn there(path: &Path) -> Advice {
    Advice::new(format!("{} is there already", path.display()), "name another file")
}

/// 128 random bits in hexadecimal digits.
fn random_id() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
    let mut id = String::new();
    for byte in bytes {
        write!(id, "{byte:02x}")?;
    }
    Ok(id)
}
