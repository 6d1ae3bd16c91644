//! Whether a test is root; where it is not, it says so, and in CI that is a failure.

use std::process::Command;

/// Whether the test may make network namespaces and act as other users.
pub(crate) fn is_root() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0");
    if !root {
        assert!(std::env::var_os("CI").is_none(), "this test needs root");
        eprintln!("left out: needs root");
    }
    root
}
