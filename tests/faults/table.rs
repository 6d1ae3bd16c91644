//! Which fault left how many hosts in the old and in the new generation, and how many in neither.

use crate::case::{Kind, Outcome};
use std::collections::BTreeMap;
use std::fmt;

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: BTreeMap<Kind, Row>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Row {
    old: usize,
    new: usize,
    exception: usize,
}

impl Table {
    pub(crate) fn count(&mut self, kind: Kind, outcome: Option<Outcome>) {
        let row = self.rows.entry(kind).or_default();
        match outcome {
            Some(Outcome::Old) => row.old += 1,
            Some(Outcome::New) => row.new += 1,
            None => row.exception += 1,
        }
    }

    pub(crate) fn runs(&self) -> usize {
        self.rows.values().map(|row| row.old + row.new + row.exception).sum()
    }

    pub(crate) fn exceptions(&self) -> usize {
        self.rows.values().map(|row| row.exception).sum()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, name: &str, row: Row| {
            let runs = row.old + row.new + row.exception;
            writeln!(f, "| {name:<52} | {runs:>4} | {:>4} | {:>4} | {:>9} |", row.old, row.new, row.exception)
        };
        writeln!(f, "| {:<52} | runs | old  | new  | exception |", "fault")?;
        writeln!(f, "|{:-<54}|-----:|-----:|-----:|----------:|", "")?;
        let mut all = Row::default();
        for (kind, row) in &self.rows {
            line(f, kind.words(), *row)?;
            all.old += row.old;
            all.new += row.new;
            all.exception += row.exception;
        }
        line(f, "all", all)
    }
}
