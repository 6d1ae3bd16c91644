//! What a test needs of this machine; what is missing is named, and in CI it is a failure.

use std::path::{Path, PathBuf};

/// Whether all tools are there. Without one of them a test on a person's machine says what it leaves out.
pub(crate) fn have(tools: &[&str]) -> bool {
    let missing: Vec<&str> = tools.iter().copied().filter(|tool| find(tool).is_none()).collect();
    if missing.is_empty() {
        return true;
    }
    let text = format!("not installed: {}", missing.join(", "));
    assert!(std::env::var_os("CI").is_none(), "{text}");
    eprintln!("left out: {text}");
    false
}

fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    path.split(':').map(|folder| Path::new(folder).join(tool)).find(|file| file.is_file())
}
