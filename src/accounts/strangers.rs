//! Wrong attempts for names that are no account: they rest like accounts, so that nobody learns which names exist.

use super::patience::Failures;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Names that are remembered; the memory of the program, some four megabytes.
const MOST: usize = 65_536;

/// A name as it is kept: people also type passphrases into the field of the name.
type Key = [u8; 16];

/// What is remembered about strangers; a restart forgets it.
#[derive(Default)]
pub(super) struct Strangers {
    seen: Mutex<HashMap<Key, Failures>>,
}

impl Strangers {
    /// The wrong attempts for a name.
    pub(super) fn failures(&self, name: &str) -> Failures {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&key(name)).copied().unwrap_or_default()
    }

    /// Keeps the wrong attempts for a name; where there are too many names, a part of them is forgotten.
    pub(super) fn keep(&self, name: &str, failures: Failures) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            // Those with the fewest attempts go: they are the ones that a flood of names brings.
            let mut attempts: Vec<Failures> = seen.values().copied().collect();
            attempts.sort_unstable_by_key(|failures| failures.rank());
            if let Some(middle) = attempts.get(MOST / 2).map(|failures| failures.rank()) {
                seen.retain(|_, failures| failures.rank() > middle);
            }
        }
        seen.insert(key(name), failures);
    }
}

fn key(name: &str) -> Key {
    let mut key = Key::default();
    key.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_names_does_not_free_the_name_that_was_guessed_often() {
        let strangers = Strangers::default();
        let mut failures = Failures::default();
        (0..10).for_each(|_| failures.book(1000));
        strangers.keep("jo", failures);
        for number in 0..200_000 {
            let mut once = Failures::default();
            once.book(2000);
            strangers.keep(&number.to_string(), once);
        }
        assert_eq!(strangers.failures("jo"), failures);
        assert!(strangers.seen.lock().unwrap().len() <= MOST);
        assert_eq!(strangers.failures("nobody"), Failures::default());
    }
}
