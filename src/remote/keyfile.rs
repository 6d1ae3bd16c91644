//! What a private key file tells before it is used: its public half, and whether a passphrase protects it.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const OPENSSH: (&str, &str) = ("-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----");

/// A private key file.
pub(super) struct KeyFile {
    /// Its text; nothing where the file holds the public half alone and the agent has the other one.
    pub(super) text: Option<String>,
    /// The public half as it travels, where the file or the one beside it names it.
    pub(super) public: Option<Vec<u8>>,
    /// Whether a passphrase is needed.
    pub(super) lock: Lock,
}

/// Whether a passphrase protects a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// None does.
    Open,
    /// One does.
    Passphrase,
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    /// When it cannot be read, or others may read it: a key that others have read proves nothing.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let mode = fs::metadata(path).context("cannot be read")?.permissions().mode();
        let text = fs::read_to_string(path).context("cannot be read")?;
        if let Some(public) = public(&text) {
            return Ok(Self { text: None, public: Some(public), lock: Lock::Open });
        }
        ensure!(mode & 0o077 == 0, "can be read by others; run `chmod 600` on it");
        let inside = openssh(&text);
        let lock = match &inside {
            Some((lock, _)) => *lock,
            None if text.contains("ENCRYPTED") => Lock::Passphrase,
            None => Lock::Open,
        };
        let public = inside.map(|(_, public)| public).or_else(|| public_beside(path));
        Ok(Self { text: Some(text), public, lock })
    }
}

/// The public half named in `KEY.pub`.
fn public_beside(path: &Path) -> Option<Vec<u8>> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    public(&fs::read_to_string(beside).ok()?)
}

/// The key in a public key file: `ssh-ed25519 AAAA… remark`.
fn public(text: &str) -> Option<Vec<u8>> {
    let mut words = text.split_ascii_whitespace();
    words.next().filter(|kind| kind.starts_with("ssh-") || kind.starts_with("ecdsa-") || kind.starts_with("sk-"))?;
    STANDARD.decode(words.next()?).ok()
}

/// Lock and public half of a key in OpenSSH's own form (OpenSSH's `PROTOCOL.key`).
fn openssh(text: &str) -> Option<(Lock, Vec<u8>)> {
    let body = text.trim().strip_prefix(OPENSSH.0)?.strip_suffix(OPENSSH.1)?;
    let packed: String = body.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(packed).ok()?;
    let mut rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let cipher = piece(&mut rest)?;
    let _kdf = piece(&mut rest)?;
    let _options = piece(&mut rest)?;
    rest = rest.get(4..)?;
    let public = piece(&mut rest)?;
    let lock = if cipher == b"none" { Lock::Open } else { Lock::Passphrase };
    Some((lock, public.to_vec()))
}

/// Takes a string with its length before it (RFC 4251 §5).
fn piece<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (piece, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_key_files_say_nothing_and_do_not_panic() {
        for body in
            ["", "AAAA", "b3BlbnNzaC1rZXktdjEA", "b3BlbnNzaC1rZXktdjEA/////w==", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU="]
        {
            assert!(openssh(&format!("{}\n{body}\n{}\n", OPENSSH.0, OPENSSH.1)).is_none());
        }
        assert!(openssh("-----BEGIN RSA PRIVATE KEY-----").is_none());
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(KeyFile::read(file.path()).is_err_and(|e| e.to_string().contains("chmod 600")));
    }
}
