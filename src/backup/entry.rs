//! The names that a backup may hold, what may stand behind each, and how long it may be.

use crate::accounts;
use crate::model::names::{LoginName, SecretName};
use crate::model::secret::Secret;
use crate::model::values::Domain;
use anyhow::{Context as _, Result, ensure};
use std::fmt;
use x509_parser::pem::Pem;

/// One entry of a backup. The order is the order in the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    /// `secrets/NAME`.
    Secret(SecretName),
    /// `accounts/NAME.json`.
    Account(LoginName),
    /// `certificate/NAME`.
    Certificate(Part),
    /// `authority-account.json`: the account at the certificate's authority, one for each directory.
    AuthorityAccount,
    /// `pairs/NAME/key.pem`.
    PairKey(Domain),
    /// `pairs/NAME/certificate.pem`.
    PairCertificate(Domain),
    /// `generation/NAME`; for people who want to know what stood there, nothing is restored from it.
    Generation(Record),
}

/// A part of the public certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The private key.
    Key,
    /// The certificate and those above it.
    Chain,
    /// The directory address of the authority that issued it.
    Authority,
}

/// A part of the generation in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Record {
    /// Who made it, when, and by which verb.
    Who,
    /// Its plan as it was printed.
    Plan,
    /// Its claims, packed.
    Claims,
    /// What it made on the host.
    Manifest,
}

const PARTS: [(Part, &str); 3] =
    [(Part::Key, "privkey.pem"), (Part::Chain, "fullchain.pem"), (Part::Authority, "authority")];
const RECORDS: [(Record, &str); 4] =
    [(Record::Who, "who"), (Record::Plan, "plan"), (Record::Claims, "record"), (Record::Manifest, "manifest")];
const AUTHORITY_ACCOUNT: &str = "authority-account.json";

impl Entry {
    /// The entry of a name; nothing where a backup holds no such thing.
    pub(super) fn parse(name: &str) -> Option<Self> {
        if name == AUTHORITY_ACCOUNT {
            return Some(Self::AuthorityAccount);
        }
        let (folder, file) = name.split_once('/')?;
        match folder {
            "secrets" => SecretName::new(file).ok().map(Self::Secret),
            "accounts" => LoginName::new(file.strip_suffix(".json")?).ok().map(Self::Account),
            "certificate" => named(&PARTS, file).map(Self::Certificate),
            "generation" => named(&RECORDS, file).map(Self::Generation),
            "pairs" => match file.split_once('/')? {
                (domain, "key.pem") => plain_domain(domain).map(Self::PairKey),
                (domain, "certificate.pem") => plain_domain(domain).map(Self::PairCertificate),
                _ => None,
            },
            _ => None,
        }
    }

    /// The most bytes that may stand behind the name.
    pub(super) fn longest(&self) -> usize {
        match self {
            Self::Secret(_) | Self::Certificate(Part::Authority) => 1024,
            Self::Account(_) | Self::Certificate(_) | Self::PairKey(_) | Self::PairCertificate(_) => 64 * 1024,
            Self::AuthorityAccount => 256 * 1024,
            Self::Generation(_) => 8 * 1024 * 1024,
        }
    }

    /// Looks at what stands behind the name, and gives back what of it belongs into a backup.
    ///
    /// # Errors
    /// When it cannot be what the name says; the error shows nothing of it.
    pub(super) fn judge(&self, bytes: Vec<u8>) -> Result<Secret<Vec<u8>>> {
        ensure!(bytes.len() <= self.longest(), "{self} is longer than {} bytes", self.longest());
        let kept = match self {
            Self::Account(_) => accounts::kept(&bytes).with_context(|| format!("the account's file {self}"))?,
            _ => bytes,
        };
        let fine = match self {
            Self::Secret(_) => (16..=256).contains(&kept.len()) && kept.iter().all(u8::is_ascii_alphanumeric),
            Self::Certificate(Part::Key) | Self::PairKey(_) => is_pem(&kept, |label| label.ends_with("PRIVATE KEY"), 1),
            Self::Certificate(Part::Chain) => is_pem(&kept, |label| label == "CERTIFICATE", 10),
            Self::PairCertificate(_) => is_pem(&kept, |label| label == "CERTIFICATE", 1),
            Self::Certificate(Part::Authority) => is_address(&kept),
            Self::AuthorityAccount => serde_json::from_slice::<serde_json::Value>(&kept).is_ok_and(|it| it.is_object()),
            Self::Account(_) | Self::Generation(_) => true,
        };
        ensure!(fine, "{self} is not what its name says");
        Ok(Secret::new(kept))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(name) => write!(f, "secrets/{name}"),
            Self::Account(name) => write!(f, "accounts/{name}.json"),
            Self::Certificate(part) => write!(f, "certificate/{}", word(&PARTS, *part)),
            Self::AuthorityAccount => f.write_str(AUTHORITY_ACCOUNT),
            Self::PairKey(domain) => write!(f, "pairs/{domain}/key.pem"),
            Self::PairCertificate(domain) => write!(f, "pairs/{domain}/certificate.pem"),
            Self::Generation(record) => write!(f, "generation/{}", word(&RECORDS, *record)),
        }
    }
}

/// A domain that is written as we write it, so that each has one name alone.
fn plain_domain(text: &str) -> Option<Domain> {
    Domain::parse(text).ok().filter(|domain| domain.as_str() == text)
}

fn named<T: Copy>(names: &[(T, &str)], name: &str) -> Option<T> {
    names.iter().find(|(_, known)| *known == name).map(|(thing, _)| *thing)
}

fn word<T: Copy + PartialEq>(names: &[(T, &'static str)], thing: T) -> &'static str {
    names.iter().find(|(known, _)| *known == thing).map_or("", |(_, name)| name)
}

/// Whether the text is between one and `most` PEM blocks (RFC 7468) with such labels, and nothing else.
fn is_pem(bytes: &[u8], label: impl Fn(&str) -> bool, most: usize) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let plain = |line: &str| line.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=- ".contains(&b));
    let blocks: Vec<_> = Pem::iter_from_buffer(bytes).take(most + 1).collect();
    let fine = blocks.iter().all(|block| block.as_ref().is_ok_and(|pem| label(&pem.label)));
    text.starts_with("-----BEGIN ") && text.lines().all(plain) && (1..=most).contains(&blocks.len()) && fine
}

/// Whether it is the address of a directory, which may stand in a script.
fn is_address(bytes: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@&+,=%".contains(b);
    let address = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    address.starts_with(b"https://") && address.iter().all(plain)
}
