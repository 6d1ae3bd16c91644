//! Random names, keys, passphrases and codes, from the kernel.

use anyhow::{Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Crockford's base 32 in lower case: no `i`, `l`, `o`, `u`, so nobody mistakes one sign for another.
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The alphabet of keys for authenticator apps (RFC 4648 §6).
const KEY_SIGNS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Random bytes.
pub(super) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(bytes)
}

/// Groups of four signs with hyphens between them: 20 bits a group.
pub(super) fn groups(count: usize) -> Result<String> {
    let groups: Result<Vec<String>> = (0..count).map(|_| Ok(signs(&bytes::<4>()?, SIGNS))).collect();
    Ok(groups?.join("-"))
}

/// The key of an authenticator app: 160 bits (RFC 4226 §4, R6).
pub(super) fn app_key() -> Result<String> {
    Ok(signs(&bytes::<32>()?, KEY_SIGNS))
}

/// 256 bits for a cookie.
pub(super) fn cookie() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// 96 bits that stand for a person.
pub(super) fn id() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<12>()?))
}

/// What was typed in the place of so many groups, as it was made: capitals, spaces, other hyphens and the letters that
/// look like `0` and `1` do not matter. Nothing where it is something else.
pub(super) fn retyped(typed: &str, count: usize) -> Option<String> {
    let mut plain = String::with_capacity(4 * count);
    for letter in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2014}')) {
        let sign = match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        if plain.len() >= 4 * count || !sign.is_ascii() || !SIGNS.contains(&(sign as u8)) {
            return None;
        }
        plain.push(sign);
    }
    (plain.len() == 4 * count).then_some(plain)
}

/// One sign a byte; 256 is a multiple of 32, so each sign is equally likely.
fn signs(bytes: &[u8], signs: &[u8; 32]) -> String {
    bytes.iter().map(|byte| char::from(signs[usize::from(byte & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_sign_is_as_likely_as_every_other() {
        let mut seen: BTreeMap<char, u32> = BTreeMap::new();
        let mut different = BTreeSet::new();
        for _ in 0..4000 {
            let made = groups(4).unwrap();
            assert_eq!((made.len(), made.split('-').count()), (19, 4));
            made.chars().filter(|c| *c != '-').for_each(|c| *seen.entry(c).or_default() += 1);
            different.insert(made);
        }
        let signs: String = seen.keys().collect();
        assert_eq!(signs.as_bytes(), SIGNS);
        // 64,000 signs, 2,000 of each expected; eight standard deviations are 352.
        assert!(seen.values().all(|count| (1648..=2352).contains(count)), "{seen:?}");
        assert_eq!(different.len(), 4000);
    }

    #[test]
    fn groups_may_be_typed_as_people_type() {
        let wanted = Some("0123456789abcdeh".to_owned());
        for typed in ["0123-4567-89ab-cdeh", "0123456789ABCDEH", "oI23-4567-89ab-cdeh", " OL23 4567\t89AB\u{2013}CDEH"]
        {
            assert_eq!(retyped(typed, 4), wanted, "{typed}");
        }
        for typed in ["", "0123-4567-89ab-cde", "0123-4567-89ab-cdeh-0", "0123-4567-89ab-cdeu", "0123-4567-89ab-cdé1"]
        {
            assert_eq!(retyped(typed, 4), None, "{typed}");
        }
        assert_eq!(retyped(&"0".repeat(1_000_000), 4), None);
    }

    #[test]
    fn keys_and_cookies_have_their_length() {
        assert_eq!((app_key().unwrap().len(), cookie().unwrap().len(), id().unwrap().len()), (32, 43, 16));
    }
}
