//! Files of the host, of which nobody knows how long they are.

use anyhow::{Context as _, Result};
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

/// The first bytes of a file, at most so many; nothing where there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read(path: &Path, longest: u64) -> Result<Option<Vec<u8>>> {
    let what = || format!("read {}", path.display());
    let file = match fs::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.with_context(what)?,
    };
    let mut bytes = Vec::new();
    file.take(longest).read_to_end(&mut bytes).with_context(what)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert_eq!(read(&path, 4).unwrap(), None);
        fs::write(&path, b"\xffabcdef").unwrap();
        assert_eq!(read(&path, 4).unwrap().unwrap(), b"\xffabc");
        assert_eq!(read(Path::new("/dev/zero"), 4).unwrap().unwrap(), [0; 4]);
        assert!(read(folder.path(), 4).is_err());
    }
}
