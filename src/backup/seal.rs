//! The sealed file: encryption with age (age-encryption.org/v1) to recipients or with a passphrase.

use super::archive::LONGEST as LONGEST_ARCHIVE;
use crate::model::advice::Advice;
use crate::model::secret::Secret;
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use anyhow::{Context as _, Result, anyhow, ensure};
use std::io::{Read as _, Write as _};
use std::iter;

/// The most bytes of a sealed file: the archive, 16 bytes for each 64 KiB of it, and the header.
pub const LONGEST: usize = LONGEST_ARCHIVE + LONGEST_ARCHIVE / 1024;
/// The work of scrypt (RFC 7914) for a new file, as `age` has it: 2^18 steps over 256 MiB, a second or so.
const WORK: u8 = 18;
/// The most work that a file may ask for: four times as much.
const MOST_WORK: u8 = 20;

/// Whom a file is sealed to.
pub enum Lock {
    /// Whoever has the identity of one of these.
    Recipients(Vec<x25519::Recipient>),
    /// Whoever knows this.
    Passphrase(Secret<String>),
}

/// What opens a file.
pub enum Key {
    /// One of these has to be the identity of a recipient.
    Identities(Vec<x25519::Identity>),
    /// What it was sealed with.
    Passphrase(Secret<String>),
}

/// What a file wants to be opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealing {
    /// An identity.
    Identity,
    /// A passphrase.
    Passphrase,
}

/// Reads recipients, such as `age1…`.
///
/// # Errors
/// When one of them is none.
pub fn recipients(words: &[String]) -> Result<Lock> {
    let read = |word: &String| {
        word.parse().map_err(|_| {
            // What looks like the secret half is not repeated.
            let shown = if word.to_lowercase().starts_with("age1") { format!("{word:?}") } else { "a word".to_owned() };
            let help = "give the public key that `age-keygen` prints: age1 and 58 letters and digits";
            anyhow!(Advice::new(format!("{shown} is no age recipient"), help))
        })
    };
    Ok(Lock::Recipients(words.iter().map(read).collect::<Result<_>>()?))
}

/// Reads the text of an identity file, as `age-keygen` writes it; empty lines and those that begin with `#` do not count.
///
/// # Errors
/// When a line is no identity, or there is none; the error does not show it.
pub fn identities(text: &Secret<String>) -> Result<Key> {
    let lines = text.reveal().lines().map(str::trim).enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let read = |(at, line): (usize, &str)| {
        line.parse().map_err(|_| {
            let help = "name the file that `age-keygen` wrote; one that is itself encrypted has to be decrypted first";
            anyhow!(Advice::new(format!("line {} is no age identity (AGE-SECRET-KEY-1…)", at + 1), help))
        })
    };
    let found: Vec<x25519::Identity> = lines.map(read).collect::<Result<_>>()?;
    ensure!(!found.is_empty(), Advice::new("it holds no identity", "name the file that `age-keygen` wrote"));
    Ok(Key::Identities(found))
}

/// Encrypts.
///
/// # Errors
/// Never for a lock of ours; encryption itself can fail.
pub fn seal(plain: &Secret<Vec<u8>>, lock: &Lock) -> Result<Vec<u8>> {
    let encryptor = match lock {
        Lock::Recipients(recipients) => Encryptor::with_recipients(recipients.iter().map(|one| one as _)),
        Lock::Passphrase(passphrase) => {
            let mut recipient = scrypt::Recipient::new(guarded(passphrase));
            recipient.set_work_factor(WORK);
            Encryptor::with_recipients(iter::once(&recipient as _))
        }
    };
    let encryptor = encryptor.map_err(|error| anyhow!("encrypt the backup: {error}"))?;
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).context("encrypt the backup")?;
    writer.write_all(plain.reveal()).context("encrypt the backup")?;
    writer.finish().context("encrypt the backup")?;
    Ok(sealed)
}

/// How a file was sealed.
///
/// # Errors
/// When it is no age file.
pub fn sealing(sealed: &[u8]) -> Result<Sealing> {
    let passphrase = header(sealed)?.is_scrypt();
    Ok(if passphrase { Sealing::Passphrase } else { Sealing::Identity })
}

/// Decrypts in memory.
///
/// # Errors
/// When it is no age file, the key is another one, or the file is truncated or altered.
pub fn open(sealed: &[u8], key: &Key) -> Result<Secret<Vec<u8>>> {
    ensure!(sealed.len() <= LONGEST, "it is longer than {} MiB", LONGEST >> 20);
    let decryptor = header(sealed)?;
    let opened = match key {
        Key::Identities(identities) => decryptor.decrypt(identities.iter().map(|one| one as _)),
        Key::Passphrase(passphrase) => {
            let mut identity = scrypt::Identity::new(guarded(passphrase));
            identity.set_max_work_factor(MOST_WORK);
            decryptor.decrypt(iter::once(&identity as _))
        }
    };
    let mut plain = Vec::new();
    let mut reader = opened.map_err(|error| refusal(&error, key))?;
    reader.read_to_end(&mut plain).map_err(|_| damaged())?;
    Ok(Secret::new(plain))
}

fn header(sealed: &[u8]) -> Result<Decryptor<&[u8]>> {
    Decryptor::new_buffered(sealed).map_err(|_| {
        let cause = match sealed.starts_with(b"-----BEGIN AGE ENCRYPTED FILE") {
            true => "it is an age file in letters (--armor), which no backup is",
            false => "it is no age file, or its head is damaged",
        };
        Advice::new(cause, "name a file that `vc4all-deploy backup` wrote").into()
    })
}

fn refusal(error: &DecryptError, key: &Key) -> anyhow::Error {
    let advice = match (error, key) {
        (DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed, Key::Identities(_)) => Advice::new(
            "it was encrypted to somebody else than this identity",
            "name the file with the identity whose recipient was given to `backup`",
        ),
        (DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed, Key::Passphrase(_))
        | (DecryptError::DecryptionFailed, Key::Passphrase(_)) => {
            Advice::new("the passphrase is another one", "try again; capitals and spaces count")
        }
        (DecryptError::ExcessiveWork { .. }, _) => {
            Advice::new("it asks for far more work than any backup", "name a file that `vc4all-deploy backup` wrote")
        }
        _ => return damaged(),
    };
    advice.into()
}

fn damaged() -> anyhow::Error {
    let cause = "it is not as it was written: cut short, or altered";
    Advice::new(cause, "take another copy of it; nothing of a damaged backup can be trusted").into()
}

/// The passphrase as the crate wants it, which wipes its copy.
fn guarded(passphrase: &Secret<String>) -> SecretString {
    SecretString::from(passphrase.reveal().clone())
}
