//! A secret that the operator keeps in a file of their own, and hands over to the host.

use super::secret::Secret;
use std::path::PathBuf;

/// The file and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenFile {
    /// The file on the operator's machine, absolute.
    pub path: PathBuf,
    /// What is in it; empty until the files of an inventory are read.
    pub value: Secret<String>,
}

impl GivenFile {
    /// A file that is not read yet.
    pub fn at(path: PathBuf) -> Self {
        Self { path, value: Secret::new(String::new()) }
    }
}
