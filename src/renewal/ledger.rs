//! What the host writes down about its renewals, in `/var/lib/vc4all/renewal.json`.

use crate::model::renewal::{Attempts, Window};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

/// More than this is none of ours.
const LONGEST: u64 = 64 * 1024;

/// The whole file. All times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// The attempts so far.
    pub attempts: Attempts,
    /// What the authority advised.
    pub advice: Option<Advice>,
    /// The last look at whether the certificate is due.
    pub looked: Option<i64>,
    /// When it is due, as that look found it.
    pub due: Option<i64>,
    /// The failure that is not mended yet.
    pub failing: Option<Failure>,
    /// The last rehearsal.
    pub rehearsed: Option<Rehearsal>,
}

/// When the authority would like a certificate to be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// Serial number of that certificate.
    pub serial: String,
    /// When.
    pub window: Window,
    /// Until when this counts.
    pub until: i64,
}

/// A renewal that does not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Since when.
    pub since: i64,
    /// What the last attempt said.
    pub why: String,
    /// What to do.
    pub help: String,
    /// When the operator was last told.
    pub told: Option<i64>,
}

/// A renewal played through without consequences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// When.
    pub at: i64,
    /// At which directory.
    pub directory: String,
    /// Why it failed; nothing where it did not.
    pub why: Option<String>,
}

impl Ledger {
    /// Reads it; a host that wrote none yet, or one that is damaged, begins anew.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let what = || format!("read {}", path.display());
        let file = match fs::File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            opened => opened.with_context(what)?,
        };
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text).with_context(what)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Writes it in one step, readable for everybody: nothing in it is a secret.
    ///
    /// # Errors
    /// When the disk does not take it; what stood there stays.
    pub fn write(&self, path: &Path) -> Result<()> {
        let what = || format!("write {}", path.display());
        let new = path.with_extension("json.new");
        let text = serde_json::to_string_pretty(self).with_context(what)? + "\n";
        fs::write(&new, text).and_then(|()| fs::File::open(&new)?.sync_all()).with_context(what)?;
        fs::rename(&new, path).with_context(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("renewal.json");
        assert_eq!(Ledger::read(&path).unwrap(), Ledger::default());
        let failing = Failure { since: 7, why: "no".to_owned(), help: "mend it".to_owned(), told: None };
        let ledger = Ledger { looked: Some(9), failing: Some(failing), ..Ledger::default() };
        ledger.write(&path).unwrap();
        assert_eq!(Ledger::read(&path).unwrap(), ledger);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_one_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("renewal.json");
        for text in ["", "{", "[1]", "{\"attempts\":7}", "{\"failing\":{\"since\":\"x\"}}"] {
            fs::write(&path, text).unwrap();
            assert_eq!(Ledger::read(&path).unwrap(), Ledger::default(), "{text}");
        }
    }
}
