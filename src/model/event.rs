//! What happens while a plan is applied: the world tells, the view listens.

/// One piece of news about a running apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Connected and logged in.
    HostReached {
        /// The host's address.
        host: String,
    },
    /// Waiting for something that somebody else holds.
    Waiting {
        /// For what, such as "apt is locked by unattended-upgrades (process 812)".
        what: String,
    },
    /// Something that people should know, although nothing failed.
    Noted {
        /// What, as a sentence.
        what: String,
    },
    /// A step begins.
    Started {
        /// Its number, from 1.
        step: usize,
        /// How many there are.
        of: usize,
        /// What it does, as a phrase.
        what: String,
    },
    /// A line of output of the current step, stripped of control characters.
    Output {
        /// The line.
        line: String,
    },
    /// The current step is done.
    Done {
        /// Its number.
        step: usize,
        /// Milliseconds that it took.
        millis: u64,
    },
    /// The current step failed; what was changed is being restored.
    Failed {
        /// What failed and why.
        why: String,
    },
    /// Everything that was changed is as it was before.
    Restored,
    /// The generation is in force.
    Committed {
        /// Its number.
        generation: u32,
    },
}
