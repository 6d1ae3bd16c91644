//! A file of the operator's that is written anew, whole or not at all, with the same owner and mode.

use crate::model::advice::Advice;
use anyhow::{Context as _, Result};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

/// The new text, already on the disk beside the file in whose place it will stand; gone when it never does.
pub(super) struct Draft {
    /// The file itself, where a link leads.
    path: PathBuf,
    draft: PathBuf,
    /// What the file said when the draft was made.
    before: Vec<u8>,
}

impl Draft {
    /// Writes the new text beside the file.
    ///
    /// # Errors
    /// When the folder or the disk refuses, or the draft cannot have the file's owner.
    pub(super) fn beside(path: &Path, text: Vec<u8>) -> Result<Self> {
        let path = fs::canonicalize(path).with_context(|| format!("look at {}", path.display()))?;
        let before = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().context("it has no name")?);
        name.push(".vc4all-new");
        let draft = Self { draft: path.with_file_name(name), path, before };
        draft.write(&text).with_context(|| format!("write {}", draft.draft.display()))?;
        Ok(draft)
    }

    /// Puts the new text in the file's place.
    ///
    /// # Errors
    /// When the file was changed meanwhile, or the disk refuses; the file stays as it is.
    pub(super) fn put(self) -> Result<()> {
        let shown = self.path.display();
        if fs::read(&self.path).with_context(|| format!("read {shown}"))? != self.before {
            let cause = format!("{shown} was changed meanwhile");
            return Err(Advice::new(cause, "look at it").into());
        }
        fs::rename(&self.draft, &self.path).with_context(|| format!("put the new text at {shown}"))?;
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        // The rename is done; whether it outlives a power cut is the disk's to say.
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }

    fn write(&self, text: &[u8]) -> Result<()> {
        match fs::remove_file(&self.draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).context("remove what stands there"),
            _ => {}
        }
        let like = fs::metadata(&self.path)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.draft)?;
        file.write_all(text)?;
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
            chown(&self.draft, Some(like.uid()), Some(like.gid())).context("give it the owner of the inventory")?;
        }
        file.set_permissions(fs::Permissions::from_mode(like.mode() & 0o7777))?;
        Ok(file.sync_all()?)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Where it stands in the file's place by now, nothing is left under its own name.
        let _ = fs::remove_file(&self.draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_file_keeps_its_mode_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("host.yml"), folder.path().join("link.yml"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("host.yml", &link).unwrap();
        Draft::beside(&link, b"new".to_vec()).unwrap().put().unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(names(folder.path()), ["host.yml", "link.yml"]);
    }

    #[test]
    fn a_draft_that_is_not_wanted_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("host.yml");
        fs::write(&file, "old").unwrap();
        fs::write(folder.path().join(".host.yml.vc4all-new"), "of a run that was killed").unwrap();
        drop(Draft::beside(&file, b"new".to_vec()).unwrap());
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["host.yml"]);
    }

    #[test]
    fn a_file_that_somebody_changed_meanwhile_is_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("host.yml");
        fs::write(&file, "old").unwrap();
        let draft = Draft::beside(&file, b"new".to_vec()).unwrap();
        fs::write(&file, "newer").unwrap();
        assert!(draft.put().is_err());
        assert_eq!(fs::read(&file).unwrap(), b"newer");
        assert_eq!(names(folder.path()), ["host.yml"]);
    }
}
