//! What of an account's file has to survive the loss of a host.

use super::record::Record;
use crate::model::secret::Secret;
use anyhow::Result;

/// The file without the computers that stay signed in: a backup lives longer than the seven days that those have.
///
/// # Errors
/// When the file cannot be used; the error shows nothing of it.
pub fn kept(bytes: &[u8]) -> Result<Vec<u8>> {
    let record = Record::read(bytes)?;
    Record { sessions: Vec::new(), ..record }.bytes()
}

/// A passphrase of 80 bits that nobody chose.
///
/// # Errors
/// When the kernel has no random numbers.
pub fn new_passphrase() -> Result<Secret<String>> {
    super::passphrase::make()
}
