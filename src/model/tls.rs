//! Where the certificate comes from, for which names, and how they are proven.

use super::given::GivenFile;
use super::identity::{Recipient, TokenWord};
use super::subject::SubjectName;
use super::values::{Domain, Email, WebAddress};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// TLS choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate authority.
    pub authority: Authority,
    /// Mail address given to the authority.
    pub contact: Option<Email>,
    /// Names in the certificate beside the domain.
    pub names: Vec<SubjectName>,
    /// Which of the authority's profiles; its default otherwise.
    pub profile: Option<TokenWord>,
    /// The program that writes records into the DNS, where names are proven by these; otherwise by a page on port 80.
    pub hook: Option<Hook>,
    /// The account elsewhere that our account is bound to (RFC 8555 §7.3.4), where the authority wants one.
    pub external: Option<ExternalAccount>,
}

impl Tls {
    /// Choices of this authority, and nothing else.
    pub fn of(authority: Authority) -> Self {
        Self { authority, contact: None, names: Vec::new(), profile: None, hook: None, external: None }
    }

    /// How the names are proven.
    pub fn method(&self) -> Method {
        if self.hook.is_some() { Method::Record } else { Method::Page }
    }
}

/// How an authority is shown that a name is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// By a page on port 80 (`http-01`, RFC 8555 §8.3).
    Page,
    /// By a record in the DNS (`dns-01`, RFC 8555 §8.4).
    Record,
}

/// A certificate authority that speaks ACME (RFC 8555).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// Let's Encrypt.
    LetsEncrypt,
    /// Let's Encrypt's rehearsal directory; its certificates are trusted by nobody.
    LetsEncryptStaging,
    /// Another one.
    Other(OtherAuthority),
}

/// Another authority than Let's Encrypt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherAuthority {
    /// Its directory's address.
    pub directory: WebAddress,
    /// Its directory for rehearsals, where it has one.
    pub staging: Option<WebAddress>,
    /// What the directory's own TLS and the issued chain end at; public roots otherwise.
    pub root: Option<Root>,
    /// Who runs it and where, where the inventory says so.
    pub recipient: Option<Recipient>,
    /// The names by which CAA records permit it (RFC 8659 §4.2).
    pub caa: Vec<Domain>,
}

/// Root certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Their file, absolute.
    pub path: PathBuf,
    /// The PEM text; empty until the files of an inventory are read.
    pub pem: String,
}

/// A program of the operator that writes and removes records; it runs on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its file on the operator's machine, absolute.
    pub path: PathBuf,
    /// Its text; empty until the files of an inventory are read.
    pub text: String,
    /// What it finds in its environment, as lines `KEY=VALUE`, where it needs any.
    pub secrets: Option<GivenFile>,
}

/// An account that the authority gave out by other means than ACME. Its key never reaches the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalAccount {
    /// Its name at the authority.
    pub id: TokenWord,
    /// File with the key in base64url, as authorities give it out; absolute. Read when an account is made.
    pub key_file: PathBuf,
}

impl Hook {
    /// Where the host has it.
    pub const PLACE: &str = "/usr/local/lib/vc4all/hooks/dns";
    /// The name of its secrets on the host.
    pub const SECRETS: &str = "dnshook";
}

impl Authority {
    /// Another one, of which only the directory is known.
    pub fn other(directory: WebAddress) -> Self {
        Self::Other(OtherAuthority { directory, staging: None, root: None, recipient: None, caa: Vec::new() })
    }

    /// The address of its directory (RFC 8555 §7.1.1); a certificate is remembered as issued by this address.
    pub fn directory(&self) -> &str {
        match self {
            Self::LetsEncrypt => LETS_ENCRYPT,
            Self::LetsEncryptStaging => LETS_ENCRYPT_STAGING,
            Self::Other(other) => other.directory.as_str(),
        }
    }

    /// The address of the directory at which a renewal is rehearsed: the authority's own for that, or the same one.
    pub fn rehearsal(&self) -> &str {
        match self {
            Self::LetsEncrypt | Self::LetsEncryptStaging => LETS_ENCRYPT_STAGING,
            Self::Other(other) => other.staging.as_ref().unwrap_or(&other.directory).as_str(),
        }
    }

    /// The root certificates (PEM) that the directory's own TLS and the issued chain end at; public roots otherwise.
    pub fn roots(&self) -> Option<&str> {
        match self {
            Self::Other(other) => other.root.as_ref().map(|root| root.pem.as_str()),
            Self::LetsEncrypt | Self::LetsEncryptStaging => None,
        }
    }

    /// Whether people's programs are meant to trust its certificates, so that they may be told to insist on TLS.
    pub fn is_trusted(&self) -> bool {
        !matches!(self, Self::LetsEncryptStaging)
    }
}

/// Where Let's Encrypt's directories are (letsencrypt.org/docs/acme-protocol-updates, /docs/staging-environment).
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
const LETS_ENCRYPT_STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";
