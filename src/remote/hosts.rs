//! Files of known host keys (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
//!
//! Read here and not by libssh2, which stops at the markers `@revoked` and `@cert-authority`, knows no patterns, and does
//! not tell of which kind the known key is, so that a host with several keys would be called changed.

use super::pattern::list_names;
use super::target::NameForm;
use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::{digest, hmac};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What files say about one host.
#[derive(Debug, Default)]
pub(super) struct Known {
    keys: Vec<HostKey>,
    revoked: Vec<HostKey>,
}

/// A host's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostKey(Vec<u8>);

/// What the files say about a key that a host shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The key is known.
    Known,
    /// No key of this host is known.
    New,
    /// Other keys of this host are known, as [`HostKey::kind`] and [`HostKey::fingerprint`] print them.
    Changed(Vec<String>),
    /// The key must never be accepted.
    Revoked,
}

impl HostKey {
    /// Takes the key as it travels (RFC 4253 §6.6).
    pub(super) fn new(blob: &[u8]) -> Self {
        Self(blob.to_vec())
    }

    /// The algorithm's name inside the key, such as `ssh-ed25519`.
    pub(super) fn algorithm(&self) -> &str {
        let name = self.0.split_first_chunk::<4>().and_then(|(length, rest)| {
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            std::str::from_utf8(rest.get(..length)?).ok()
        });
        name.filter(|name| name.bytes().all(|b| b.is_ascii_graphic())).unwrap_or("unknown")
    }

    /// The kind as OpenSSH's messages call it, such as `ED25519`.
    pub(super) fn kind(&self) -> &str {
        match self.algorithm() {
            "ssh-ed25519" => "ED25519",
            "ssh-rsa" => "RSA",
            "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521" => "ECDSA",
            other => other,
        }
    }

    /// `SHA256:` and the digest in base64, as `ssh-keygen -l` prints it.
    pub(super) fn fingerprint(&self) -> String {
        let sum = digest::digest(&digest::SHA256, &self.0);
        format!("SHA256:{}", STANDARD_NO_PAD.encode(sum))
    }
}

impl Known {
    /// Gathers what the files say about a name such as `host` or `[host]:port`; files that are not there say nothing.
    ///
    /// # Errors
    /// When a file is there and cannot be read: what it forbids must not be missed.
    pub(super) fn gather(files: &[PathBuf], name: &str) -> Result<Self> {
        let mut known = Self::default();
        for file in files {
            match fs::read(file) {
                Ok(text) => known.read(&String::from_utf8_lossy(&text), name),
                Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(e) => return Err(e).with_context(|| format!("read the known host keys {}", file.display())),
            }
        }
        Ok(known)
    }

    /// Algorithms of the known keys; a host should be asked for these first.
    pub(super) fn algorithms(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(HostKey::algorithm)
    }

    /// Judges the key that the host shows.
    pub(super) fn judge(&self, shown: &HostKey) -> Verdict {
        if self.revoked.contains(shown) {
            return Verdict::Revoked;
        }
        if self.keys.contains(shown) {
            return Verdict::Known;
        }
        if self.keys.is_empty() {
            return Verdict::New;
        }
        Verdict::Changed(self.keys.iter().map(|key| format!("{} {}", key.kind(), key.fingerprint())).collect())
    }

    fn read(&mut self, text: &str, name: &str) {
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            let mut words = line.split_ascii_whitespace();
            let Some(first) = words.next() else { continue };
            let (list, hosts) = match first {
                "@revoked" => (&mut self.revoked, words.next()),
                // Host certificates are not offered by libssh2's key exchange, so an authority names no plain key.
                marker if marker.starts_with('@') => continue,
                hosts => (&mut self.keys, Some(hosts)),
            };
            let (Some(hosts), Some(_algorithm), Some(key)) = (hosts, words.next(), words.next()) else { continue };
            match STANDARD.decode(key) {
                Ok(blob) if names(hosts, name) => list.push(HostKey(blob)),
                _ => {}
            }
        }
    }
}

/// Adds an accepted key to a file that only its owner may read.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn remember(file: &Path, name: &str, key: &HostKey, form: NameForm) -> Result<()> {
    let context = || format!("add the host's key to {}", file.display());
    if let Some(folder) = file.parent().filter(|folder| !folder.exists()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(context)?;
    }
    let mut open =
        OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(file).with_context(context)?;
    let mut text = Vec::new();
    open.read_to_end(&mut text).with_context(context)?;
    let gap = if text.last().is_none_or(|last| *last == b'\n') { "" } else { "\n" };
    let name = match form {
        NameForm::Plain => name.to_owned(),
        NameForm::Hashed => hashed(name)?,
    };
    let line = format!("{gap}{name} {} {}\n", key.algorithm(), STANDARD.encode(&key.0));
    open.write_all(line.as_bytes()).with_context(context)
}

fn names(hosts: &str, name: &str) -> bool {
    match hosts.strip_prefix("|1|") {
        Some(hash) => names_hashed(hash, name).unwrap_or(false),
        None => list_names(hosts.split(','), name),
    }
}

fn names_hashed(hash: &str, name: &str) -> Option<bool> {
    let (salt, sum) = hash.split_once('|')?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &STANDARD.decode(salt).ok()?);
    Some(hmac::verify(&key, name.as_bytes(), &STANDARD.decode(sum).ok()?).is_ok())
}

fn hashed(name: &str) -> Result<String> {
    let mut salt = [0; 20];
    getrandom::fill(&mut salt).context("take random bytes from the system")?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt);
    let sum = hmac::sign(&key, name.as_bytes());
    Ok(format!("|1|{}|{}", STANDARD.encode(salt), STANDARD.encode(sum)))
}

#[cfg(test)]
mod tests {
    use super::*;

    // `ssh-keygen -t ed25519`, public half; the fingerprint is what `ssh-keygen -lf` printed for it.
    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn key() -> HostKey {
        HostKey(STANDARD.decode(KEY).unwrap())
    }

    fn judge(text: &str, name: &str) -> Verdict {
        let mut known = Known::default();
        known.read(text, name);
        known.judge(&key())
    }

    #[test]
    fn names_patterns_and_ports_are_told_apart() {
        let line = format!("media.example.nl,*.voorbeeld.nl,!guest.voorbeeld.nl ssh-ed25519 {KEY} remark\n");
        assert_eq!(judge(&line, "media.example.nl"), Verdict::Known);
        assert_eq!(judge(&line, "a.voorbeeld.nl"), Verdict::Known);
        assert_eq!(judge(&line, "guest.voorbeeld.nl"), Verdict::New);
        assert_eq!(judge(&line, "[media.example.nl]:2222"), Verdict::New);
        assert_eq!(judge(&format!("[media]:2222 ssh-ed25519 {KEY}"), "[media]:2222"), Verdict::Known);
        assert_eq!(judge(&format!("[media]:2222 ssh-ed25519 {KEY}"), "media"), Verdict::New);
    }

    #[test]
    fn a_revoked_key_is_refused_even_where_it_is_known() {
        let text = format!("media ssh-ed25519 {KEY}\n@revoked * ssh-ed25519 {KEY}\n");
        assert_eq!(judge(&text, "media"), Verdict::Revoked);
        assert_eq!(judge(&format!("@cert-authority * ssh-ed25519 {KEY}\n"), "media"), Verdict::New);
    }

    #[test]
    fn another_key_of_the_host_means_changed() {
        let other = KEY.replace("AAAAAAAAAAAA", "AAAAAAAAAAAB");
        assert!(
            matches!(judge(&format!("media ssh-ed25519 {other}"), "media"), Verdict::Changed(known) if known.len() == 1)
        );
        assert_eq!(judge("media ssh-ed25519 !!!\nmedia\n@\n# media\n\n|1|x ssh-ed25519 AA==\n", "media"), Verdict::New);
    }

    #[test]
    fn a_remembered_key_is_known_in_both_forms() {
        let folder = tempfile::tempdir().unwrap();
        for form in [NameForm::Plain, NameForm::Hashed] {
            let file = folder.path().join(format!("deep/{form:?}"));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "# no line end").unwrap();
            remember(&file, "[media]:2222", &key(), form).unwrap();
            let text = fs::read_to_string(&file).unwrap();
            assert_eq!(text.contains("media"), form == NameForm::Plain);
            assert_eq!(Known::gather(&[file], "[media]:2222").unwrap().judge(&key()), Verdict::Known);
        }
    }

    #[test]
    fn a_key_names_its_algorithm_and_hostile_bytes_do_not_panic() {
        assert_eq!((key().algorithm(), key().kind()), ("ssh-ed25519", "ED25519"));
        for blob in [&b""[..], b"\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x02\xff\xfe", b"\0\0\0\x03a\x1bb"] {
            assert_eq!(HostKey::new(blob).algorithm(), "unknown");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_file_makes_it_panic_or_believe(text in "(?s)([@|1#,!*?\\[\\]: a-z]|revoked |ssh-ed25519 |AAAA|\n|.){0,200}") {
            assert!(matches!(judge(&text, "[media]:22"), Verdict::New | Verdict::Changed(_)));
        }
    }
}
