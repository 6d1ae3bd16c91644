//! What a deployment names and may not: all at once, each with its place, the reason and what to do.

use std::fmt;
use std::net::IpAddr;

/// A foreign name at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offence {
    /// The file: one of the operator's machine where an override says it, otherwise the host's.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Who is named, without characters that could play with a terminal.
    pub named: String,
    /// What is wrong, as a phrase without a full stop.
    pub what: String,
    /// What to do, as an imperative phrase.
    pub remedy: &'static str,
}

/// Everything that a deployment names and may not, in the order of the files; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offences {
    list: Vec<Offence>,
    left_out: usize,
}

impl Offences {
    /// Most offences that are shown.
    const MOST: usize = 50;

    /// Nothing where there is nothing to tell.
    pub(super) fn of(mut list: Vec<Offence>) -> Option<Self> {
        list.sort();
        list.dedup();
        let left_out = list.len().saturating_sub(Self::MOST);
        list.truncate(Self::MOST);
        (!list.is_empty()).then_some(Self { list, left_out })
    }

    /// Those that name somebody by a word. Which numbers are the host's own is certain only when it was looked at.
    pub fn by_name(self) -> Option<Self> {
        let left_out = self.left_out;
        let list = self.list.into_iter().filter(|offence| offence.named.parse::<IpAddr>().is_err());
        let list: Vec<Offence> = list.collect();
        (!list.is_empty()).then_some(Self { list, left_out })
    }

    /// The same at other places: `place` says the file and the line for a file of the host and its line.
    #[must_use]
    pub fn moved(mut self, place: impl Fn(&str, usize) -> Option<(String, usize)>) -> Self {
        for offence in &mut self.list {
            if let Some((file, line)) = place(&offence.file, offence.line) {
                (offence.file, offence.line) = (file, line);
            }
        }
        self
    }

    /// The offences, without those that are left out.
    pub fn list(&self) -> &[Offence] {
        &self.list
    }
}

impl fmt::Display for Offences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for offence in &self.list {
            let Offence { file, line, column, named, what, remedy } = offence;
            writeln!(f, "{file}:{line}:{column}: `{named}` {what}\n  help: {remedy}")?;
        }
        match self.list.len() + self.left_out {
            1 => write!(f, "1 foreign name that the egress policy refuses; nothing was done"),
            n if self.left_out == 0 => write!(f, "{n} foreign names that the egress policy refuses; nothing was done"),
            n => write!(
                f,
                "{n} foreign names that the egress policy refuses, of which the first {}; nothing was done",
                self.list.len()
            ),
        }
    }
}

impl std::error::Error for Offences {}
