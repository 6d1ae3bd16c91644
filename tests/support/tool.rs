//! Runs the tools that read renderings.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

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
