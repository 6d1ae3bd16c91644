//! Comes to the host a second time, as anybody would who has to get in after the change.

use crate::model::event::Event;
use crate::remote::{Answer, Error, Order, Remote};
use std::time::{Duration, Instant};

const CONFIRM: &str = include_str!("confirm.sh");
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// Confirms the change over a connection of its own, and goes on trying for as long as the host waits. What becomes of
/// the change, the host's own events tell; the answer is whether it was confirmed in time.
pub(super) fn confirm(remote: &dyn Remote, name: &str, seconds: u32, heard: &mut dyn FnMut(Event)) -> bool {
    let end = Instant::now() + Duration::from_secs(seconds.into());
    heard(Event::Waiting { what: format!("a second connection has to confirm within {seconds} s that people get in") });
    let mut told = String::new();
    loop {
        let why = match attempt(remote, name) {
            // A script that refuses is that of a host which waits no more.
            Ok(answer) => return answer.code == 0,
            Err(error) => error.to_string(),
        };
        if why != told {
            heard(Event::Waiting { what: format!("no second connection ({why}); without one the host goes back") });
            told = why;
        }
        if Instant::now() + PAUSE > end {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
}

fn attempt(remote: &dyn Remote, name: &str) -> Result<Answer, Error> {
    let script = format!("set -- {name}\n{CONFIRM}");
    let patience = Duration::from_secs(15);
    let order = Order { purpose: "confirm the change", script: &script, input: &[], patience };
    remote.another()?.run(&order)
}
