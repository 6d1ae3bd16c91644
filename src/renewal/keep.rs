//! The host's notes about renewals, on its disk.

use super::disk;
use crate::model::ledger::Ledger;
use anyhow::{Context as _, Result};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs;
use std::path::Path;

/// More than this is none of ours.
const LONGEST: u64 = 64 * 1024;

/// Makes sure that nobody else on this host looks at the certificate until what is given back is dropped; nothing where
/// somebody does. A process that dies gives it back too.
///
/// # Errors
/// When the disk does not take the file beside the notes.
pub fn alone(ledger: &Path) -> Result<Option<fs::File>> {
    let path = ledger.with_extension("guard");
    let what = || format!("write {}", path.display());
    let file = fs::File::options().create(true).truncate(false).write(true).open(&path).with_context(what)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error).with_context(what),
    }
}

/// Reads them; a host that wrote none yet, or one that is damaged, begins anew.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn read(path: &Path) -> Result<Ledger> {
    let bytes = disk::read(path, LONGEST)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

/// Writes them in one step, readable for everybody: nothing in it is a secret.
///
/// # Errors
/// When the disk does not take it; what stood there stays.
pub fn write(ledger: &Ledger, path: &Path) -> Result<()> {
    let what = || format!("write {}", path.display());
    let new = path.with_extension("json.new");
    let text = serde_json::to_string_pretty(ledger).with_context(what)? + "\n";
    fs::write(&new, text).and_then(|()| fs::File::open(&new)?.sync_all()).with_context(what)?;
    fs::rename(&new, path).with_context(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("renewal.json");
        assert_eq!(read(&path).unwrap(), Ledger::default());
        let mut ledger = Ledger { looked: Some(9), ..Ledger::default() };
        ledger.fail(7, "no", "mend it");
        write(&ledger, &path).unwrap();
        assert_eq!(read(&path).unwrap(), ledger);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_looks_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("renewal.json");
        let first = alone(&path).unwrap();
        assert!(first.is_some() && alone(&path).unwrap().is_none());
        drop(first);
        assert!(alone(&path).unwrap().is_some());
        assert!(alone(&folder.path().join("none/renewal.json")).is_err());
    }

    #[test]
    fn a_damaged_one_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("renewal.json");
        let damaged: [&[u8]; 6] =
            [b"", b"{", b"[1]", b"{\"attempts\":7}", b"{\"failing\":{\"since\":\"x\"}}", b"{\"failing\":\"\xff\xfe\"}"];
        for bytes in damaged {
            fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path).unwrap(), Ledger::default(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
