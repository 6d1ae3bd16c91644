//! Passphrases: how they are made, which ones are refused, and how they are kept.

use super::chance;
use crate::model::secret::Secret;
use anyhow::{Result, anyhow, ensure};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

/// Bytes of a passphrase that are looked at; a longer one is wrong.
pub(super) const LONGEST: usize = 1000;

/// Groups of a passphrase that is made here: four of 20 bits.
const GROUPS: usize = 4;

/// The most memory in KiB, passes and lanes that a kept hash may ask for: a damaged file shall not eat the machine.
const MOST: Cost = Cost { memory_kib: 128 * 1024, passes: 10, lanes: 16 };

/// What one look at a passphrase costs with argon2id (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// The second recommended choice of RFC 9106 §4: 64 MiB, three passes, four lanes.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 }
    }
}

impl Cost {
    fn argon2(self) -> Result<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None)
            .map_err(|error| anyhow!("argon2 with {self:?}: {error}"))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// A hash that costs the same and that no passphrase has: 256 bits, all of them zero.
    pub(super) fn nobodys_hash(self) -> String {
        let Self { memory_kib, passes, lanes } = self;
        let (salt, hash) = ("A".repeat(22), "A".repeat(43));
        format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${hash}")
    }
}

/// A new passphrase of 80 bits.
pub(super) fn make() -> Result<Secret<String>> {
    Ok(Secret::new(chance::groups(GROUPS)?))
}

/// Who chose a passphrase; one that was made here may be typed with or without hyphens and capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    Here,
    Person,
}

/// What is kept of a passphrase (PHC string format).
pub(super) fn hash(passphrase: &str, maker: Maker, cost: Cost) -> Result<String> {
    let salt = chance::bytes::<16>()?;
    let hash = cost
        .argon2()?
        .hash_password_with_salt(plain(passphrase, maker).as_bytes(), &salt)
        .map_err(|error| anyhow!("hash the passphrase: {error}"))?;
    Ok(hash.to_string())
}

/// Whether what was typed is the passphrase; the crate compares in constant time. A passphrase that is too long costs
/// as much as any other wrong one.
pub(super) fn fits(typed: &str, maker: Maker, kept: &str) -> bool {
    let right_size = typed.len() <= LONGEST;
    let typed = if right_size { plain(typed, maker) } else { String::new() };
    let fits = parse(kept).is_ok_and(|kept| Argon2::default().verify_password(typed.as_bytes(), &kept).is_ok());
    fits && right_size
}

/// Looks whether a kept hash is one that may be used.
///
/// # Errors
/// When it is no argon2id hash, or asks for too much; the error does not show it.
pub(super) fn check(kept: &str) -> Result<()> {
    parse(kept).map(drop)
}

fn parse(kept: &str) -> Result<PasswordHash> {
    let hash = PasswordHash::new(kept).map_err(|_| anyhow!("the hash of the passphrase is none"))?;
    let params = Params::try_from(&hash).map_err(|_| anyhow!("the hash of the passphrase has odd parameters"))?;
    ensure!(hash.algorithm.as_str() == "argon2id", "the hash of the passphrase is no argon2id");
    ensure!(hash.salt.is_some() && hash.hash.is_some(), "the hash of the passphrase is not whole");
    let bearable =
        params.m_cost() <= MOST.memory_kib && params.t_cost() <= MOST.passes && params.p_cost() <= MOST.lanes;
    ensure!(bearable, "the hash of the passphrase asks for too much");
    Ok(hash)
}

/// The form that is hashed: one that was made here without what people get wrong, any other byte for byte.
fn plain(typed: &str, maker: Maker) -> String {
    match maker {
        Maker::Here => chance::retyped(typed, GROUPS).unwrap_or_else(|| typed.to_owned()),
        Maker::Person => typed.to_owned(),
    }
}

/// Refuses a passphrase of a person that somebody else would try.
///
/// # Errors
/// When it is shorter than twelve characters, longer than 1000 bytes, or little more than words that anybody would try:
/// `known` are the words about this account. The error does not show it.
pub fn objection(passphrase: &str, known: &[&str]) -> Result<()> {
    ensure!(passphrase.chars().count() >= 12, "the passphrase is shorter than 12 characters");
    ensure!(passphrase.len() <= LONGEST, "the passphrase is longer than {LONGEST} bytes");
    ensure!(!passphrase.chars().any(char::is_control), "the passphrase holds a control character");
    let mut rest: String = passphrase.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let mut letters: Vec<char> = rest.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    ensure!(letters.len() >= 5, "the passphrase has fewer than 5 different letters and digits");
    let parts = known.iter().flat_map(|word| word.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase);
    let mut words: Vec<String> = parts.filter(|word| word.chars().count() >= 2).collect();
    words.extend(OBVIOUS.iter().map(|word| (*word).to_owned()));
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &words {
        rest = rest.replace(word.as_str(), "");
    }
    let left = rest.chars().filter(|c| !c.is_numeric()).count();
    ensure!(left >= 4, "the passphrase is little more than words and numbers that anybody would try");
    Ok(())
}

/// Words that are in no good passphrase, in our own choice: what an office, a keyboard and a calendar suggest.
const OBVIOUS: [&str; 44] = [
    "wachtwoord",
    "wachtzin",
    "password",
    "passphrase",
    "passwort",
    "welkom",
    "welcome",
    "geheim",
    "secret",
    "vergadering",
    "vergaderen",
    "meeting",
    "gemeente",
    "gespreksleider",
    "jitsi",
    "meet",
    "admin",
    "beheer",
    "inloggen",
    "login",
    "letmein",
    "qwerty",
    "qwertz",
    "azerty",
    "uiop",
    "asdf",
    "ghjkl",
    "zxcv",
    "abcdefghijklm",
    "abcdef",
    "abcd",
    "ghijkl",
    "raad",
    "test",
    "voorjaar",
    "lente",
    "zomer",
    "herfst",
    "winter",
    "spring",
    "summer",
    "autumn",
    "iloveyou",
    "hallo",
];

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

    #[test]
    fn the_price_is_that_of_the_rfc() {
        assert!(Cost::default().nobodys_hash().starts_with("$argon2id$v=19$m=65536,t=3,p=4$"));
        let kept = hash("abc", Maker::Person, Cost::default()).unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=65536,t=3,p=4$") && kept.len() == Cost::default().nobodys_hash().len()
        );
        assert!(fits("abc", Maker::Person, &kept) && !fits("abd", Maker::Person, &kept));
    }

    #[test]
    fn a_chosen_passphrase_fits_byte_for_byte_and_a_made_one_as_people_type() {
        let kept = hash(" Mijn zin, één! ", Maker::Person, LIGHT).unwrap();
        assert!(fits(" Mijn zin, één! ", Maker::Person, &kept));
        for typed in ["Mijn zin, één!", " mijn zin, één! ", " Mijn zin, e\u{301}e\u{301}n! ", ""] {
            assert!(!fits(typed, Maker::Person, &kept), "{typed}");
        }
        let made = make().unwrap();
        let kept = hash(made.reveal(), Maker::Here, LIGHT).unwrap();
        assert!(fits(&made.reveal().to_uppercase().replace('-', " "), Maker::Here, &kept));
        assert!(!fits(&made.reveal()[1..], Maker::Here, &kept));
    }

    #[test]
    fn the_longest_passphrase_is_a_thousand_bytes() {
        let kept = hash(&"x".repeat(1000), Maker::Person, LIGHT).unwrap();
        assert!(fits(&"x".repeat(1000), Maker::Person, &kept));
        assert!(!fits(&"x".repeat(1001), Maker::Person, &kept));
        let empty = hash("", Maker::Person, LIGHT).unwrap();
        assert!(!fits(&"x".repeat(1001), Maker::Person, &empty), "a long one is not taken for an empty one");
    }

    #[test]
    fn nobodys_hash_fits_nothing_and_odd_hashes_are_refused() {
        let nobody = LIGHT.nobodys_hash();
        check(&nobody).unwrap();
        assert!(!fits("", Maker::Person, &nobody));
        for odd in [
            "",
            "x",
            "$argon2id$",
            "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=4294967295,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=65536,t=4294967295,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert!(check(odd).is_err() && !fits("", Maker::Person, odd), "{odd}");
        }
    }

    #[test]
    fn what_anybody_would_try_is_refused() {
        let known = ["jo.voorbeeld", "vergaderen.voorbeeldstad.nl", "Jo Voorbeeld"];
        for bad in [
            "kort",
            "elfletters1",
            "aaaaaaaaaaaaaaaa",
            "123456789012",
            "Welkom2026!!!!",
            "wachtwoord1234",
            "P-a-s-s-w-o-r-d-123",
            "qwertyuiopasdf",
            "jo.voorbeeld2026",
            "vergaderen.voorbeeldstad.nl",
            "Jo Voorbeeld 12",
            "zomer zomer 2026",
            "a\nbcdefghqxyzw",
            "GemeenteVoorbeeldstad1",
        ] {
            assert!(objection(bad, &known).is_err(), "{bad}");
        }
        for good in ["zeven paarse fietsen", "kT7#vQ9z!mWp2", "bij de brug staat een molen", "één twéé driehonderd"]
        {
            assert!(objection(good, &known).is_ok(), "{good}");
        }
        assert!(objection(&"ab cd ef gh ".repeat(100), &known).is_err());
    }
}
