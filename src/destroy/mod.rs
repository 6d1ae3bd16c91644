//! Takes away from a host what we made there: what the manifest names, from the list to the proof.

mod answer;
mod manifest;
mod removal;
mod steps;
mod traces;

pub use answer::read;
pub use manifest::entry;
pub use removal::{proof, removal};

use crate::apply::{self, Ended, Errand};
use crate::model::estate::{Estate, Proof, Removal};
use crate::model::event::Event;
use crate::remote::{Order, Remote, answered};
use anyhow::{Context as _, Result};
use std::time::Duration;

/// The script that looks; read-only.
pub const LOOK: &str = include_str!("look.sh");
const DESTROY: &str = include_str!("host/destroy.sh");
/// What the host does by itself when the work was killed or the host started anew.
const RECOVER: &str = include_str!("host/recover.sh");

/// Looks at what we left.
///
/// # Errors
/// When the host cannot be reached, or its answer makes no sense.
pub fn look(remote: &mut dyn Remote) -> Result<Estate> {
    ask(remote, &traces::questions())
}

/// Looks again after a removal, at everything that was in its list.
///
/// # Errors
/// As [`look`].
pub fn look_after(removal: &Removal, remote: &mut dyn Remote) -> Result<Proof> {
    Ok(proof(removal, &ask(remote, &removal::questions(removal))?))
}

fn ask(remote: &mut dyn Remote, questions: &str) -> Result<Estate> {
    let order = Order {
        purpose: "look at what we left",
        script: LOOK,
        input: questions.as_bytes(),
        patience: Duration::from_secs(60),
    };
    let answer = answered(remote, &order)?;
    read(&answer.stdout).with_context(|| format!("host {}: read its answer", remote.host()))
}

/// Carries out the list, and tells what happens; `author` is who does it and since when, on one line.
///
/// # Errors
/// When the host cannot be reached any more, or somebody else holds its lock.
pub fn carry_out(
    removal: &Removal,
    author: &str,
    remote: &mut dyn Remote,
    heard: &mut dyn FnMut(Event),
) -> Result<Ended> {
    let steps = steps::compile(removal);
    let mut files = vec![
        ("recover.sh".to_owned(), RECOVER.as_bytes().to_vec()),
        ("estate.sh".to_owned(), LOOK.as_bytes().to_vec()),
        ("questions".to_owned(), traces::questions().into_bytes()),
        ("expected".to_owned(), format!("{}\n", removal.based_on).into_bytes()),
        ("who".to_owned(), format!("{author}\ndestroy {}\n", removal.target.0).into_bytes()),
    ];
    files.extend(steps::files(&steps));
    let labels = steps.into_iter().map(|step| step.label).collect();
    apply::errand(&Errand { script: DESTROY, files, labels }, remote, heard)
}
