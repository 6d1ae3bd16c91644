//! Runs a plan on a host: one bundle goes in, events come out, and the host finishes on its own if the cable is cut.

mod backup;
mod bundle;
mod errand;
mod events;
mod steps;
mod versions;

pub use errand::{Ended, Errand, errand};

use crate::model::advice::Advice;
use crate::model::agreed::Regard;
use crate::model::backup::Brought;
use crate::model::digest::Digest;
use crate::model::event::Event;
use crate::model::plan::Plan;
use crate::model::resource::Claim;
use crate::model::secret::Secret;
use crate::observe::Questions;
use crate::remote::{ErrorKind, Order, Remote};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
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
    follow(remote, &name, &mut follower, heard)?;
    outcome(remote.host(), follower)
}

/// Starts the script detached from the connection: systemd keeps it running when the cable is cut.
const START: &str = include_str!("start.sh");
/// Hands out the events; ends when the script does, also where it was killed before it could say so.
const FOLLOW: &str = include_str!("follow.sh");

/// Sends the bundle and starts it; gives back the name of the run.
fn send(remote: &mut dyn Remote, bundle: &[u8]) -> Result<String> {
    let order = Order { purpose: "start the work", script: START, input: bundle, patience: Duration::from_secs(120) };
    let answer = remote.run(&order)?;
    ensure!(answer.code == 0, "host {}: start the work: {}", remote.host(), answer.stderr.trim());
    let folder = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let name = folder.strip_prefix("/var/lib/vc4all/run/").unwrap_or_default();
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
    ensure!(plain, "host {}: it did not say where the work runs", remote.host());
    Ok(name.to_owned())
}

/// How long the host may give no sign of life; the connection's own keep-alive counts, so a quiet step is no silence.
const SILENCE: Duration = Duration::from_secs(45);
/// How often a cut connection is taken up again.
const RECONNECTS: usize = 5;

fn follow(
    remote: &mut dyn Remote,
    name: &str,
    follower: &mut Follower<'_>,
    heard: &mut dyn FnMut(Event),
) -> Result<()> {
    for attempt in 0..=RECONNECTS {
        let script = format!("set -- {name} {}\n{FOLLOW}", follower.heard() + 1);
        let order = Order { purpose: "follow the work", script: &script, input: &[], patience: SILENCE };
        let result = remote.follow(&order, &mut |line| {
            if let Some(event) = follower.hear(line) {
                heard(event);
            }
        });
        if follower.ended() {
            return Ok(());
        }
        match result {
            Ok(answer) => return Err(cut_off(remote.host(), answer.stderr.trim())),
            Err(error) if error.kind == ErrorKind::Unreachable && attempt < RECONNECTS => {
                heard(Event::Waiting { what: format!("the connection broke ({}); connecting again", error.cause) });
                std::thread::sleep(Duration::from_secs(2));
                if let Err(error) = remote.reconnect() {
                    heard(Event::Waiting { what: error.to_string() });
                }
            }
            Err(error) => return Err(anyhow!(error)).context("the work goes on on the host; look again with `plan`"),
        }
    }
    bail!("host {}: the connection broke too often; the work goes on on the host", remote.host())
}

/// The script has gone without a word: it was killed, or the host started anew.
fn cut_off(host: &str, said: &str) -> anyhow::Error {
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    let cause = format!("host {host}: the work ended in the middle, killed or by a restart of the host{said}");
    Advice::new(cause, "run `up` again: it first restores what the broken work had changed").into()
}

fn outcome(host: &str, follower: Follower<'_>) -> Result<Outcome> {
    match follower.into_end() {
        (0, Some(generation), _) => Ok(Outcome::Committed(generation)),
        (5, ..) => Ok(Outcome::Moved),
        (8, ..) => Ok(Outcome::Recovered),
        (6, _, why) => Ok(Outcome::RolledBack(why)),
        (7, _, owner) => Err(taken(host, &owner)),
        (code, _, why) => bail!("host {host}: the work ended with {code}: {why}"),
    }
}

/// Somebody else holds the lock.
fn taken(host: &str, owner: &str) -> anyhow::Error {
    let cause = format!("host {host}: somebody else is at work there: {owner}");
    Advice::new(cause, "wait until it is done, then try again").into()
}
