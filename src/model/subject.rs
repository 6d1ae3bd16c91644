//! A name in a certificate.

use super::values::{Domain, Refusal, read_from_text};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// What a certificate is for: the kinds that RFC 8555 (`dns`) and RFC 8738 (`ip`) know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SubjectName {
    /// A host.
    Host(Domain),
    /// Every host one label below this domain.
    Below(Domain),
    /// An address.
    Address(IpAddr),
}

impl SubjectName {
    /// Parses a host name, `*.` and a host name, or an address.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        match text.strip_prefix("*.") {
            Some(below) => Domain::parse(below).map(Self::Below),
            None => Domain::parse(text).map(Self::Host),
        }
    }

    /// An address as a certificate has it: 4 or 16 bytes (RFC 5280 §4.2.1.6).
    pub fn from_address(bytes: &[u8]) -> Option<Self> {
        let v4 = || <[u8; 4]>::try_from(bytes).map(IpAddr::from);
        let v6 = || <[u8; 16]>::try_from(bytes).map(IpAddr::from);
        v4().or_else(|_| v6()).ok().map(Self::Address)
    }

    /// The domain under which an authority looks for a proof in the DNS (RFC 8555 §8.4); an address has none.
    pub fn domain(&self) -> Option<&Domain> {
        match self {
            Self::Host(domain) | Self::Below(domain) => Some(domain),
            Self::Address(_) => None,
        }
    }

    /// How a certificate request says it (openssl's `subjectAltName`).
    pub fn as_extension(&self) -> String {
        match self {
            Self::Host(_) | Self::Below(_) => format!("DNS:{self}"),
            Self::Address(address) => format!("IP:{address}"),
        }
    }

    /// How a URL says it (RFC 3986 §3.2.2).
    pub fn as_authority(&self) -> String {
        match self {
            Self::Address(IpAddr::V6(address)) => format!("[{address}]"),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for SubjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(domain) => domain.fmt(f),
            Self::Below(domain) => write!(f, "*.{domain}"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl From<Domain> for SubjectName {
    fn from(domain: Domain) -> Self {
        Self::Host(domain)
    }
}

impl From<SubjectName> for String {
    fn from(name: SubjectName) -> Self {
        name.to_string()
    }
}

read_from_text! { SubjectName }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_and_written_alike() {
        for text in ["meet.example.nl", "*.example.nl", "192.0.2.7", "2001:db8::7"] {
            let name = SubjectName::parse(text).unwrap();
            assert_eq!(name.to_string(), text);
            assert_eq!(serde_json::from_str::<SubjectName>(&serde_json::to_string(&name).unwrap()).unwrap(), name);
        }
        let extensions = ["*.example.nl", "2001:db8::7"].map(|text| SubjectName::parse(text).unwrap().as_extension());
        assert_eq!(extensions, ["DNS:*.example.nl", "IP:2001:db8::7"]);
        assert_eq!(SubjectName::parse("2001:db8::7").unwrap().as_authority(), "[2001:db8::7]");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "*", "*.nl", "*.*.example.nl", "a*.example.nl", "meet", "meet.example.nl\n", "300.1.1.1"] {
            assert!(SubjectName::parse(text).is_err(), "{text:?}");
        }
    }
}
