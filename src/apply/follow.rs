//! Follows the work on the host to its end, over as many connections as it takes.

use super::confirm::confirm;
use super::events::Follower;
use crate::model::advice::Advice;
use crate::model::event::Event;
use crate::remote::{Error, ErrorKind, Order, Remote};
use anyhow::{Result, anyhow};
use std::time::{Duration, Instant};

/// Hands out the events; ends when the script does, and tells how the host ended it where it could not do so itself.
const FOLLOW: &str = include_str!("follow.sh");
/// How long the host may give no sign of life; the connection's own keep-alive counts, so a quiet step is no silence.
const SILENCE: Duration = Duration::from_secs(45);
/// How long a host may be away, which may be starting anew.
const AWAY: Duration = Duration::from_secs(300);
/// Between two attempts to reach it.
const PAUSE: Duration = Duration::from_secs(2);
/// How often a connection may break before anything new was heard on it.
const BREAKS: usize = 5;

/// Follows the run with this name until it has ended, or holds the lock for us.
pub(super) fn to_the_end(
    remote: &mut dyn Remote,
    name: &str,
    follower: &mut Follower<'_>,
    heard: &mut dyn FnMut(Event),
) -> Result<()> {
    let mut breaks = 0;
    loop {
        let asked = follower.asked();
        let before = follower.heard();
        let script = format!("set -- {name} {}\n{FOLLOW}", before + 1);
        let order = Order { purpose: "follow the work", script: &script, input: &[], patience: SILENCE };
        let result = remote.follow(&order, &mut |line| {
            if let Some(event) = follower.hear(line) {
                heard(event);
            }
        });
        if follower.ended() || follower.holds() {
            return Ok(());
        }
        breaks = if follower.heard() > before { 0 } else { breaks + 1 };
        if let Some(seconds) = follower.awaits().filter(|_| follower.asked() > asked) {
            if confirm(remote, name, seconds, heard) {
                follower.confirmed();
            }
            continue;
        }
        match result {
            Ok(answer) => return Err(cut_off(remote.host(), answer.stderr.trim())),
            Err(error) if error.kind == ErrorKind::Unreachable && breaks < BREAKS => {
                heard(Event::Waiting { what: format!("the connection broke ({}); connecting again", error.cause) });
                come_back(remote, heard).map_err(left_alone)?;
            }
            Err(error) => return Err(left_alone(error)),
        }
    }
}

/// Connects again; tells each new reason why that does not work yet.
pub(super) fn come_back(remote: &mut dyn Remote, heard: &mut dyn FnMut(Event)) -> Result<(), Error> {
    let end = Instant::now() + AWAY;
    let mut told = String::new();
    loop {
        std::thread::sleep(PAUSE);
        let Err(error) = remote.reconnect() else { return Ok(()) };
        if Instant::now() > end || matches!(error.kind, ErrorKind::ChangedKey | ErrorKind::UnknownKey) {
            return Err(error);
        }
        let why = error.to_string();
        if why != told {
            heard(Event::Waiting { what: why.clone() });
            told = why;
        }
    }
}

fn left_alone(error: Error) -> anyhow::Error {
    anyhow!(error).context("the host ends its work alone, or sets itself right; look again with `plan`")
}

/// The script has gone without a word, and the host does not say how it set itself right.
fn cut_off(host: &str, said: &str) -> anyhow::Error {
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    let cause = format!("host {host}: the work ended in the middle, and the host does not say how{said}");
    Advice::new(cause, "run `up` again: it first restores what the broken work had changed").into()
}
