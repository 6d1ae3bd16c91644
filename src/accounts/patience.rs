//! How long an account rests after wrong attempts, which bounds how often anybody can guess.

use serde::{Deserialize, Serialize};

/// Wrong attempts in a row that cost no waiting.
const FREE: u32 = 5;

/// Wrong attempts in a row after which only `users unlock` helps.
const MOST: u32 = 100;

/// The longest rest in seconds.
const LONGEST: u64 = 15 * 60;

/// Wrong attempts in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failures {
    count: u32,
    /// When the last one was, in seconds since 1970.
    last: u64,
}

impl Failures {
    /// Seconds until the next attempt is looked at; nothing when it is looked at now.
    ///
    /// A locked account looks like one that rests for the longest time, again and again.
    pub(super) fn wait(self, now: u64) -> Option<u64> {
        let passed = now.saturating_sub(self.last);
        if self.is_locked() {
            return Some(LONGEST - passed % LONGEST);
        }
        let doubled = self.count.checked_sub(FREE)?;
        let rest = 1_u64.checked_shl(doubled).map_or(LONGEST, |seconds| seconds.min(LONGEST));
        rest.checked_sub(passed).filter(|seconds| *seconds > 0)
    }

    /// Counts an attempt that is about to be looked at; a right one sets everything back afterwards.
    pub(super) fn book(&mut self, now: u64) {
        self.count = self.count.saturating_add(1).min(MOST);
        self.last = now;
    }

    /// Brings back a moment that a wrong clock put into the future; says whether there was one.
    pub(super) fn heal(&mut self, now: u64) -> bool {
        let ahead = self.last > now;
        self.last = self.last.min(now);
        ahead
    }

    /// What is worth keeping longer is greater: more attempts, then later ones.
    pub(super) fn rank(self) -> (u32, u64) {
        (self.count, self.last)
    }

    /// Whether one attempt was counted.
    pub(super) fn is_first(self) -> bool {
        self.count == 1
    }

    /// Whether only `users unlock` helps.
    pub(super) fn is_locked(self) -> bool {
        self.count >= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_attempts_are_free_then_the_rest_doubles_up_to_a_quarter_of_an_hour() {
        let mut failures = Failures::default();
        let mut rests = Vec::new();
        for _ in 0..20 {
            rests.push(failures.wait(1000).unwrap_or(0));
            failures.book(1000);
        }
        assert_eq!(rests, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]);
        assert_eq!(failures.wait(1899), Some(1));
        assert_eq!(failures.wait(1900), None);
    }

    #[test]
    fn a_locked_account_seems_to_rest_for_ever() {
        let mut failures = Failures::default();
        for _ in 0..MOST {
            assert!(!failures.is_locked());
            failures.book(1000);
        }
        assert!(failures.is_locked());
        let seen: Vec<_> = [1000, 1001, 1899, 1900, 2_000_000_000].map(|now| failures.wait(now)).to_vec();
        assert!(seen.iter().all(|seconds| seconds.is_some_and(|seconds| (1..=900).contains(&seconds))), "{seen:?}");
    }

    #[test]
    fn a_clock_that_was_ahead_locks_nobody_out() {
        let mut failures = Failures { count: 9, last: 4_000_000_000 };
        assert!(failures.heal(1000));
        assert_eq!((failures.wait(1000), failures.wait(1016)), (Some(16), None));
        assert!(!failures.heal(1001));
    }
}
