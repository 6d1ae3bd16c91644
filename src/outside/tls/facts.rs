//! What was seen of TLS: plain data, no judgement.

use super::names::{Group, Scheme, Suite, Version};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

/// What was seen of TLS on all ports and addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// One for each address and port, in the order of the addresses.
    pub endpoints: Vec<Endpoint>,
    /// Addresses to which this machine has no route (a line without IPv6, say); nothing was seen of them.
    pub unrouted: Vec<IpAddr>,
}

/// One port of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The address.
    pub address: IpAddr,
    /// The port: 443 of the web server, 5349 of the relay.
    pub port: u16,
    /// What it speaks, or why nothing was seen.
    pub spoken: Result<Spoken, Silence>,
}

/// Why nothing was seen of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// It is closed, so it speaks nothing.
    Closed,
    /// Something is there, or in between, and what it speaks is not known.
    Troubled(String),
}

impl fmt::Display for Silence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => out.write_str("closed"),
            Self::Troubled(why) => out.write_str(why),
        }
    }
}

/// What one port speaks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spoken {
    /// Each version that is spoken, with the suites that are accepted in it.
    pub suites: BTreeMap<Version, Vec<Suite>>,
    /// Whether the connections that we allow ourselves were used up before every list was at its end.
    pub cut: bool,
    /// Whose order decides; nothing where there is no choice.
    pub order: Option<Order>,
    /// Groups of the key exchange that are accepted: of TLS 1.3, and the curves of ECDHE in older versions.
    pub groups: BTreeSet<Group>,
    /// The smallest prime of a finite-field key exchange before TLS 1.3, in bits.
    pub finite_field: Option<u16>,
    /// Signatures of the key exchange that were used in TLS 1.2, also when nothing better than SHA-1 or SHA-224 is offered.
    pub signatures: BTreeSet<Scheme>,
    /// Whether compression is accepted (RFC 3749).
    pub compression: bool,
    /// Whether a renegotiation is bound to its connection (RFC 5746); TLS 1.3 alone has none.
    pub secure_renegotiation: Option<bool>,
    /// Whether a needless step back to an older version is refused (RFC 7507); nothing with one version alone.
    pub fallback_refused: Option<bool>,
    /// Whether keys of TLS 1.2 are bound to the handshake (RFC 7627).
    pub extended_master_secret: Option<bool>,
    /// Whether data before the end of the handshake is allowed (RFC 8446 §2.3); nothing where it could not be tried.
    pub early_data: Option<bool>,
    /// Whether the answer of the authority's status service comes along (RFC 6066 §8); nothing before TLS 1.2 is tried.
    pub stapled: Option<bool>,
    /// The certificates as they were sent, the server's own first.
    pub chain: Vec<Certificate>,
    /// Whether our roots trust that chain for the name.
    pub trust: Trust,
}

/// Whose order of suites decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The server's.
    Server,
    /// The client's.
    Client,
}

/// Whether a chain alone leads to one of our roots. Dates are not part of it: it is judged at the moment in the chain's
/// lifetime that is nearest to now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trust {
    /// It does, for the name.
    Trusted,
    /// It does, but for other names.
    OtherName,
    /// It does not; why.
    Untrusted(String),
    /// There was no certificate.
    #[default]
    Absent,
}

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The DNS names in it.
    pub names: Vec<String>,
    /// The serial in lower-case hexadecimal digits.
    pub serial: String,
    /// Its key.
    pub key: Key,
    /// The hash under its signature.
    pub hash: Hash,
    /// From when it counts, in seconds since 1970.
    pub not_before: i64,
    /// Until when it counts, in seconds since 1970.
    pub not_after: i64,
    /// Whether subject and issuer are the same, as in a root: nobody looks at such a signature.
    pub self_signed: bool,
}

/// The key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// RSA, with its size in bits.
    Rsa(u32),
    /// A curve, by its group; `None` for one that has none in TLS.
    Curve(Option<Group>),
    /// Ed25519 or Ed448.
    Edwards,
    /// Something else, by its object identifier.
    Other(String),
}

/// The hash under a certificate's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256, SHA-384, SHA-512, or what Ed25519 and Ed448 use.
    Strong,
    /// SHA-224.
    Sha224,
    /// SHA-1.
    Sha1,
    /// MD5 or MD2.
    Md5,
    /// Something else, by its object identifier.
    Other(String),
}
