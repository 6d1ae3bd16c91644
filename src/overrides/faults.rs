//! What is wrong with the operator's own files: all at once, each with what to do.

use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file or folder as messages call it.
    pub file: String,
    /// The line, where there is one.
    pub line: Option<usize>,
    /// What is wrong, as a phrase without a full stop.
    pub what: String,
    /// What to do, as an imperative phrase.
    pub help: String,
}

/// Everything that is wrong; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Nothing where nothing is wrong.
    pub fn of(mut list: Vec<Fault>) -> Option<Self> {
        list.sort();
        (!list.is_empty()).then_some(Self(list))
    }

    /// What is wrong.
    pub fn list(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            write!(f, "{}:", inert(&fault.file))?;
            if let Some(line) = fault.line {
                write!(f, "{line}:")?;
            }
            writeln!(f, " {}\n  help: {}", inert(&fault.what), inert(&fault.help))?;
        }
        match self.0.len() {
            1 => write!(f, "1 mistake in the overrides"),
            n => write!(f, "{n} mistakes in the overrides"),
        }
    }
}

impl std::error::Error for Faults {}

fn inert(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
