//! Values that a person writes: each type's constructor refuses what is wrong, so nothing is checked twice.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// Why a value was refused: `what` is wrong with it, and what to `write` instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, as the end of the sentence "`value` …".
    pub what: String,
    /// What to write instead, as an imperative sentence without a full stop.
    pub write: String,
}

impl Refusal {
    /// Builds a refusal from its two halves.
    pub fn new(what: impl Into<String>, write: impl Into<String>) -> Self {
        Self { what: what.into(), write: write.into() }
    }
}

/// The mark that stands for a secret in rendered text; no value of a person may contain it.
pub const SECRET_MARK: &str = "__vc4all_secret_";

/// Reads a type out of a file by its own `parse`.
macro_rules! read_from_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text).map_err(|refusal| format!("{text:?} {}", refusal.what))
            }
        }
    };
}

pub(super) use read_from_text;

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        crate::model::values::read_from_text! { $name }

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(super) use text_type;

text_type! {
    /// A DNS host name with at least two labels, in lower case, without a final dot (RFC 1123 §2.1).
    Domain
}

impl Domain {
    /// Parses a host name.
    ///
    /// # Errors
    /// When it has fewer than two labels, is an address, or holds a character that a host name cannot have.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse =
            |what: &str| Err(Refusal::new(what, "write the full host name, such as vergaderen.voorbeeldstad.nl"));
        if text.parse::<IpAddr>().is_ok() {
            return refuse("is an address, not a host name");
        }
        if text.contains("://") || text.contains('/') {
            return refuse("is a URL, not a host name");
        }
        if text.len() > 200 {
            return refuse("is longer than 200 characters");
        }
        if text.split('.').count() < 2 {
            return refuse("has no dot");
        }
        if !text.split('.').all(is_label) {
            return refuse("is not a host name in lower case letters, digits, hyphens and dots");
        }
        if text.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit())) {
            return refuse("ends in a number");
        }
        Ok(Self(text.to_owned()))
    }

    /// The name one label below, such as `auth.HOST`; the labels are our own, so nothing can be wrong with it.
    #[must_use]
    pub fn child(&self, label: &'static str) -> Self {
        Self(format!("{label}.{}", self.0))
    }
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=63).contains(&bytes.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

text_type! {
    /// A mail address of the plain form `local@domain` (RFC 5321 §4.1.2, without quoting).
    Email
}

impl Email {
    /// Parses a mail address.
    ///
    /// # Errors
    /// When it is not of the form `local@domain` with plain characters.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse =
            || Err(Refusal::new("is not a mail address", "write one address, such as privacy@voorbeeldstad.nl"));
        let Some((local, domain)) = text.rsplit_once('@') else { return refuse() };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._+-".contains(&b);
        if local.is_empty() || local.len() > 64 || !local.bytes().all(plain) || local.contains(SECRET_MARK) {
            return refuse();
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return refuse();
        }
        if Domain::parse(&domain.to_ascii_lowercase()).is_err() {
            return refuse();
        }
        Ok(Self(text.to_owned()))
    }
}

text_type! {
    /// One line of words for people: no control characters, no marks that turn the reading direction.
    Line
}

impl Line {
    /// The longest line in characters.
    pub const MAX: usize = 200;

    /// Parses a line of words.
    ///
    /// # Errors
    /// When it is empty, longer than [`Line::MAX`], or holds a character that does not belong in a line.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |what: &str| Err(Refusal::new(what, "write one plain line of at most 200 characters"));
        if text.trim().is_empty() {
            return refuse("is empty");
        }
        if text.trim() != text {
            return refuse("begins or ends with a space");
        }
        if text.chars().count() > Self::MAX {
            return refuse("is longer than 200 characters");
        }
        if text.chars().any(|c| c.is_control() || is_invisible(c)) {
            return refuse("holds a line break, a control character or an invisible mark");
        }
        if text.contains(SECRET_MARK) {
            return refuse("holds the mark that stands for a secret");
        }
        Ok(Self(text.to_owned()))
    }
}

/// Marks that change how the text around them is read (Unicode Bidi_Control, zero width, separators, BOM).
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

text_type! {
    /// An absolute `https://` or `http://` address without user information, spaces or quotes.
    WebAddress
}

impl WebAddress {
    /// Parses a web address.
    ///
    /// # Errors
    /// When the scheme is another one, the host is missing, or a character does not belong in a URL (RFC 3986 §2).
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |what: &str| Err(Refusal::new(what, "write a full address, such as https://www.voorbeeldstad.nl"));
        let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
            return refuse("does not begin with https:// or http://");
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.is_empty() || host.contains('@') {
            return refuse("names no host, or a user");
        }
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!&*+,=%".contains(&b);
        if text.len() > 500 || !text.bytes().all(allowed) {
            return refuse("holds a character that does not belong in a web address");
        }
        if text.contains(SECRET_MARK) {
            return refuse("holds the mark that stands for a secret");
        }
        Ok(Self(text.to_owned()))
    }

    /// The part between the scheme and the path: host and, where written, port.
    pub fn authority(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }
}

text_type! {
    /// A country by its two letters (ISO 3166-1 alpha-2), in capitals.
    CountryCode
}

/// The member states of the European Union and of the European Economic Area, where the GDPR holds.
pub const EEA: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl CountryCode {
    /// Parses a country code.
    ///
    /// # Errors
    /// When it is not two capital letters.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Refusal::new("is not a country code", "write two capital letters, such as NL"))
    }

    /// Whether the GDPR holds there.
    pub fn is_in_eea(&self) -> bool {
        EEA.contains(&self.as_str())
    }
}

text_type! {
    /// A STUN server of the form `stun:host` or `stun:host:port` (RFC 7064).
    StunUri
}

impl StunUri {
    /// Parses a STUN URI.
    ///
    /// # Errors
    /// When the scheme, the host or the port is wrong.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = || Err(Refusal::new("is not a STUN server", "write it as stun:stun.example.nl:3478"));
        let Some(rest) = text.strip_prefix("stun:") else { return refuse() };
        let (host, port) = rest.rsplit_once(':').unwrap_or((rest, "3478"));
        if Domain::parse(host).is_err() || port.parse::<u16>().is_err() || port.starts_with('+') {
            return refuse();
        }
        Ok(Self(text.to_owned()))
    }
}

text_type! {
    /// The fingerprint of an SSH host key as OpenSSH prints it: `SHA256:` and 43 characters of base64.
    HostKeyPin
}

impl HostKeyPin {
    /// Parses a host key fingerprint.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let base64 = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
        match text.strip_prefix("SHA256:") {
            Some(rest) if rest.len() == 43 && rest.bytes().all(base64) => Ok(Self(text.to_owned())),
            _ => Err(Refusal::new(
                "is not a host key fingerprint",
                "write what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on the host: SHA256: and 43 characters",
            )),
        }
    }
}

text_type! {
    /// The fingerprint of an OpenPGP key: 40 hexadecimal digits in capitals, without spaces.
    KeyFingerprint
}

impl KeyFingerprint {
    /// Parses a key fingerprint; spaces between the groups are dropped.
    ///
    /// # Errors
    /// When there are not exactly 40 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        if digits.len() == 40 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Self(digits.to_ascii_uppercase()));
        }
        Err(Refusal::new("is not a key fingerprint", "write the 40 hexadecimal digits of the signing key"))
    }
}

/// Where a host is reached: a name or an IP address (IPv6 without brackets).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Address {
    /// An address of either family.
    Ip(IpAddr),
    /// A name that the operator's machine resolves, or an alias of the SSH configuration.
    Name(String),
}

impl Address {
    /// Parses an address or a name.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Ok(Self::Ip(ip));
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
        let named = !text.is_empty() && text.len() <= 200 && text.bytes().all(plain) && !text.starts_with(['-', '.']);
        if named && !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Ok(Self::Name(text.to_owned()));
        }
        Err(Refusal::new("is neither an address nor a host name", "write 203.0.113.10, 2001:db8::10 or a name"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_of_a_person_holds_the_mark_of_a_secret() {
        assert!(Line::parse("__vc4all_secret_token__").is_err());
        assert!(Email::parse("__vc4all_secret_token__@example.nl").is_err());
        assert!(WebAddress::parse("https://example.nl/__vc4all_secret_token__").is_err());
        assert!(Email::parse("vc4all_secret_@example.nl").is_ok());
    }
}
