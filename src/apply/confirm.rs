//! Comes to the host a second time, as anybody would who has to get in after the change.

use crate::model::event::Event;
use crate::remote::{Error, Order, Remote};
use std::time::{Duration, Instant};

const CONFIRM: &str = include_str!("confirm.sh");
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// Confirms the change over a connection of its own, and goes on trying for as long as the host waits. What becomes of
/// the change, the host's own events tell.
///
/// # Errors
/// Why the last attempt failed.
pub(super) fn confirm(
    remote: &dyn Remote,
    name: &str,
    seconds: u32,
    heard: &mut dyn FnMut(Event),
) -> Result<(), Error> {
    let end = Instant::now() + Duration::from_secs(seconds.into());
    heard(Event::Waiting { what: format!("a second connection has to confirm within {seconds} s that people get in") });
    let mut told = String::new();
    loop {
        let Err(error) = attempt(remote, name) else { return Ok(()) };
        let why = error.to_string();
        if why != told {
            heard(Event::Waiting { what: format!("no second connection ({why}); without one the host goes back") });
            told = why;
        }
        if Instant::now() + PAUSE > end {
            return Err(error);
        }
        std::thread::sleep(PAUSE);
    }
}

/// The script's own answer does not matter: a host that waits no more says so in its events.
fn attempt(remote: &dyn Remote, name: &str) -> Result<(), Error> {
    let script = format!("set -- {name}\n{CONFIRM}");
    let patience = Duration::from_secs(15);
    let order = Order { purpose: "confirm the change", script: &script, input: &[], patience };
    remote.another()?.run(&order).map(drop)
}
