//! Names of things on a host; each is safe to stand in a script or a list without quoting.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes the name.
            ///
            /// # Errors
            /// When it is empty, too long, begins with a hyphen, or holds a character outside the allowed set.
            pub fn new(text: impl Into<String>) -> Result<Self> {
                let text = text.into();
                let allowed: fn(u8) -> bool = $allowed;
                let well_formed =
                    !text.is_empty() && text.len() <= $max && !text.starts_with('-') && text.bytes().all(allowed);
                ensure!(well_formed, "{text:?} is not {}", $what);
                Ok(Self(text))
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        reads_and_writes!($name);
    };
}

/// A name is text, and text that is such a name can be read as one.
macro_rules! reads_and_writes {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = anyhow::Error;

            fn try_from(text: String) -> Result<Self> {
                Self::new(text)
            }
        }
    };
}

name_type! {
    /// A Debian package (Debian Policy §5.6.1).
    PackageName, "a package name", 100, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b)
}

name_type! {
    /// A systemd unit with its suffix, such as `nginx.service`.
    UnitName, "a unit name", 200, |b| b.is_ascii_alphanumeric() || b"-_.@\\".contains(&b)
}

name_type! {
    /// A secret on the host, in `/etc/vc4all/secrets/NAME`.
    SecretName, "a secret's name", 40, |b| b.is_ascii_lowercase() || b.is_ascii_digit()
}

impl SecretName {
    /// The mark that stands for the secret in rendered text; the host puts the secret in its place.
    pub fn mark(&self) -> String {
        format!("{}{}__", super::values::SECRET_MARK, self.0)
    }

    /// Where the secret stands on the host.
    pub fn path(&self) -> HostPath {
        HostPath(format!("/etc/vc4all/secrets/{}", self.0))
    }
}

name_type! {
    /// A user or a group of the host.
    AccountName, "a user or group name", 32, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b)
}

name_type! {
    /// The name of a component, as the plan prints it.
    ComponentName, "a component's name", 40, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
}

/// What a meeting host types to log in: 2 to 32 lower-case letters, digits, `.`, `_` and `-`, a letter or digit first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct LoginName(String);

impl LoginName {
    /// Takes the name.
    ///
    /// # Errors
    /// When it is too short or long, or holds another character.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let rest = |b: u8| first(b) || b"._-".contains(&b);
        let well_formed =
            (2..=32).contains(&text.len()) && text.bytes().next().is_some_and(first) && text.bytes().all(rest);
        ensure!(well_formed, "{text:?} is not the name of an account");
        Ok(Self(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

reads_and_writes!(LoginName);

/// An absolute path on a host, without spaces, `..` or characters that a shell would read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct HostPath(String);

impl HostPath {
    /// Takes the path.
    ///
    /// # Errors
    /// When it is not absolute, not normal, or holds a character outside `[A-Za-z0-9._@%+/-]`.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._@%+/-".contains(&b);
        let normal = text.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
        ensure!(
            text.starts_with('/') && text.len() <= 300 && text.bytes().all(plain) && normal,
            "{text:?} is not a plain absolute path"
        );
        Ok(Self(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that holds it; `/` for a path at the top.
    pub fn parent(&self) -> &str {
        match self.0.rfind('/') {
            Some(at) if at > 0 => &self.0[..at],
            _ => "/",
        }
    }
}

reads_and_writes!(HostPath);
