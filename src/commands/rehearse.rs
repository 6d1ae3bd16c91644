//! The host's own work on its certificate, started from here and watched: a look, a renewal, a rehearsal.

use super::session::Session;
use super::terminal::Terminal;
use crate::apply::{self, Course};
use crate::exit::Exit;
use crate::model::event::Event;
use crate::model::ledger::Ledger;
use crate::model::names::UnitName;
use crate::model::plan::Action;
use crate::model::renewal::units;
use crate::observe;
use crate::remote::Remote;
use crate::view::{self, inert};
use anyhow::{Result, anyhow};
use std::time::Duration;

/// Lets the host rehearse where the plan says so; how that ended.
pub(super) fn rehearse_planned(session: &mut Session<'_>, terminal: &mut Terminal) -> Result<Exit> {
    if !session.plan.changes.iter().any(|change| matches!(change.action, Action::Rehearse { .. })) {
        return Ok(Exit::Done);
    }
    Ok(match rehearse(&mut session.remote, terminal)? {
        // The host has said why it waits, and `verify` goes on saying it.
        Rehearsed::Well | Rehearsed::Spared(_) => Exit::Done,
        Rehearsed::Badly => Exit::Broken,
    })
}

/// How a rehearsal went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rehearsed {
    /// All that a renewal needs works.
    Well,
    /// A promise is broken; why, was told.
    Badly,
    /// It was not made, and can be after that moment, seconds since 1970.
    Spared(i64),
}

/// Lets the host play a renewal through. One that fails changes nothing on the host.
///
/// # Errors
/// When the host cannot be reached any more.
pub(super) fn rehearse(remote: &mut dyn Remote, terminal: &mut Terminal) -> Result<Rehearsed> {
    let host = remote.host().to_owned();
    terminal.note(&format!("{host}: rehearses a renewal of its certificate"));
    let (why, help) = match watch(remote, units::REHEARSE, terminal)? {
        Work::Done { began, ledger, last, help } => {
            let rehearsed = ledger.rehearsed.filter(|rehearsal| rehearsal.at >= began);
            match (rehearsed.map(|rehearsal| rehearsal.why), ledger.spared) {
                (Some(None), _) => {
                    terminal.note(&format!("{host}: all that a renewal needs works; nothing was changed"));
                    return Ok(Rehearsed::Well);
                }
                (Some(Some(why)), _) => (why, help),
                (None, Some(until)) if until > began => return Ok(Rehearsed::Spared(until)),
                (None, _) => (last, help),
            }
        }
        Work::Undone(why) => (why, None),
    };
    let error = anyhow!(why).context(format!("host {host}: the rehearsal of a renewal failed"));
    let help = help.map_or_else(|| AFTERWARDS.to_owned(), |help| format!("{}; {AFTERWARDS}", inert::line(&help)));
    terminal.note(view::problem::text(&error, Some(&help), terminal.error_colour).trim_end());
    Ok(Rehearsed::Badly)
}

const AFTERWARDS: &str = "the certificate in force stays; once the cause is mended, run `vc4all-deploy renew --rehearse`; \
     `journalctl -u vc4all-rehearse` on the host tells more";

/// Longer than the unit itself may take (`TimeoutStartSec=`).
const PATIENCE: Duration = Duration::from_secs(units::LONGEST + 2 * 60);

/// What became of the host's work.
pub(super) enum Work {
    /// It has ended.
    Done {
        /// The host's clock when it began.
        began: i64,
        /// The host's notes after it.
        ledger: Box<Ledger>,
        /// The last line that it said.
        last: String,
        /// What helps, as it said.
        help: Option<String>,
    },
    /// It was not done, for this reason.
    Undone(String),
}

/// Starts a unit of the host, shows what it says, and reads the host's notes afterwards.
///
/// # Errors
/// When the host cannot be reached any more.
pub(super) fn watch(remote: &mut dyn Remote, unit: &str, terminal: &mut Terminal) -> Result<Work> {
    let (mut last, mut help, mut failed) = ("it said nothing".to_owned(), None, false);
    let unit = UnitName::new(unit)?;
    let course = apply::start(remote, &unit, PATIENCE, &mut |event| match event {
        Event::Output { line } => {
            let line: String = line.chars().take(LONGEST).collect();
            match line.split_once(": ") {
                // How it ends is told once, at the end.
                Some(("error", why)) => {
                    why.clone_into(&mut last);
                    failed = true;
                }
                Some(("help", what)) => help = Some(what.to_owned()),
                _ => {
                    terminal.note(&inert::line(&line));
                    // Such as that somebody else is at work there.
                    if !failed {
                        last.clone_from(&line);
                    }
                }
            }
        }
        Event::Waiting { what } => terminal.note(&format!("waiting: {}", inert::line(&what))),
        _ => {}
    })?;
    Ok(match course {
        Course::Ended { began } => {
            let ledger = Box::new(observe::renewal(remote)?.unwrap_or_default());
            Work::Done { began, ledger, last, help }
        }
        Course::Refused(why) => Work::Undone(format!("{unit} was not started: {why}")),
        Course::Slow => {
            Work::Undone(format!("{unit} is still at work; `vc4all-deploy status` tells later how it ended"))
        }
    })
}

/// The most characters of a line of the host.
const LONGEST: usize = 500;
