//! How often one line may guess wrong: some twenty times, and then ever more slowly. In memory alone, and for five hours at most.

use super::prefix::Prefix;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// Wrong attempts without any wait: fifty people in one town hall mistype about that often.
const FREE: u32 = 20;
/// The first wait; each further wrong attempt doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// No wait is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// After so much time one wrong attempt is forgotten.
pub(super) const FORGET_ONE: Duration = Duration::from_secs(600);
/// Lines that are remembered; the one that was quiet for longest goes first.
const MOST_LINES: usize = 50_000;

/// The wrong attempts of each line. All times count from one point that the caller chose.
#[derive(Default)]
pub(super) struct Limit {
    lines: HashMap<Prefix, Line>,
    order: BTreeMap<u64, Prefix>,
    next: u64,
}

/// What is known of a line.
#[derive(Clone, Copy)]
struct Line {
    wrong: u32,
    last: Duration,
    forgotten_until: Duration,
    place: u64,
}

/// An attempt that counts as wrong until it is given back.
pub(super) struct Ticket {
    prefix: Prefix,
    taken: Duration,
    before: Duration,
}

impl Limit {
    /// Counts an attempt as wrong before it is judged, so that many at once are not more than one after another.
    ///
    /// # Errors
    /// The time to wait, where the line may not try now; then nothing is counted.
    pub(super) fn take(&mut self, prefix: Prefix, now: Duration) -> Result<Ticket, Duration> {
        let mut line = self.line(prefix, now);
        let open = line.last + wait(line.wrong);
        if now < open {
            return Err(open - now);
        }
        let ticket = Ticket { prefix, taken: now, before: line.last };
        line.wrong += 1;
        line.last = now;
        self.keep(prefix, line);
        Ok(ticket)
    }

    /// The attempt was right after all, or was not judged.
    pub(super) fn give_back(&mut self, ticket: &Ticket) {
        let Some(line) = self.lines.get_mut(&ticket.prefix) else { return };
        line.wrong = line.wrong.saturating_sub(1);
        if line.last == ticket.taken {
            line.last = ticket.before;
        }
        if line.wrong == 0 {
            self.forget(ticket.prefix);
        }
    }

    /// Forgets the lines of which nothing is left to count.
    pub(super) fn sweep(&mut self, now: Duration) {
        let gone: Vec<_> = self.lines.keys().filter(|prefix| self.line(**prefix, now).wrong == 0).copied().collect();
        gone.into_iter().for_each(|prefix| self.forget(prefix));
    }

    fn forget(&mut self, prefix: Prefix) {
        if let Some(line) = self.lines.remove(&prefix) {
            self.order.remove(&line.place);
        }
    }

    /// The line as it is now, with what time has forgotten.
    fn line(&self, prefix: Prefix, now: Duration) -> Line {
        let fresh = Line { wrong: 0, last: Duration::ZERO, forgotten_until: now, place: 0 };
        let Some(mut line) = self.lines.get(&prefix).copied() else { return fresh };
        let gone = now.saturating_sub(line.forgotten_until).as_secs() / FORGET_ONE.as_secs();
        line.wrong = line.wrong.saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX));
        line.forgotten_until = match line.wrong {
            0 => now,
            _ => line.forgotten_until + Duration::from_secs(gone * FORGET_ONE.as_secs()),
        };
        line
    }

    fn keep(&mut self, prefix: Prefix, mut line: Line) {
        if let Some(old) = self.lines.get(&prefix) {
            self.order.remove(&old.place);
        } else if self.lines.len() >= MOST_LINES
            && let Some((_, quiet)) = self.order.pop_first()
        {
            self.lines.remove(&quiet);
        }
        line.place = self.next;
        self.order.insert(self.next, prefix);
        self.next += 1;
        self.lines.insert(prefix, line);
    }
}

/// How long a line waits after its last attempt.
fn wait(wrong: u32) -> Duration {
    match wrong.checked_sub(FREE) {
        None | Some(0) => Duration::ZERO,
        Some(over) => LONGEST_WAIT.min(FIRST_WAIT * 2_u32.pow((over - 1).min(10))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    fn line(number: u32) -> Prefix {
        Prefix::V4(number << 4)
    }

    /// Guesses once a second and says how many were let through.
    fn guesses(limit: &mut Limit, prefix: Prefix, seconds: std::ops::Range<u64>) -> usize {
        seconds.filter(|second| limit.take(prefix, Duration::from_secs(*second)).is_ok()).count()
    }

    #[test]
    fn a_guesser_gets_some_dozen_guesses_in_an_hour_and_few_after_that() {
        let mut limit = Limit::default();
        assert_eq!(guesses(&mut limit, line(1), 0..HOUR), 30);
        let day: Vec<usize> =
            (1..24).map(|hour| guesses(&mut limit, line(1), hour * HOUR..(hour + 1) * HOUR)).collect();
        assert!(day.iter().all(|guesses| *guesses <= 8), "{day:?}");
    }

    #[test]
    fn many_at_once_are_not_more_than_one_after_another() {
        let mut limit = Limit::default();
        let taken = (0..10_000).filter(|_| limit.take(line(1), Duration::from_secs(5)).is_ok()).count();
        assert_eq!(taken, FREE as usize + 1);
    }

    #[test]
    fn right_attempts_do_not_count() {
        let mut limit = Limit::default();
        for _ in 0..10_000 {
            let ticket = limit.take(line(1), Duration::from_secs(5)).map_err(|wait| wait.as_secs()).unwrap();
            limit.give_back(&ticket);
        }
    }

    #[test]
    fn a_right_attempt_neither_lengthens_nor_ends_a_wait() {
        let mut limit = Limit::default();
        assert_eq!(guesses(&mut limit, line(1), 0..30), 21);
        let open = Duration::from_secs(20 + 60);
        assert!(limit.take(line(1), open - Duration::from_secs(1)).is_err());
        let ticket = limit.take(line(1), open).map_err(|wait| wait.as_secs()).unwrap();
        limit.give_back(&ticket);
        assert!(limit.take(line(1), open).is_ok());
        assert_eq!(limit.take(line(1), open).err(), Some(Duration::from_secs(120)));
    }

    #[test]
    fn a_town_hall_logs_in_within_minutes_although_people_mistype() {
        let mut limit = Limit::default();
        for host in 0..50 {
            let now = Duration::from_secs(host * 3);
            if host % 3 == 0 {
                assert!(limit.take(line(1), now).is_ok(), "the {host}th mistypes");
            }
            let ticket = limit.take(line(1), now).map_err(|wait| (host, wait)).unwrap();
            limit.give_back(&ticket);
        }
    }

    #[test]
    fn lines_do_not_wait_for_each_other() {
        let mut limit = Limit::default();
        assert_eq!(guesses(&mut limit, line(1), 0..40), 21);
        assert_eq!(guesses(&mut limit, line(2), 40..60), 20);
        assert_eq!(guesses(&mut limit, Prefix::Unknown, 40..60), 20);
    }

    #[test]
    fn a_right_attempt_leaves_no_line_and_a_wrong_one_is_forgotten() {
        let mut limit = Limit::default();
        let ticket = limit.take(line(1), Duration::ZERO).map_err(|wait| wait.as_secs()).unwrap();
        limit.give_back(&ticket);
        assert!(limit.lines.is_empty() && limit.order.is_empty());
        assert!(limit.take(line(1), Duration::ZERO).is_ok());
        limit.sweep(FORGET_ONE - Duration::from_secs(1));
        assert_eq!(limit.lines.len(), 1);
        limit.sweep(FORGET_ONE);
        assert!(limit.lines.is_empty() && limit.order.is_empty());
    }

    #[test]
    fn whoever_guessed_for_a_month_is_forgotten_in_five_hours() {
        let mut limit = Limit::default();
        let month = 30 * 24;
        for hour in 0..month {
            guesses(&mut limit, line(1), hour * HOUR..(hour + 1) * HOUR);
            assert!(limit.lines[&line(1)].wrong <= 28, "while it waits an hour, six are forgotten");
        }
        limit.sweep(Duration::from_secs((month + 1) * HOUR));
        assert_eq!(limit.lines.len(), 1);
        limit.sweep(Duration::from_secs((month + 5) * HOUR) - FORGET_ONE);
        assert!(limit.lines.is_empty() && limit.order.is_empty());
    }

    #[test]
    fn memory_is_bounded_and_the_quiet_go_first() {
        let mut limit = Limit::default();
        assert_eq!(guesses(&mut limit, line(0), 0..40), 21);
        let many = u32::try_from(MOST_LINES).unwrap();
        for number in 1..many {
            assert!(limit.take(line(number), Duration::from_secs(41)).is_ok());
        }
        assert!(limit.take(line(0), Duration::from_secs(42)).is_err());
        for number in many..many + 10 {
            assert!(limit.take(line(number), Duration::from_secs(43)).is_ok());
        }
        assert_eq!((limit.lines.len(), limit.order.len()), (MOST_LINES, MOST_LINES));
        assert!(limit.take(line(0), Duration::from_secs(44)).is_ok(), "it was quiet for longest");
    }
}
