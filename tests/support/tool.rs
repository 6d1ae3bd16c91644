//! Runs the tools that read renderings; one that is missing is named, and in CI it is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

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

/// Whether the test may make network namespaces and act as other users.
pub(crate) fn is_root() -> bool {
    let root = run(Command::new("id").arg("-u")).0.trim() == "0";
    if !root {
        assert!(std::env::var_os("CI").is_none(), "this test needs root");
        eprintln!("left out: needs root");
    }
    root
}

/// A folder that other users may read; daemons give up root before they read their files.
pub(crate) fn folder() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::Builder::new().prefix("vc4all-").tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Runs the command: its output, its errors, and whether it ended well.
pub(crate) fn run(command: &mut Command) -> (String, String, bool) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(stdout), text(stderr), status.success())
}

/// Runs the command, which must end well: its output.
pub(crate) fn succeed(command: &mut Command) -> String {
    let (out, err, well) = run(command);
    assert!(well, "{command:?} failed\n{out}\n{err}");
    out
}

/// Writes a file with its folders.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Puts plain words in the place of the secrets' marks, as the host does.
pub(crate) fn with_secrets(text: &str) -> String {
    ["focus", "jvb", "turn", "token"].into_iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("__vc4all_secret_{name}__"), &format!("Secret0f{name}"))
    })
}

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
