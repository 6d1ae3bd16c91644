//! Reads the operator's own files from their folder; what is no plain text of moderate size is refused.

use crate::model::names::HostPath;
use crate::overrides::{ADDED, Fault, Faults, Manner, Override};
use anyhow::Result;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Most bytes of one file; the largest of ours has a quarter of that.
const MOST_BYTES: u64 = 256 * 1024;
/// Most files: more than we manage.
const MOST_FILES: usize = 200;
/// Most folders below each other; the deepest of ours has eight.
const DEEPEST: usize = 12;

/// The files below the folder, in the order of their paths.
///
/// # Errors
/// Everything that cannot be taken, at once.
pub(super) fn read(folder: &Path) -> Result<Vec<Override>, Faults> {
    let mut reading = Reading { root: folder, found: Vec::new(), faults: Vec::new() };
    match fs::metadata(folder) {
        Ok(kind) if kind.is_dir() => reading.folder(folder, 0),
        Ok(_) => reading.fault(folder, "is no folder", "name the folder that holds the files, under `overrides`"),
        Err(error) => reading.fault(
            folder,
            &format!("cannot be read: {error}"),
            "make the folder, or take `overrides` out of the inventory",
        ),
    }
    reading.found.sort_by(|one, other| one.path.cmp(&other.path));
    Faults::of(reading.faults).map_or(Ok(reading.found), Err)
}

struct Reading<'a> {
    root: &'a Path,
    found: Vec<Override>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn fault(&mut self, path: &Path, what: &str, help: &str) {
        let file = path.display().to_string();
        self.faults.push(Fault { file, line: None, what: what.to_owned(), help: help.to_owned() });
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        if depth > DEEPEST {
            return self.fault(folder, "is too deep", "no file of ours is that deep; take it away");
        }
        let mut paths: Vec<PathBuf> = match fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
            Err(error) => return self.fault(folder, &format!("cannot be read: {error}"), "let it be readable for you"),
        };
        paths.sort();
        for path in paths {
            if self.found.len() + self.faults.len() >= MOST_FILES {
                return;
            }
            match fs::symlink_metadata(&path).map(|kind| kind.file_type()) {
                Ok(kind) if kind.is_dir() => self.folder(&path, depth + 1),
                Ok(kind) if kind.is_file() => self.file(&path),
                Ok(kind) if kind.is_symlink() => {
                    self.fault(
                        &path,
                        "is a symbolic link",
                        "put the file itself there, so that it is read and kept with the rest",
                    );
                }
                Ok(_) => self.fault(&path, "is no regular file", "take it away"),
                Err(error) => self.fault(&path, &format!("cannot be read: {error}"), "let it be readable for you"),
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let below = path.strip_prefix(self.root).ok().and_then(Path::to_str).unwrap_or_default();
        let (below, manner) = match below.strip_suffix(ADDED) {
            Some(below) => (below, Manner::Add),
            None => (below, Manner::Replace),
        };
        let Ok(place) = HostPath::new(format!("/{below}")) else {
            return self.fault(path, "has a name that no file of ours has", "take it away");
        };
        match text(path) {
            Ok(text) => self.found.push(Override { shown: path.display().to_string(), path: place, manner, text }),
            Err((what, help)) => self.fault(path, &what, help),
        }
    }
}

/// The file's text, or what is wrong with it and what to do.
fn text(path: &Path) -> Result<String, (String, &'static str)> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| (format!("cannot be read: {error}"), "let it be readable for you"))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err((format!("is larger than {MOST_BYTES} bytes"), "write less: no file of ours is that large"));
    }
    let text = String::from_utf8(bytes).map_err(|_| ("is no UTF-8 text".to_owned(), "save it as UTF-8 text"))?;
    if text.contains('\r') {
        return Err(("has line ends of another system (CR)".to_owned(), "save it with Unix line ends"));
    }
    match text.chars().position(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(_) => Err(("holds control characters".to_owned(), "save it as plain text")),
        None => Ok(text),
    }
}
