//! The room that somebody wants to open.

use crate::invitation::strength;
use anyhow::{Result, anyhow};

/// Characters of the longest name.
const LONGEST: usize = 100;
/// Digits of a room that the door thinks of: 66 bits.
const DIGITS: usize = 20;

/// A room's name: lower-case letters, digits and hyphens, hard enough to guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room(String);

/// Why a text is no name of a room that may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRoom {
    /// There is none.
    Missing,
    /// It is too long, or holds other characters.
    Unreadable,
    /// It is easier to guess than the instance allows.
    Guessable,
}

impl Room {
    /// Takes a name; capitals become small, as Jitsi does it.
    pub(super) fn read(text: &str, least_bits: u16) -> Result<Self, NoRoom> {
        let name = text.trim_matches(' ').to_ascii_lowercase();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() {
            Err(NoRoom::Missing)
        } else if name.len() > LONGEST || !name.bytes().all(plain) {
            Err(NoRoom::Unreadable)
        } else if strength::bits(&name) < u64::from(least_bits) {
            Err(NoRoom::Guessable)
        } else {
            Ok(Self(name))
        }
    }

    /// A new name of 20 digits, each equally likely: a byte counts only below 250, the largest multiple of ten. Digits
    /// that fall into a pattern which is weaker than the instance allows are thrown again.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub(super) fn random(least_bits: u16) -> Result<Self> {
        loop {
            let mut digits = String::new();
            while digits.len() < DIGITS.max(usize::from(least_bits).div_ceil(3)) {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
                let fair = bytes.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10));
                digits.extend(fair.take(DIGITS.max(usize::from(least_bits).div_ceil(3)) - digits.len()));
            }
            if let Ok(room) = Self::read(&digits, least_bits) {
                return Ok(room);
            }
        }
    }

    /// The name.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_made_small_and_others_refused() {
        assert_eq!(Room::read(" Kamer-7f3k9q2x8w ", 40).unwrap().as_str(), "kamer-7f3k9q2x8w");
        assert_eq!(Room::read("", 40), Err(NoRoom::Missing));
        assert_eq!(Room::read("weekoverleg", 40), Err(NoRoom::Guessable));
        assert_eq!(Room::read("weekoverleg", 0).unwrap().as_str(), "weekoverleg");
        let long = "7".repeat(101);
        for name in
            ["../..", "//evil", "/a", "a/b", "a b", "a\\b", "é", "\u{212a}elvin", "a%2fb", "a#b", "a?b", "*", &long]
        {
            assert_eq!(Room::read(name, 0), Err(NoRoom::Unreadable), "{name}");
        }
    }

    #[test]
    fn a_room_of_ours_is_always_strong_enough() {
        for bits in 0..=128 {
            assert!(Room::random(bits).unwrap().as_str().len() >= DIGITS);
        }
        assert_ne!(Room::random(40).unwrap(), Room::random(40).unwrap());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn a_name_is_plain_whatever_was_typed(text in any::<String>()) {
            if let Ok(room) = Room::read(&text, 0) {
                prop_assert!(room.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
                prop_assert!((1..=100).contains(&room.as_str().len()));
            }
        }
    }
}
