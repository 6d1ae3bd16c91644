//! A folder of files for people, written whole or not at all, and never over something else.

use crate::model::advice::Advice;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Writes files, each by its place below `folder`, which must be new or empty.
///
/// # Errors
/// When the folder holds something already, or the disk refuses.
pub(super) fn fill<'a>(folder: &Path, files: impl IntoIterator<Item = (PathBuf, &'a str)>) -> Result<()> {
    // A slash at the end, as shells complete it, would put the draft inside of the folder.
    let folder: &Path = &folder.components().collect::<PathBuf>();
    refuse_full(folder)?;
    let mut draft = folder.as_os_str().to_owned();
    draft.push(".part");
    let draft = Path::new(&draft);
    if draft.exists() {
        fs::remove_dir_all(draft).with_context(|| format!("remove the unfinished {}", draft.display()))?;
    }
    for (place, text) in files {
        let path = draft.join(place);
        let parent = path.parent().unwrap_or(draft);
        fs::create_dir_all(parent).with_context(|| format!("make the folder {}", parent.display()))?;
        fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    }
    let shown = folder.display();
    if folder.exists() {
        fs::remove_dir(folder).with_context(|| format!("replace the empty folder {shown}"))?;
    }
    fs::rename(draft, folder).with_context(|| format!("put the files at {shown}"))
}

fn refuse_full(folder: &Path) -> Result<()> {
    let full = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| format!("look at {}", folder.display())),
    };
    if full {
        let cause = format!("{} holds something already", folder.display());
        return Err(Advice::new(cause, "name a new or empty folder").into());
    }
    Ok(())
}
