//! The documents themselves.

use std::fs;
use std::path::{Path, PathBuf};

/// One document.
pub(crate) struct Page {
    /// Its path below the root of the project.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All documents in Markdown: those at the root, and below `docs` and `tests`.
pub(crate) fn all() -> Vec<Page> {
    let mut paths = Vec::new();
    list(root(), &mut paths);
    for folder in ["docs", "tests"] {
        walk(&root().join(folder), &mut paths);
    }
    paths.sort();
    let pages: Vec<Page> = paths.iter().map(|path| page(path)).collect();
    assert!(pages.len() > 10, "the test looks in the wrong place");
    pages
}

/// A document by its path below the root.
pub(crate) fn named(name: &str) -> Page {
    page(&root().join(name))
}

fn page(path: &Path) -> Page {
    let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    Page { text: fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}")), name }
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.extend(entries.filter(|path| path.is_file() && path.extension().is_some_and(|ending| ending == "md")));
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    list(folder, paths);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // What others wrote is theirs to keep right.
        if path.is_dir() && !path.ends_with("node_modules") {
            walk(&path, paths);
        }
    }
}
