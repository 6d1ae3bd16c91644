//! What was agreed to before a host is changed: what may become of people in meetings, and of what somebody edited.

/// What the operator agreed to beforehand; the default agrees to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreed {
    /// What becomes of files and links that somebody changed on the host.
    pub edits: Edits,
    /// What becomes of people in meetings.
    pub meetings: Meetings,
}

/// What becomes of managed files and links that somebody edited or took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edits {
    /// They stop the work.
    #[default]
    Keep,
    /// Ours take their place.
    Overwrite,
}

/// What becomes of people in meetings whose servers have to restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Meetings {
    /// They stop the work.
    #[default]
    Spare,
    /// The work waits until they have left; new meetings have to wait meanwhile.
    Await,
    /// They are cut off.
    Cut,
}

/// How the host regards people in meetings before it restarts the servers that carry them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Regard {
    /// Nobody is cut off, or that was agreed to.
    #[default]
    Nobody,
    /// As many were agreed to; with more of them the work ends.
    AtMost(u32),
    /// It waits until nobody is left.
    Wait,
}
