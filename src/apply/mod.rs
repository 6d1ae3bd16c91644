//! Runs a plan on a host: one bundle goes in, events come out, and the host finishes on its own if the cable is cut.

mod backup;
mod bundle;
mod confirm;
mod errand;
mod events;
mod follow;
mod hold;
mod step;
mod steps;
mod unit;
mod unlock;
mod versions;

pub use errand::{Ended, Errand, errand};
pub use hold::{Grip, Hold};
pub use unit::{Course, start};
pub use unlock::unlock;

use crate::model::advice::Advice;
use crate::model::agreed::Regard;
use crate::model::backup::Brought;
use crate::model::digest::Digest;
use crate::model::event::Event;
use crate::model::plan::Plan;
use crate::model::resource::Claim;
use crate::model::secret::Secret;
use crate::observe::Questions;
use crate::remote::{Order, Remote, answered};
use anyhow::{Context as _, Result, ensure};
use events::Follower;
use std::time::Duration;

/// What a run ended with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The generation is in force.
    Committed(u32),
    /// The host is not as it was when the plan was made; nothing was done.
    Moved,
    /// An earlier run had ended in the middle; what it had changed was restored, and a new plan is needed.
    Recovered,
    /// Something failed; everything is as it was.
    RolledBack(String),
    /// No second connection could say in time that people still get in; everything is as it was.
    Unconfirmed(String),
}

/// One run: the plan, what to ask before it, and who runs it.
pub struct Run<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The questions whose answer the plan is based on.
    pub questions: &'a Questions,
    /// The plan as it was printed; it is kept with the generation.
    pub printed: &'a str,
    /// What the host is to hold when all is done; it is kept with the generation.
    pub wanted: &'a [Claim],
    /// Who runs it and since when, on one line.
    pub author: &'a str,
    /// By which verb, such as `up`.
    pub cause: &'a str,
    /// How people in meetings are regarded.
    pub regard: Regard,
    /// The bytes of the program with this digest, where they are at hand; an earlier generation may have left others on
    /// the host.
    pub program: &'a dyn Fn(&Digest) -> Result<Option<Vec<u8>>>,
    /// How many generations the host keeps.
    pub keep: u16,
    /// The bytes of what a backup brings.
    pub brought: &'a dyn Fn(&Brought) -> Result<Secret<Vec<u8>>>,
}

/// Runs the plan, and tells what happens.
///
/// # Errors
/// When the host cannot be reached any more, somebody else holds its lock, or not even the restore succeeded.
pub fn run(run: &Run<'_>, remote: &mut dyn Remote, heard: &mut dyn FnMut(Event)) -> Result<Outcome> {
    let steps = steps::compile(run.plan, run.regard)?;
    let bundle = bundle::pack(run, &steps).context("pack the bundle for the host")?;
    let name = send(remote, &bundle)?;
    let labels: Vec<&str> = steps.iter().map(|step| step.label.as_str()).collect();
    let mut follower = Follower::new(&labels);
    follow::to_the_end(remote, &name, &mut follower, heard)?;
    outcome(remote.host(), follower)
}

/// Starts the script detached from the connection: systemd keeps it running when the cable is cut.
const START: &str = include_str!("start.sh");

/// Sends the bundle and starts it; gives back the name of the run.
fn send(remote: &mut dyn Remote, bundle: &[u8]) -> Result<String> {
    let order = Order { purpose: "start the work", script: START, input: bundle, patience: Duration::from_secs(120) };
    let answer = answered(remote, &order)?;
    let folder = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let name = folder.strip_prefix("/var/lib/vc4all/run/").unwrap_or_default();
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
    ensure!(plain, "host {}: it did not say where the work runs", remote.host());
    Ok(name.to_owned())
}

fn outcome(host: &str, follower: Follower<'_>) -> Result<Outcome> {
    let unconfirmed = follower.awaits().is_some();
    match follower.into_end() {
        (0, Some(generation), _) => Ok(Outcome::Committed(generation)),
        (5, ..) => Ok(Outcome::Moved),
        (8, ..) => Ok(Outcome::Recovered),
        (6, _, why) if unconfirmed => Ok(Outcome::Unconfirmed(why)),
        (6, _, why) => Ok(Outcome::RolledBack(why)),
        (7, _, owner) => Err(taken(host, &owner)),
        (_, _, why) => Err(unfinished(host, &why)),
    }
}

/// The work could not be begun, or not even the way back went through; the host's words before this say which and why.
fn unfinished(host: &str, why: &str) -> anyhow::Error {
    let help = "mend what the lines above name, and run it again; what a restore could not put back lies in the folder \
                `old` of its run, below /var/lib/vc4all/run on the host";
    Advice::new(format!("host {host}: {why}"), help).into()
}

/// Somebody else holds the lock: who since when, and what they do, as the host has it.
pub fn taken(host: &str, owner: &str) -> anyhow::Error {
    let cause = format!("host {host}: somebody else is at work there: {}", owner.trim());
    let help =
        "wait until it is done, then try again; --force-unlock ends that work and brings back what it had changed";
    Advice::new(cause, help).into()
}
