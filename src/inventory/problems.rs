//! The mistakes of an inventory: all at once, each with its place, what is wrong and what to write.

use crate::model::values::is_invisible;
use std::cell::RefCell;
use std::fmt;

/// A place in the file; both numbers begin at 1, the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The beginning of the file.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is; nothing when the file itself cannot be read.
    pub at: Option<Place>,
    /// Path of the key, such as `operator.country`; empty for the file as a whole.
    pub key: String,
    /// What is wrong, as a phrase without a full stop.
    pub what: String,
    /// What to do instead, as an imperative phrase.
    pub write: String,
}

/// Everything that is wrong with an inventory, in order of line; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    file: String,
    list: Vec<Problem>,
}

impl Problems {
    /// One mistake of the file as a whole.
    pub(super) fn of_file(file: &str, what: impl Into<String>, write: impl Into<String>) -> Self {
        let problem = Problem { at: None, key: String::new(), what: what.into(), write: write.into() };
        Self { file: clean(file), list: vec![problem] }
    }

    /// The mistakes.
    pub fn list(&self) -> &[Problem] {
        &self.list
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.list {
            write!(f, "{}:", self.file)?;
            if let Some(at) = problem.at {
                write!(f, "{}:{}:", at.line, at.column)?;
            }
            if !problem.key.is_empty() {
                write!(f, " {}:", problem.key)?;
            }
            writeln!(f, " {}\n  help: {}", problem.what, problem.write)?;
        }
        match self.list.len() {
            1 => write!(f, "1 mistake in {}", self.file),
            n => write!(f, "{n} mistakes in {}", self.file),
        }
    }
}

impl std::error::Error for Problems {}

/// Collects mistakes while the inventory is read.
#[derive(Debug, Default)]
pub(super) struct Reports(RefCell<Vec<Problem>>);

impl Reports {
    /// Most mistakes that are kept: a file with more is not an inventory.
    const MOST: usize = 100;

    /// Notes a mistake.
    pub(super) fn note(&self, at: Place, key: &str, what: impl Into<String>, write: impl Into<String>) {
        let mut list = self.0.borrow_mut();
        if list.len() < Self::MOST {
            // A reader's own message may repeat what it read.
            let (what, write) = (clean(&what.into()), clean(&write.into()));
            list.push(Problem { at: Some(at), key: clean(key), what, write });
        }
    }

    /// Whether nothing was noted.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// The mistakes in order of line; a file that yielded nothing at all is a mistake as well.
    pub(super) fn into_problems(self, file: &str) -> Problems {
        let mut list = self.0.into_inner();
        if list.is_empty() {
            return Problems::of_file(file, "is not an inventory", "start from what `vc4all-deploy init` writes");
        }
        list.sort_by_key(|problem| problem.at);
        list.dedup();
        Problems { file: clean(file), list }
    }
}

/// The value as a message shows it: between backticks, shortened, without characters that could play with a terminal.
pub(super) fn shown(value: &str) -> String {
    const MOST: usize = 40;
    let short: String = value.chars().take(MOST).collect();
    let more = if value.chars().nth(MOST).is_some() { "…" } else { "" };
    format!("`{}{more}`", clean(&short))
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c }).collect()
}
