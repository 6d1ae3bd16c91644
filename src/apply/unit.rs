//! A unit of the host that runs once: started, and followed to its end over as many connections as it takes.

use super::follow::come_back;
use crate::model::event::Event;
use crate::model::names::UnitName;
use crate::remote::{ErrorKind, Order, Remote};
use anyhow::{Context as _, Result, anyhow};
use std::time::Duration;

/// Starts the unit, and hands out what it says.
const UNIT: &str = include_str!("unit.sh");
/// How long the host may give no sign of life.
const SILENCE: Duration = Duration::from_secs(45);
/// How often a connection may break before anything new was heard on it.
const BREAKS: usize = 5;
/// A unit says a line or two a step; more than this is not shown.
const MOST_LINES: usize = 500;

/// What became of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    /// It has ended, well or not.
    Ended {
        /// The host's clock when it was started, in seconds since 1970.
        began: i64,
    },
    /// systemd did not start it; text of the host.
    Refused(String),
    /// It is still at work, and goes on by itself.
    Slow,
}

/// Starts the unit, tells what it says, and waits until it has ended.
///
/// # Errors
/// When the host cannot be reached any more; the unit goes on by itself then.
pub fn start(
    remote: &mut dyn Remote,
    unit: &UnitName,
    patience: Duration,
    heard: &mut dyn FnMut(Event),
) -> Result<Course> {
    let mut ear = Ear::default();
    let mut breaks = 0;
    loop {
        let before = ear.lines;
        let place = ear.place();
        let script = format!("set -- {unit} {} {place}\n{UNIT}", patience.as_secs());
        let order = Order { purpose: "start a unit", script: &script, input: &[], patience: SILENCE };
        let result = remote.follow(&order, &mut |line| ear.hear(line).into_iter().for_each(&mut *heard));
        if let (true, Some(began)) = (ear.ended, ear.clock) {
            return Ok(Course::Ended { began });
        }
        breaks = if ear.lines > before { 0 } else { breaks + 1 };
        match result {
            Ok(answer) if answer.code == 0 => return Ok(Course::Slow),
            Ok(answer) => return Ok(Course::Refused(answer.stderr.trim().to_owned())),
            Err(error) if error.kind == ErrorKind::Unreachable && breaks < BREAKS => {
                heard(Event::Waiting { what: format!("the connection broke ({}); connecting again", error.cause) });
                come_back(remote, heard).with_context(|| left_alone(unit))?;
            }
            Err(error) => return Err(anyhow!(error).context(left_alone(unit))),
        }
    }
}

fn left_alone(unit: &UnitName) -> String {
    format!("{unit} goes on alone; `vc4all-deploy status` tells later what came of it")
}

/// What was heard so far, and where to go on after a break.
#[derive(Default)]
struct Ear {
    clock: Option<i64>,
    cursor: String,
    lines: usize,
    ended: bool,
}

impl Ear {
    /// Where the script goes on; nothing while the unit was not started.
    fn place(&self) -> String {
        self.clock.map_or_else(String::new, |clock| format!("{clock} '{}'", self.cursor))
    }

    fn hear(&mut self, line: &str) -> Option<Event> {
        let (mark, rest) = line.split_at_checked(2)?;
        match (mark, rest.split_once(' ')) {
            ("- ", _) => {
                self.lines += 1;
                return (self.lines <= MOST_LINES).then(|| Event::Output { line: rest.to_owned() });
            }
            ("+ ", Some(("clock", seconds))) => self.clock = seconds.parse().ok(),
            ("+ ", Some(("cursor", cursor))) if is_cursor(cursor) => cursor.clone_into(&mut self.cursor),
            ("+ ", None) if rest == "end" => self.ended = true,
            _ => {}
        }
        None
    }
}

/// Whether it may stand in a script: `s=0639…;i=4f2;b=…` (systemd.journal-fields(7)).
fn is_cursor(text: &str) -> bool {
    text.len() < 300 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=;-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_unit_says_is_told_and_the_place_is_kept() {
        let mut ear = Ear::default();
        assert_eq!(ear.place(), "");
        for line in ["+ clock 1800000000", "+ cursor s=0f;i=4;b=1", "+ ", "", "x", "é", "+ cursor a'; reboot; '"] {
            assert_eq!(ear.hear(line), None, "{line}");
        }
        assert_eq!(ear.hear("- + end"), Some(Event::Output { line: "+ end".to_owned() }));
        assert_eq!(ear.place(), "1800000000 's=0f;i=4;b=1'");
        assert!(!ear.ended);
        ear.hear("+ end");
        assert!(ear.ended);
    }

    #[test]
    fn a_unit_that_talks_without_end_fills_no_screen() {
        let mut ear = Ear::default();
        assert_eq!((0..10_000).filter_map(|_| ear.hear("- again")).count(), MOST_LINES);
    }
}
