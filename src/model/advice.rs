//! An error that knows what to do next.

use std::fmt;

/// What went wrong, and the next step; the view prints the step on a line of its own, after `help:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What went wrong, without a full stop.
    pub cause: String,
    /// What to do, as an imperative sentence without a full stop.
    pub help: String,
}

impl Advice {
    /// Puts both halves together.
    pub fn new(cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self { cause: cause.into(), help: help.into() }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for Advice {}
