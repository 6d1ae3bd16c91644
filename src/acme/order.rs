//! What is ordered, and from whom.

use crate::model::secret::Secret;
use crate::model::subject::SubjectName;
use crate::model::tls::Method;
use crate::model::values::{Domain, Email};
use std::time::Duration;

/// Which side this program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The operator's machine, which sees the host as the world does and looks names up by itself.
    Operator,
    /// The host, which may not see itself as the world does; `getent` looks names up, because this program is static
    /// there and the host's own name services cannot be loaded into it.
    Host,
}

/// What is ordered, and from whom.
#[derive(Debug, Clone)]
pub struct CertificateOrder {
    /// The names; the first one is the domain.
    pub names: Vec<SubjectName>,
    /// Address of the authority's directory.
    pub directory: String,
    /// PEM certificates that the directory's own TLS and the issued chain end at; the machine's roots otherwise.
    pub root_pem: Option<String>,
    /// Mail address that the authority learns.
    pub contact: Option<Email>,
    /// Which of the authority's profiles; its default otherwise.
    pub profile: Option<String>,
    /// How the names are proven.
    pub method: Method,
    /// The account elsewhere that a new account is bound to (RFC 8555 §7.3.4), where the authority wants one.
    pub binding: Option<Binding>,
    /// The certificate that this one takes the place of (RFC 9773 §5), in PEM; an authority that knows no such thing is not
    /// told.
    pub replaces: Option<String>,
    /// Which side this program runs on.
    pub side: Side,
    /// How long the authority may take to validate, and again to sign.
    pub patience: Duration,
}

/// Which authority is asked, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Counter<'a> {
    /// Address of the authority's directory.
    pub directory: &'a str,
    /// PEM certificates that the directory's own TLS ends at; the machine's roots otherwise.
    pub root_pem: Option<&'a str>,
    /// Which side this program runs on.
    pub side: Side,
}

impl CertificateOrder {
    /// Where the order is placed.
    pub fn counter(&self) -> Counter<'_> {
        Counter { directory: &self.directory, root_pem: self.root_pem.as_deref(), side: self.side }
    }
}

/// An account that the authority gave out by other means than ACME.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Its name at the authority.
    pub id: String,
    /// The key that the binding is signed with (HMAC).
    pub key: Secret<Vec<u8>>,
}

/// What the authority looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// This answer at `http://NAME/.well-known/acme-challenge/TOKEN`.
    Page {
        /// The last part of the path; base64url alone.
        token: String,
        /// The body.
        answer: String,
    },
    /// A TXT record of `_acme-challenge.DOMAIN` with this value, beside others.
    Record {
        /// The domain.
        domain: Domain,
        /// The value; base64url alone.
        value: String,
    },
}
