//! What `backup` and `restore` refuse before they ask any host.

use crate::stage::{self, DOMAIN};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use vc4all_deploy::backup::{self, Lock};
use vc4all_deploy::model::secret::Secret;

const RECIPIENT: &str = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";

fn place(domain: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let inventory =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/voorbeeldstad.yml")).unwrap();
    fs::write(place.path().join("inventory.yml"), inventory.replace(DOMAIN, domain)).unwrap();
    let passphrase = Lock::Passphrase(Secret::new("zeven paarse fietsen".to_owned()));
    let sealed = backup::seal(&backup::pack(&stage::contents()).unwrap(), &passphrase).unwrap();
    fs::write(place.path().join("p.age"), sealed).unwrap();
    place
}

/// What the program says on standard error; it has to fail and to leave the folder as it was.
fn refused(place: &Path, words: &[&str], typed: &str) -> String {
    let count = || fs::read_dir(place).unwrap().count();
    let before = count();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vc4all-deploy"))
        .args(["--ssh-config", "/dev/null"])
        .args(words)
        .current_dir(place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that refuses at once reads nothing.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("\nhelp: ") && !said.contains(stage::HUSH), "{said}");
    assert_eq!(count(), before, "something was written");
    said
}

#[test]
fn backup_refuses_early() {
    let place = place(DOMAIN);
    let backup =
        |words: &[&str], typed: &str| refused(place.path(), &[&["backup", "inventory.yml"], words].concat(), typed);
    let there = backup(&["--output", "p.age", "--recipient", RECIPIENT], "");
    assert!(there.contains("p.age is there already"), "{there}");
    backup(&["--output", "n.age", "--recipient", "ssh-ed25519 AAAA"], "");
    for weak in ["", "kort", "wachtwoord12345", "vergaderen.voorbeeldstad.nl"] {
        let said = backup(&["--output", "n.age", "--passphrase"], &format!("{weak}\n"));
        assert!(said.contains("the passphrase") && (weak.is_empty() || !said.contains(weak)), "{said}");
    }
}

#[test]
fn restore_refuses_early() {
    let place = place(DOMAIN);
    fs::write(place.path().join("foreign.txt"), "no age file").unwrap();
    fs::write(place.path().join("key.txt"), "geheim\n").unwrap();
    let restore = |words: &[&str], typed: &str| {
        refused(place.path(), &[&["restore", "inventory.yml"], words, &["--yes"]].concat(), typed)
    };
    assert!(restore(&["foreign.txt"], "").contains("no age file"));
    assert!(restore(&["p.age"], "zeven groene fietsen\n").contains("the passphrase is another one"));
    assert!(restore(&["p.age", "--identity", "key.txt"], "").contains("encrypted with a passphrase"));
    let sealed =
        backup::seal(&Secret::new(b"a tar of somebody".to_vec()), &backup::recipients(&[RECIPIENT.into()]).unwrap());
    fs::write(place.path().join("r.age"), sealed.unwrap()).unwrap();
    assert!(restore(&["r.age"], "").contains("--identity FILE"));
    let said = restore(&["r.age", "--identity", "key.txt"], "");
    assert!(said.contains("line 1 is no age identity") && !said.contains("geheim"), "{said}");
}

#[test]
fn restore_refuses_a_backup_of_another_domain_and_names_the_way() {
    let place = place("ander.voorbeeldstad.nl");
    let said = refused(place.path(), &["restore", "inventory.yml", "p.age", "--yes"], "zeven paarse fietsen\n");
    assert!(said.contains(DOMAIN) && said.contains("ander.voorbeeldstad.nl") && said.contains("rename"), "{said}");
}
