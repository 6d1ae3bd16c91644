//! Somebody who gives prepared answers and notes what was asked.

use anyhow::{Result, bail};
use std::path::Path;
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::remote::People;

/// Answers in order; a question without an answer fails as if nobody were there.
#[derive(Default)]
pub(crate) struct Scripted {
    /// Whether a new host's key is accepted.
    pub(crate) accept: Option<bool>,
    /// Passphrases or passwords, the last one first.
    pub(crate) words: Vec<&'static str>,
    /// What was asked.
    pub(crate) asked: Vec<String>,
}

impl Scripted {
    pub(crate) fn with_words(words: &[&'static str]) -> Self {
        Self { words: words.iter().rev().copied().collect(), ..Self::default() }
    }

    fn word(&mut self) -> Result<Secret<String>> {
        match self.words.pop() {
            Some(word) => Ok(Secret::new(word.to_owned())),
            None => bail!("nobody is there"),
        }
    }
}

impl People for Scripted {
    fn accept_key(&mut self, host: &str, kind: &str, fingerprint: &str) -> Result<bool> {
        self.asked.push(format!("{host} {kind} {fingerprint}"));
        match self.accept {
            Some(answer) => Ok(answer),
            None => bail!("nobody is there"),
        }
    }

    fn passphrase(&mut self, key: &Path) -> Result<Secret<String>> {
        self.asked.push(key.file_name().unwrap().to_string_lossy().into_owned());
        self.word()
    }

    fn sudo_password(&mut self, user: &str, host: &str) -> Result<Secret<String>> {
        self.asked.push(format!("{user} on {host}"));
        self.word()
    }
}
