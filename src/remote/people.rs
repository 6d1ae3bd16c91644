//! The questions that a connection may have to ask a person.

use crate::model::secret::Secret;
use anyhow::{Result, bail};
use std::path::Path;

/// Somebody who can be asked; an error means that nobody answers, and ends the connection.
pub trait People {
    /// Whether the key that a new host shows is the right one; `kind` is a word such as `ED25519`.
    ///
    /// # Errors
    /// When nobody can be asked.
    fn accept_key(&mut self, host: &str, kind: &str, fingerprint: &str) -> Result<bool>;

    /// The passphrase of a private key file; asked again when it was wrong.
    ///
    /// # Errors
    /// When nobody can be asked.
    fn passphrase(&mut self, key: &Path) -> Result<Secret<String>>;

    /// The password with which a user becomes root on a host; asked again when it was wrong.
    ///
    /// # Errors
    /// When nobody can be asked.
    fn sudo_password(&mut self, user: &str, host: &str) -> Result<Secret<String>>;
}

/// Nobody is there: every question is refused.
pub struct Nobody;

impl People for Nobody {
    fn accept_key(&mut self, _host: &str, _kind: &str, _fingerprint: &str) -> Result<bool> {
        bail!("nobody is there to say whether the host's key is right")
    }

    fn passphrase(&mut self, key: &Path) -> Result<Secret<String>> {
        bail!("nobody is there to type the passphrase of {}", key.display())
    }

    fn sudo_password(&mut self, user: &str, host: &str) -> Result<Secret<String>> {
        bail!("nobody is there to type the password of {user} on {host}")
    }
}
