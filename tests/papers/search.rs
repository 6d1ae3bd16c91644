//! The script that searches a host, over a folder of logs made for it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const WORDS: &str = "2026-11-22 06:30:00\n2026-11-22 08:30:00\n192.0.2.1\nffff:c000:\nffff:c000:0201\n";

fn script() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands/papers/access/search.sh").to_owned()
}

/// Whether the tools are there; what is left out is said.
fn able(tools: &[&str]) -> bool {
    let there =
        |tool: &&str| Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap().status.success();
    let missing: Vec<_> = tools.iter().filter(|tool| !there(tool)).collect();
    assert!(missing.is_empty() || std::env::var_os("CI").is_none(), "CI lacks {missing:?}");
    if !missing.is_empty() {
        eprintln!("left out: {missing:?} are missing");
    }
    missing.is_empty()
}

fn is_root() -> bool {
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if !root {
        eprintln!("left out: only root can put other logs in the place of this machine's");
    }
    root
}

/// Runs it where `logs` is `/var/log`.
fn searched(logs: &Path, input: &str) -> (Option<i32>, String) {
    let covered = format!("mount --bind {} /var/log && exec dash {}", logs.display(), script());
    let mut child = Command::new("unshare")
        .args(["-m", "sh", "-c", &covered])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn plain_and_compressed_logs_are_searched_and_each_line_says_what_it_is() {
    if !able(&["unshare", "dash", "gzip", "find", "date"]) || !is_root() {
        return;
    }
    let logs = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = logs.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("jitsi/jicofo.log", "a 192.0.2.1 b\nnothing\n");
    put("odd name/log", "place evil\nend\nunread evil 192.0.2.1\n");
    put("sly\nline 192.0.2.1 lies\nend", "192.0.2.1\n");
    put("many", &"192.0.2.1 again\n".repeat(6000));
    put("later.xz", "?");
    put("broken.gz", "?");
    put("auth.log.1", "x ::FFFF:C000:0201 y\n");
    put("long", &format!("192.0.2.1 {}\n", "x".repeat(50_000)));
    put("journal/0/system.journal", "192.0.2.1\n");
    assert!(Command::new("gzip").arg(logs.path().join("auth.log.1")).status().unwrap().success());
    let (code, said) = searched(logs.path(), WORDS);
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "place /var/log/jitsi/jicofo.log\nline a 192.0.2.1 b\n",
        "place /var/log/odd name/log\nline unread evil 192.0.2.1\n",
        "unread /var/log/later.xz\n",
        "unread /var/log/broken.gz\n",
        "line 192.0.2.1 again\ncut\n",
        "unread a file with a control character in its name\n",
        "place /var/log/auth.log.1.gz\nline x ::FFFF:C000:0201 y\n",
        "place /var/log/long\nline 192.0.2.1 xxx",
    ] {
        assert!(said.contains(line), "{line:?} in\n{said}");
    }
    assert!(said.starts_with("zone ") && said.ends_with("\nend\n"));
    assert!(!said.contains("nothing") && !said.contains("lies") && !said.contains("system.journal"));
    assert!(said.lines().all(|line| line.len() < 2100), "a line is endless");
    let left = fs::read_dir("/run")
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("vc4all-search."));
    assert_eq!(left.count(), 0, "the words stay on the host");
}

#[test]
fn without_words_nothing_is_searched() {
    if able(&["unshare", "dash"]) && is_root() {
        let logs = tempfile::tempdir().unwrap();
        for input in ["", "2026-11-22 06:30:00\n", "2026-11-22 06:30:00\n2026-11-22 08:30:00\n"] {
            let (code, said) = searched(logs.path(), input);
            assert_eq!((code, said.as_str()), (Some(125), ""), "{input:?}");
        }
    }
}

#[test]
fn the_script_is_clean() {
    if able(&["shellcheck"]) {
        let output = Command::new("shellcheck").args(["-s", "sh", &script()]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
