//! The question: which units matter, and what a visit may not have left behind.

use crate::model::names::UnitName;
use crate::model::resource::{Claim, Resource};
use crate::model::secret::Secret;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

/// What a word of the visit is; it is told where one was found, the word itself never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedleKind {
    /// A visitor's whole address.
    Address,
    /// A room's name.
    Room,
    /// A token, or the part of it that nobody else has.
    Token,
    /// A name that a visitor showed to the others.
    Nickname,
}

impl NeedleKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Address, Self::Room, Self::Token, Self::Nickname];

    /// Its word in questions and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Room => "room",
            Self::Token => "token",
            Self::Nickname => "nickname",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A word of the visit that no log may hold.
#[derive(Debug, Clone)]
pub struct Needle {
    kind: NeedleKind,
    text: Secret<String>,
}

/// Shorter words would be found everywhere.
const SHORTEST: usize = 6;

impl Needle {
    /// A word; nothing where it is too short to be told from others, or longer than a line.
    pub fn new(kind: NeedleKind, text: &str) -> Option<Self> {
        let usable =
            text.len() >= SHORTEST && text.len() <= 2000 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        usable.then(|| Self { kind, text: Secret::new(text.trim().to_owned()) })
    }

    /// An address in every way in which daemons write it: RFC 5952, and without the shortening, as Java does; one of IPv4
    /// also with hexadecimal digits, as it stands inside of IPv6 (RFC 4291 §2.5.5.2). With dots it stands there by itself.
    pub fn address(address: IpAddr) -> Vec<Self> {
        let address = address.to_canonical();
        let mut written = vec![address.to_string()];
        let segments = match address {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().segments(),
            IpAddr::V6(v6) => v6.segments(),
        };
        written.push(segments.map(|segment| format!("{segment:x}")).join(":"));
        written.push(segments.map(|segment| format!("{segment:04x}")).join(":"));
        if address.is_ipv4() {
            written.push(format!("::ffff:{:x}:{:x}", segments[6], segments[7]));
        }
        written.sort();
        written.dedup();
        written.iter().filter_map(|text| Self::new(NeedleKind::Address, text)).collect()
    }
}

/// A visit by somebody who acted as a participant.
#[derive(Debug, Clone, Default)]
pub struct Visit {
    /// When it began, by our clock in seconds since 1970.
    pub began: i64,
    /// What it may not have left behind. The address from which SSH comes is known to the host and added there.
    pub needles: Vec<Needle>,
}

/// Who asks for the time; none of the claims, because it does not run in a container.
pub(super) const TIME: &str = "systemd-timesyncd.service";

/// What is asked of a host.
#[derive(Debug, Clone)]
pub struct Questions {
    units: BTreeSet<UnitName>,
    visit: Visit,
}

impl Questions {
    /// The units that the claims name, and the traces of a visit.
    pub fn about(claims: &[Claim], visit: Visit) -> Self {
        let unit = |claim: &Claim| match &claim.resource {
            Resource::Unit(unit) => Some(unit.name.clone()),
            _ => None,
        };
        let units = claims.iter().filter_map(unit).chain(UnitName::new(TIME));
        Self { units: units.collect(), visit }
    }

    /// The units that are asked for.
    pub(super) fn units(&self) -> &BTreeSet<UnitName> {
        &self.units
    }

    /// The questions as the script reads them, at this moment of our clock.
    pub(super) fn text(&self, now: i64) -> Secret<String> {
        let ago = now.saturating_sub(self.visit.began).clamp(0, 3600);
        let mut text = format!("ago {ago}\n");
        for unit in &self.units {
            let _ = writeln!(text, "unit {unit}");
        }
        for needle in &self.visit.needles {
            let _ = writeln!(text, "needle {} {}", needle.kind.word(), needle.text.reveal());
        }
        Secret::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_looked_for_in_every_spelling() {
        let spelled = |address: &str| {
            let needles = Needle::address(address.parse().unwrap());
            needles.into_iter().map(|needle| needle.text.reveal().clone()).collect::<Vec<_>>()
        };
        let mapped = ["0000:0000:0000:0000:0000:ffff:0a57:0001", "0:0:0:0:0:ffff:a57:1", "10.87.0.1", "::ffff:a57:1"];
        assert_eq!(spelled("10.87.0.1"), mapped);
        assert_eq!(spelled("::ffff:10.87.0.1"), mapped);
        let whole = "fd87:0000:0000:0000:0000:0000:0000:0001";
        assert_eq!(spelled("fd87::1"), [whole, "fd87:0:0:0:0:0:0:1", "fd87::1"]);
    }

    #[test]
    fn no_needle_breaks_the_question_or_shows_itself() {
        for text in ["", "short", "two\nlines", "\u{e9}\u{e9}\u{e9}\u{e9}"] {
            assert!(Needle::new(NeedleKind::Room, text).is_none(), "{text:?}");
        }
        let needles = Needle::new(NeedleKind::Token, "eyJhbGciOi").into_iter().collect();
        let questions = Questions::about(&[], Visit { began: 100, needles });
        assert_eq!(questions.text(130).reveal(), "ago 30\nunit systemd-timesyncd.service\nneedle token eyJhbGciOi\n");
        assert!(!format!("{questions:?}").contains("eyJ"));
    }
}
