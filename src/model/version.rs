//! A version of a Debian package, and which of two is the newer one.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// A version as Debian Policy §5.6.12 writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PackageVersion(String);

impl PackageVersion {
    /// Takes the version.
    ///
    /// # Errors
    /// When it is empty, too long, does not begin with a digit, or holds a character that no version has.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b".+-~:".contains(&b);
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_digit());
        ensure!(first && text.len() <= 100 && text.bytes().all(allowed), "{text:?} is not a version of a package");
        Ok(Self(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether dpkg takes this version for newer than the other one; the derived order of the type is that of text.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.parts(), other.parts());
        let order =
            mine.0.cmp(&theirs.0).then_with(|| compare(mine.1, theirs.1)).then_with(|| compare(mine.2, theirs.2));
        order == Ordering::Greater
    }

    /// Epoch, upstream's version, Debian's revision.
    fn parts(&self) -> (u64, &str, &str) {
        let (epoch, rest) = self.0.split_once(':').unwrap_or(("0", &self.0));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
        (epoch.parse().unwrap_or(u64::MAX), upstream, revision)
    }
}

impl fmt::Display for PackageVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PackageVersion {
    type Error = anyhow::Error;

    fn try_from(text: String) -> Result<Self> {
        Self::new(text)
    }
}

/// Words and numbers by turns: `~` sorts before the end, the end before letters, letters before all else.
fn compare(mut one: &str, mut other: &str) -> Ordering {
    while !one.is_empty() || !other.is_empty() {
        let (mine, theirs) = (take(&mut one, |b| !b.is_ascii_digit()), take(&mut other, |b| !b.is_ascii_digit()));
        let words = weights(mine).cmp(weights(theirs));
        let (mine, theirs) = (take(&mut one, |b| b.is_ascii_digit()), take(&mut other, |b| b.is_ascii_digit()));
        let (mine, theirs) = (mine.trim_start_matches('0'), theirs.trim_start_matches('0'));
        let order = words.then_with(|| mine.len().cmp(&theirs.len())).then_with(|| mine.cmp(theirs));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn take<'a>(text: &mut &'a str, wanted: impl Fn(u8) -> bool) -> &'a str {
    let length = text.bytes().take_while(|b| wanted(*b)).count();
    let (taken, rest) = text.split_at(length);
    *text = rest;
    taken
}

/// The end of a word weighs 1, between `~` and the letters.
fn weights(word: &str) -> impl Iterator<Item = u16> {
    let weight = |b: u8| match b {
        b'~' => 0,
        b if b.is_ascii_alphabetic() => u16::from(b),
        b => 256 + u16::from(b),
    };
    word.bytes().map(weight).chain([1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> PackageVersion {
        PackageVersion::new(text).unwrap()
    }

    #[test]
    fn dpkg_takes_the_second_for_the_newer_one() {
        for (old, new) in [
            ("1.0-1183-1", "1.0-1189-1"),
            ("2.3-295-g8d5c0037b-1", "2.3-307-g4bb0aead1-1"),
            ("2.3-99-gffffffff-1", "2.3-100-g00000000-1"),
            ("1.0.9268-1", "1.0.9365-1"),
            ("1.0~rc1-1", "1.0-1"),
            ("1.0", "1.0-1"),
            ("9.9", "1:0.1"),
            ("1.0a", "1.0+b"),
            ("1.0-1", "1.0-1+b1"),
        ] {
            assert!(version(new).is_newer_than(&version(old)), "{old} {new}");
            assert!(!version(old).is_newer_than(&version(new)), "{old} {new}");
        }
        for (one, other) in [("1.0", "1.00"), ("1.0-1", "0:1.0-1"), ("1.0", "1.0-0")] {
            assert!(!version(one).is_newer_than(&version(other)) && !version(other).is_newer_than(&version(one)));
        }
    }

    #[test]
    fn what_a_shell_would_read_is_no_version() {
        for text in ["", "v1", "1 0", "1;reboot", "1$(x)", "1\n", "-1", "1/2", "1=2", &"1".repeat(101)] {
            assert!(PackageVersion::new(text).is_err(), "{text:?}");
        }
    }
}
