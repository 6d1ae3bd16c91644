//! Other work on the host than a plan: under the same lock, as detached, and followed in the same way.

use super::bundle::{self, Part};
use super::events::Follower;
use super::{follow, send, taken};
use crate::model::event::Event;
use crate::remote::Remote;
use anyhow::{Context as _, Result};

/// What the host is to do.
pub struct Errand<'a> {
    /// The script in the place of `apply.sh`; it may use the parts of that one.
    pub script: &'a str,
    /// What it reads, by its name in the run's folder.
    pub files: Vec<(String, Vec<u8>)>,
    /// Its steps, as people read them.
    pub labels: Vec<String>,
}

/// How an errand ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It is done.
    Done,
    /// The host is not as it was when it was looked at; nothing was done.
    Moved,
    /// An earlier run had ended in the middle; what it had changed was restored, and a new look is needed.
    Recovered,
    /// A step failed; what was done until then stays done.
    Failed(String),
}

/// Runs an errand, and tells what happens.
///
/// # Errors
/// When the host cannot be reached any more, or somebody else holds its lock.
pub fn errand(errand: &Errand<'_>, remote: &mut dyn Remote, heard: &mut dyn FnMut(Event)) -> Result<Ended> {
    let own = errand.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let files: Vec<Part<'_>> = own.chain([("apply.sh", errand.script.as_bytes())]).collect();
    let bundle = bundle::with(&files).context("pack the bundle for the host")?;
    let name = send(remote, &bundle)?;
    let labels: Vec<&str> = errand.labels.iter().map(String::as_str).collect();
    let mut follower = Follower::new(&labels);
    follow::to_the_end(remote, &name, &mut follower, heard)?;
    match follower.into_end() {
        (0, ..) => Ok(Ended::Done),
        (5, ..) => Ok(Ended::Moved),
        (8, ..) => Ok(Ended::Recovered),
        (7, _, owner) => Err(taken(remote.host(), &owner)),
        (_, _, why) => Ok(Ended::Failed(why)),
    }
}
