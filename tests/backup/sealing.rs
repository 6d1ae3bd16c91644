//! The sealed file: opened by its keys alone, noticed when altered, and read by the ordinary `age` too.

use crate::stage::{self, HUSH};
use crate::{needs, tool};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use vc4all_deploy::backup::{self, Key, Lock, Sealing};
use vc4all_deploy::model::secret::Secret;

const WORDS: &str = "zeven paarse fietsen";

fn passphrase(words: &str) -> Secret<String> {
    Secret::new(words.to_owned())
}

/// A new identity as `age-keygen` writes it, and its recipient.
fn identity() -> (Secret<String>, String) {
    let identity = age::x25519::Identity::generate();
    let text = age::secrecy::ExposeSecret::expose_secret(&identity.to_string()).to_owned();
    (Secret::new(format!("# a comment\n\n{text}\n")), identity.to_public().to_string())
}

fn why(error: anyhow::Error) -> String {
    let text = format!("{error:#}");
    assert!(!text.contains(WORDS) && !text.contains(HUSH), "{text}");
    text
}

#[test]
fn each_recipient_opens_it_and_nobody_else() {
    let archive = backup::pack(&stage::contents()).unwrap();
    let ((one, to_one), (other, to_other), (stranger, _)) = (identity(), identity(), identity());
    let sealed = backup::seal(&archive, &backup::recipients(&[to_one, to_other]).unwrap()).unwrap();
    assert!(backup::sealing(&sealed).unwrap() == Sealing::Identity);
    for identity in [&one, &other] {
        assert!(backup::open(&sealed, &backup::identities(identity).unwrap()).unwrap() == archive);
    }
    let error = why(backup::open(&sealed, &backup::identities(&stranger).unwrap()).unwrap_err());
    assert!(error.contains("somebody else"), "{error}");
    let error = why(backup::open(&sealed, &Key::Passphrase(passphrase(WORDS))).unwrap_err());
    assert!(error.contains("another one"), "{error}");
}

#[test]
fn the_passphrase_opens_it_and_no_other() {
    let plain = Secret::new(b"plain".to_vec());
    let sealed = backup::seal(&plain, &Lock::Passphrase(passphrase(WORDS))).unwrap();
    assert!(backup::sealing(&sealed).unwrap() == Sealing::Passphrase);
    assert!(String::from_utf8_lossy(&sealed).contains(" 18\n"), "the work of age's own tool");
    assert!(backup::open(&sealed, &Key::Passphrase(passphrase(WORDS))).unwrap() == plain);
    let error = why(backup::open(&sealed, &Key::Passphrase(passphrase("zeven paarse fiets"))).unwrap_err());
    assert!(error.contains("the passphrase is another one"), "{error}");
}

#[test]
fn every_altered_byte_and_every_cut_is_noticed() {
    // Two pieces of 64 KiB, as age has them.
    let plain = Secret::new(vec![5; 70_000]);
    let (identity, recipient) = identity();
    let sealed = backup::seal(&plain, &backup::recipients(&[recipient]).unwrap()).unwrap();
    let key = backup::identities(&identity).unwrap();
    for at in (0..sealed.len()).step_by(1997).chain(0..250).chain([sealed.len() - 1]) {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        why(backup::open(&altered, &key).unwrap_err());
        why(backup::open(&sealed[..at], &key).unwrap_err());
    }
    let longer = [sealed.as_slice(), b"x"].concat();
    assert!(why(backup::open(&longer, &key).unwrap_err()).contains("altered"));
}

#[test]
fn what_is_no_backup_is_said_so() {
    let (identity, _) = identity();
    let key = backup::identities(&identity).unwrap();
    for bytes in
        [b"".as_slice(), b"PK\x03\x04", b"age-encryption.org/v1\n", b"age-encryption.org/v2\n-> X\n", &[0; 5000]]
    {
        assert!(why(backup::open(bytes, &key).unwrap_err()).contains("no age file"));
    }
    assert!(why(backup::open(b"-----BEGIN AGE ENCRYPTED FILE-----\n", &key).unwrap_err()).contains("in letters"));
    assert!(why(backup::unpack(b"not a tar").unwrap_err()).contains("archive"));
}

#[test]
fn a_file_that_asks_for_endless_work_is_refused_at_once() {
    let sealed = backup::seal(&Secret::new(b"plain".to_vec()), &Lock::Passphrase(passphrase(WORDS))).unwrap();
    let text = sealed.iter().map(|byte| char::from(*byte)).collect::<String>().replacen(" 18\n", " 40\n", 1);
    let greedy: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let began = Instant::now();
    why(backup::open(&greedy, &Key::Passphrase(passphrase(WORDS))).unwrap_err());
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn odd_recipients_and_identities_are_refused_and_no_secret_is_repeated() {
    let (identity, recipient) = identity();
    let secret = identity.reveal().lines().last().unwrap().to_owned();
    for words in [vec![secret.clone()], vec![recipient.clone(), secret.to_lowercase()], vec!["age1foo".to_owned()]] {
        let error = why(backup::recipients(&words).map(|_| ()).unwrap_err());
        assert!(error.contains("no age recipient") && !error.to_uppercase().contains(&secret), "{error}");
    }
    for text in ["", "# nothing\n", "geheim\n", recipient.as_str()] {
        let error = why(backup::identities(&Secret::new(text.to_owned())).map(|_| ()).unwrap_err());
        assert!(!error.contains("geheim"), "{error}");
    }
}

#[test]
fn the_ordinary_age_opens_it_and_tar_lists_it() {
    if !needs::have(&["age", "age-keygen", "tar"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (key, file) = (folder.path().join("key.txt"), folder.path().join("b.age"));
    tool::succeed(Command::new("age-keygen").arg("-o").arg(&key));
    let recipient = tool::succeed(Command::new("age-keygen").arg("-y").arg(&key)).trim().to_owned();
    let contents = stage::contents();
    let archive = backup::pack(&contents).unwrap();
    fs::write(&file, backup::seal(&archive, &backup::recipients(std::slice::from_ref(&recipient)).unwrap()).unwrap())
        .unwrap();
    let mut list = Command::new("sh");
    list.args(["-c", "age --decrypt --identity \"$1\" \"$2\" | tar --list --verbose", "sh"]).arg(&key).arg(&file);
    let listed = tool::succeed(&mut list);
    for name in ["vc4all-backup.json", "secrets/token", "accounts/jo.voorbeeld.json", "certificate/privkey.pem"] {
        assert!(listed.lines().any(|line| line.starts_with("-rw-------") && line.ends_with(name)), "{listed}");
    }
    // And the other way round: a file that `age` wrote is opened here.
    let mut age = Command::new("age")
        .args(["--recipient", &recipient])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    age.stdin.take().unwrap().write_all(archive.reveal()).unwrap();
    let sealed = age.wait_with_output().unwrap().stdout;
    let identities = backup::identities(&Secret::new(fs::read_to_string(&key).unwrap())).unwrap();
    let opened = backup::open(&sealed, &identities).unwrap();
    assert_eq!(backup::unpack(opened.reveal()).unwrap(), contents);
}
