//! The forms that text can have: how each is described to people, and the small parsers that `model` has no type for.

use crate::model::deployment::ClockTime;
use crate::model::names::LoginName;
use crate::model::values::{CountryCode, Refusal, WebAddress, is_invisible};
use std::net::IpAddr;

/// A form of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One line for people, with an example of it.
    Line(&'static str),
    /// With an example of it.
    Domain(&'static str),
    Email,
    Country,
    WebAddress,
    Authority,
    Directory,
    Subject,
    MailServer,
    Stun,
    HostKeyPin,
    Fingerprint,
    Address,
    Ip,
    Clock,
    Login,
    Account,
    Https,
    /// With an example of it.
    TokenWord(&'static str),
    LoginPage,
    /// A file or folder on the operator's machine, with an example of it.
    Path(&'static str),
    Version,
    Day,
}

impl Form {
    /// What it is, for people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Line(_) => "one line of text",
            Self::Domain(_) => "a host name",
            Self::Email => "a mail address",
            Self::Country => "a country code",
            Self::WebAddress => "a web address",
            Self::Authority => "letsencrypt, letsencrypt-staging or an https:// address",
            Self::Directory => "an https:// address",
            Self::Subject => "a host name, *. and a domain, or an IP address",
            Self::MailServer => "a mail server",
            Self::Stun => "a STUN server",
            Self::HostKeyPin => "a host key fingerprint",
            Self::Fingerprint => "a key fingerprint",
            Self::Address => "an address or a host name",
            Self::Ip => "an IP address",
            Self::Clock => "a time of day",
            Self::Login => "a login name",
            Self::Account => "the name of an account",
            Self::Https => "an https:// address",
            Self::TokenWord(_) => "a word without spaces",
            Self::LoginPage => "an https:// address, in which {room} stands for the room",
            Self::Path(_) => "a file",
            Self::Version => "a version",
            Self::Day => "a day",
        }
    }

    /// What a list of it is, for people.
    pub(super) fn list(self) -> &'static str {
        match self {
            Self::Domain(_) => "a list of host names",
            Self::Subject => "a list of host names, domains with *. before them, and IP addresses",
            _ => "a list of texts",
        }
    }

    /// A value of the form.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Line(example) | Self::Domain(example) | Self::TokenWord(example) | Self::Path(example) => example,
            Self::Email => "privacy@voorbeeldstad.nl",
            Self::Country => "NL",
            Self::WebAddress => "https://www.voorbeeldstad.nl",
            Self::Authority => "letsencrypt",
            Self::Directory => "https://acme-test.example.nl/directory",
            Self::Subject => "bellen.voorbeeldstad.nl",
            Self::MailServer => "mail.voorbeeldstad.nl",
            Self::Stun => "stun:stun.example.nl:3478",
            Self::HostKeyPin => "SHA256:hY3mVn8pPz1q0bW7sT5uXc2dE4fG6aJ9kLrMoQiNvBs",
            Self::Fingerprint => "66A9CD0595D6AFA247290D3BEF8B479E2DC1389C",
            Self::Address => "203.0.113.10",
            Self::Ip => "203.0.113.10",
            Self::Clock => "\"04:00\"",
            Self::Login => "beheer",
            Self::Account => "jo.voorbeeld",
            Self::Https => "https://inloggen.voorbeeldstad.nl/realms/medewerkers",
            Self::LoginPage => "\"https://portaal.voorbeeldstad.nl/vergaderen?ruimte={room}\"",
            Self::Version => "1.0-1189-1",
            Self::Day => "\"2026-07-30\"",
        }
    }
}

/// A country where the GDPR holds: the only ones in which the operator, the machine and other STUN servers may be.
pub(super) fn eea_country(text: &str) -> Result<CountryCode, Refusal> {
    let country = CountryCode::parse(text)?;
    if country.is_in_eea() {
        return Ok(country);
    }
    let write = if text == "UK" || text == "GB" {
        "name one inside the European Economic Area; the United Kingdom left it"
    } else {
        "name one inside the European Economic Area, such as NL; Greece is GR"
    };
    Err(Refusal::new("is not a country in which the GDPR holds", write))
}

/// The directory of an ACME server; its TLS protects the account, so plain HTTP is refused with what to `write`.
pub(super) fn directory(text: &str, write: &str) -> Result<WebAddress, Refusal> {
    let Ok(address) = WebAddress::parse(text) else {
        return Err(Refusal::new("is not a certificate authority", write));
    };
    if !text.starts_with("https://") {
        return Err(Refusal::new("is not an https:// address", write));
    }
    Ok(address)
}

/// Where a repository begins; a slash at the end is dropped, because paths are appended.
pub(super) fn repository(text: &str) -> Result<WebAddress, Refusal> {
    let address = WebAddress::parse(text)?;
    if text.contains(['?', '#']) {
        return Err(Refusal::new("has a query or a fragment", "write the base address of the repository alone"));
    }
    match text.trim_end_matches('/') {
        bare if bare.len() < text.len() => WebAddress::parse(bare),
        _ => Ok(address),
    }
}

/// An address of an interface: not loopback, unspecified or multicast.
pub(super) fn interface_address(text: &str) -> Result<IpAddr, Refusal> {
    let write = "write the address alone, such as 203.0.113.10 or 2001:db8::10";
    let Ok(ip) = text.parse::<IpAddr>() else { return Err(Refusal::new("is not an IP address", write)) };
    if ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() {
        return Err(Refusal::new("is not an address of an interface", write));
    }
    Ok(ip)
}

/// `HH:MM`.
pub(super) fn clock(text: &str) -> Result<ClockTime, Refusal> {
    let refuse = || Refusal::new("is not a time of day", "write hours and minutes, such as \"04:00\"");
    let digits = |part: &str| (part.len() == 2).then(|| part.parse::<u8>().ok()).flatten();
    let (hour, minute) = text.split_once(':').ok_or_else(refuse)?;
    match (digits(hour), digits(minute)) {
        (Some(hour @ 0..=23), Some(minute @ 0..=59)) if !text.contains('+') => Ok(ClockTime { hour, minute }),
        _ => Err(refuse()),
    }
}

/// A login name (as `useradd` takes it).
pub(super) fn login(text: &str) -> Result<String, Refusal> {
    let first = |b: u8| b.is_ascii_lowercase() || b == b'_';
    let rest = |b: u8| first(b) || b.is_ascii_digit() || b"-.".contains(&b);
    let well_formed = text.len() <= 32 && text.bytes().next().is_some_and(first) && text.bytes().all(rest);
    well_formed
        .then(|| text.to_owned())
        .ok_or_else(|| Refusal::new("is not a login name", "write a name in lower case, such as root or beheer"))
}

/// What a meeting host logs in with.
pub(super) fn account(text: &str) -> Result<LoginName, Refusal> {
    LoginName::new(text).map_err(|_| {
        Refusal::new(
            "is not the name of an account",
            "write 2 to 32 lower-case letters, digits and . _ -, such as j.jansen",
        )
    })
}

/// A path of a file on the operator's machine.
pub(super) fn path(text: &str) -> Result<String, Refusal> {
    let odd = |c: char| c.is_control() || is_invisible(c);
    if text.is_empty() || text.len() > 500 || text.trim() != text || text.chars().any(odd) {
        return Err(Refusal::new("is not a path", "write the path of a file, such as keys/id_ed25519"));
    }
    Ok(text.to_owned())
}

/// Least and most memory of a host in MiB.
pub(super) const MEMORY_MIB: std::ops::RangeInclusive<u64> = 1024..=1_048_576;

/// A size of memory in MiB: `4096`, `4096 MiB` or `4 GiB`.
pub(super) fn memory(text: &str) -> Result<u32, Refusal> {
    let refuse = |what: &str| Refusal::new(what, "write MiB as a number or such as 4 GiB, from 1 GiB to 1024 GiB");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim_start() {
        "" | "MiB" => 1,
        "GiB" => 1024,
        _ => return Err(refuse("is not a size of memory")),
    };
    let mib = number.parse::<u64>().ok().and_then(|n| n.checked_mul(factor));
    let mib = mib.ok_or_else(|| refuse("is not a size of memory"))?;
    if !MEMORY_MIB.contains(&mib) {
        return Err(refuse("is too little or too much memory"));
    }
    u32::try_from(mib).map_err(|_| refuse("is too much memory"))
}
