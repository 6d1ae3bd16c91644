//! One step of the script: a line, and what travels beside it.

use crate::model::backup::Brought;
use crate::model::digest::Digest;
use crate::model::secret::Secret;

/// Stands in a line for the number of the step's data file.
pub(super) const DATA: &str = "<data>";

/// One step.
pub(super) struct Step {
    /// What it does, as people read it.
    pub(super) label: String,
    /// The line of the script.
    pub(super) line: String,
    /// What the line needs beside its words.
    pub(super) data: Option<Data>,
}

/// What travels beside a line.
pub(super) enum Data {
    /// Text, with marks in the place of secrets.
    Text(String),
    /// A program.
    Program(Digest),
    /// Something of a backup.
    Brought(Box<Brought>),
    /// A secret of the operator's.
    Given(Secret<String>),
}

impl Step {
    pub(super) fn new(label: impl Into<String>, line: impl Into<String>) -> Self {
        Self { label: label.into(), line: line.into(), data: None }
    }

    pub(super) fn with(self, text: String) -> Self {
        self.carrying(Data::Text(text))
    }

    pub(super) fn carrying(self, data: Data) -> Self {
        Self { data: Some(data), ..self }
    }
}
