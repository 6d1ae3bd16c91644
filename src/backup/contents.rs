//! A backup in memory: checked entries and what is said about them.

use super::entry::{Entry, Part};
use crate::model::backup::Listing;
use crate::model::digest::Digest;
use crate::model::names::{LoginName, SecretName};
use crate::model::observed::SeenCertificate;
use crate::model::secret::Secret;
use crate::model::values::Domain;
use crate::observe;
use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a backup says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Always [`FORMAT`].
    pub format: String,
    /// The form of what follows, [`FORM`].
    pub form: u32,
    /// The deployment's domain.
    pub domain: Domain,
    /// When it was made, in UTC (RFC 3339).
    pub made: Moment,
    /// The version of the program that made it.
    pub program: String,
    /// The generation that was in force.
    pub generation: u32,
    /// The SHA-256 of each entry.
    pub files: BTreeMap<String, Digest>,
}

/// A moment, in a label written as RFC 3339 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment(jiff::Timestamp);

impl Moment {
    /// This second.
    pub(super) fn now() -> Self {
        let now = jiff::Timestamp::now();
        Self(jiff::Timestamp::from_second(now.as_second()).unwrap_or(now))
    }

    /// Seconds since 1970; a moment before that counts as that year's beginning.
    pub(super) fn seconds(self) -> u64 {
        u64::try_from(self.0.as_second()).unwrap_or_default()
    }
}

impl TryFrom<String> for Moment {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.0.to_string()
    }
}

/// What every label begins with.
pub(super) const FORMAT: &str = "vc4all-backup";
/// The form that this program writes and reads.
pub(super) const FORM: u32 = 1;

/// A backup. Its `Debug` shows names alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    pub(super) label: Label,
    pub(super) entries: BTreeMap<Entry, Secret<Vec<u8>>>,
    certificate: Option<SeenCertificate>,
}

impl Contents {
    /// Puts checked entries together under a label, whose digests are made here.
    ///
    /// # Errors
    /// When the parts of a pair are not all there, or no certificate can be read where one should be.
    pub(super) fn new(label: Label, entries: BTreeMap<Entry, Secret<Vec<u8>>>) -> Result<Self> {
        let files = entries.iter().map(|(entry, bytes)| (entry.to_string(), Digest::of(bytes.reveal()))).collect();
        let mut contents = Self { label: Label { files, ..label }, entries, certificate: None };
        for entry in contents.entries.keys() {
            let other = match entry {
                Entry::PairKey(domain) => Entry::PairCertificate(domain.clone()),
                Entry::PairCertificate(domain) => Entry::PairKey(domain.clone()),
                _ => continue,
            };
            ensure!(contents.entries.contains_key(&other), "{entry} is there without {other}");
        }
        contents.certificate = contents.read_certificate()?;
        Ok(contents)
    }

    fn read_certificate(&self) -> Result<Option<SeenCertificate>> {
        let parts = [Part::Key, Part::Chain, Part::Authority].map(|part| self.text(&Entry::Certificate(part)));
        if parts.iter().all(Option::is_none) {
            return Ok(None);
        }
        let [Some(_), Some(chain), Some(authority)] = parts else {
            anyhow::bail!("the certificate, its key and its authority are not all there");
        };
        let seen = observe::certificate(chain, Some(authority));
        ensure!(seen.is_some(), "the certificate cannot be read");
        Ok(seen)
    }

    /// The public certificate.
    pub fn certificate(&self) -> Option<&SeenCertificate> {
        self.certificate.as_ref()
    }

    /// The deployment's domain.
    pub fn domain(&self) -> &Domain {
        &self.label.domain
    }

    /// What is in it, for people.
    pub fn listing(&self) -> Listing {
        Listing {
            domain: self.label.domain.clone(),
            made: self.label.made.into(),
            generation: self.label.generation,
            accounts: self.accounts().cloned().collect(),
            secrets: self.secrets().cloned().collect(),
            certificate: self.certificate.clone(),
            authority_account: self.entries.contains_key(&Entry::AuthorityAccount),
            pairs: self.pairs().cloned().collect(),
        }
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &SecretName> {
        self.entries.keys().filter_map(|entry| if let Entry::Secret(name) = entry { Some(name) } else { None })
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &LoginName> {
        self.entries.keys().filter_map(|entry| if let Entry::Account(name) = entry { Some(name) } else { None })
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = &Domain> {
        self.entries.keys().filter_map(|entry| if let Entry::PairKey(name) = entry { Some(name) } else { None })
    }

    /// The bytes of an entry.
    pub(super) fn bytes(&self, entry: &Entry) -> Option<&[u8]> {
        self.entries.get(entry).map(|bytes| bytes.reveal().as_slice())
    }

    fn text(&self, entry: &Entry) -> Option<&str> {
        self.bytes(entry).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }
}
