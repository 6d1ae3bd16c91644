//! A certificate authority of one story: a real Pebble of one of three releases, with its own port and manner.

use crate::lab::lab;
use anyhow::{Context as _, Result};
use std::path::PathBuf;

/// Which Pebble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pebble {
    /// That of Debian 12, which gives no advice on when to renew.
    V2_4,
    /// That of Debian 13, which does.
    V2_6,
    /// That of Debian's testing release, which has profiles too.
    Testing,
}

/// How it behaves.
pub(crate) struct Manner {
    /// For how long its certificates are good.
    pub(crate) seconds: u32,
    /// How many of the good nonces it rejects, in per cent.
    pub(crate) rejected_nonces: u32,
    /// The name and the key (base64url) without which it makes no account.
    pub(crate) binding: Option<(&'static str, &'static str)>,
    /// The profiles that it has, each with the seconds for which its certificates are good.
    pub(crate) profiles: &'static [(&'static str, u32)],
}

/// A running authority; it ends with this value.
pub(crate) struct Authority {
    name: String,
    pub(crate) directory: String,
    /// The roots of its own TLS and of what it issues.
    pub(crate) roots: PathBuf,
    log: PathBuf,
}

impl Authority {
    pub(crate) fn start(name: &str, pebble: Pebble, manner: &Manner) -> Result<Self> {
        let version = match pebble {
            Pebble::V2_4 => "2.4",
            Pebble::V2_6 => "2.6",
            Pebble::Testing => "testing",
        };
        let seconds = format!("seconds={}", manner.seconds);
        let nonces = format!("nonces={}", manner.rejected_nonces);
        let binding = manner.binding.map(|(id, key)| format!("binding={id}:{key}"));
        let mut words = vec!["authority", "up", name, version, &seconds, &nonces];
        let profiles: Vec<_> =
            manner.profiles.iter().map(|(name, seconds)| format!("profile={name}:{seconds}")).collect();
        words.extend(binding.as_deref());
        words.extend(profiles.iter().map(String::as_str));
        let told = lab(&words)?;
        let mut lines = told.lines();
        let directory = lines.next().context("no directory")?.to_owned();
        let roots = PathBuf::from(lines.nth(1).context("no roots")?);
        let folder = PathBuf::from(lab(&["dir"])?.trim());
        let log = folder.join(format!("log/authority-{name}.log"));
        Ok(Self { name: name.to_owned(), directory, roots, log })
    }

    /// From now on nobody gets a connection; it forgets nothing.
    pub(crate) fn go_down(&self) -> Result<()> {
        lab(&["authority", "mute", &self.name]).map(drop)
    }

    pub(crate) fn come_back(&self) -> Result<()> {
        lab(&["authority", "unmute", &self.name]).map(drop)
    }

    /// How often it has looked at a challenge.
    pub(crate) fn validations(&self) -> Result<usize> {
        let log = std::fs::read_to_string(&self.log).context("the authority's log")?;
        Ok(log.lines().filter(|line| line.contains("Attempting to validate")).count())
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        // The lab ends it at the latest.
        let _ = lab(&["authority", "down", &self.name]);
    }
}
