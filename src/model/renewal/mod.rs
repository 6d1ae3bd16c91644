//! When a certificate is renewed, and when an attempt that failed is made again. All times are seconds since 1970.

pub mod units;

use serde::{Deserialize, Serialize};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Its first second.
    pub not_before: i64,
    /// Its last second.
    pub not_after: i64,
}

impl Lifetime {
    fn seconds(self) -> i64 {
        self.not_after.saturating_sub(self.not_before).max(0)
    }

    /// Between two renewals at least.
    fn spacing(self) -> i64 {
        (self.seconds() / 3).min(SPACING)
    }

    /// Whether the certificates of a week are counted.
    fn is_counted(self) -> bool {
        self.seconds() >= COUNTED
    }

    /// When it is due at the latest: when only a third of it is left, as Let's Encrypt advises for certificates of 90 days. Where
    /// the looks of that time would be few, it is due sooner, but not before a third of it is over. What is so short that looks
    /// twice a day come too late anyway has its last third all the same: somebody else wakes that host.
    pub fn due(self) -> i64 {
        let seconds = self.seconds();
        let looks = if seconds > LOOKS_APART { (3 * LOOKS_APART).min(seconds / 3 * 2) } else { 0 };
        self.not_after.saturating_sub(looks.max(seconds / 3))
    }

    /// Whether so little is left that a failure may cost the certificate: less than a quarter.
    pub fn is_scarce(self, now: i64) -> bool {
        self.leaves_less_than(4, now)
    }

    /// Whether less than a tenth is left: something keeps it from being renewed, whether anybody noticed or not.
    pub fn is_nearly_over(self, now: i64) -> bool {
        self.leaves_less_than(10, now)
    }

    fn leaves_less_than(self, part: i64, now: i64) -> bool {
        self.not_after.saturating_sub(now).saturating_mul(part) < self.seconds()
    }
}

/// A moment as people read it, such as `2026-03-01 10:00 UTC`.
pub fn moment(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds);
    time.map_or_else(|_| "a far day".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// When the authority would like the certificate to be renewed (RFC 9773 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its first second.
    pub start: i64,
    /// Its last second.
    pub end: i64,
}

impl Window {
    /// The moment in it at this share of its length, of 256: hosts spread over the window, and each keeps to its own moment.
    fn moment(self, share: u8) -> i64 {
        let length = self.end.saturating_sub(self.start).max(0);
        self.start.saturating_add(length / 256 * i64::from(share))
    }
}

/// The attempts so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attempts {
    /// How many have failed since the last that did not.
    pub failures: u32,
    /// When the last one began that failed; nothing after one that did not.
    pub failed: Option<i64>,
    /// When the last one succeeded.
    pub succeeded: Option<i64>,
    /// Before when the authority does not want to be asked again.
    pub not_before: Option<i64>,
    /// When the authority signed, the latest first; also where the certificate was not put in force afterwards.
    #[serde(default)]
    pub signed: [Option<i64>; WEEKLY],
}

impl Attempts {
    /// These attempts as a clock sees them: what lies in its future was written down under a clock that was wrong.
    fn seen_at(self, now: i64) -> Self {
        let latest = now.saturating_add(5 * MINUTE);
        let past = |moment: &i64| *moment <= latest;
        let failed = self.failed.filter(past);
        Self {
            failures: if failed.is_some() { self.failures } else { 0 },
            failed,
            succeeded: self.succeeded.filter(past),
            not_before: failed
                .and_then(|failed| self.not_before.map(|moment| moment.min(failed.saturating_add(LONGEST_BAN)))),
            signed: self.signed.map(|moment| moment.filter(past)),
        }
    }

    /// After an attempt that succeeded.
    #[must_use]
    pub fn after_success(self, now: i64) -> Self {
        Self { succeeded: Some(now), signed: self.seen_at(now).signing(now), ..Self::default() }
    }

    /// After a rehearsal at the authority itself, which signed a certificate that nobody uses.
    #[must_use]
    pub fn after_rehearsal(self, now: i64) -> Self {
        Self { signed: self.seen_at(now).signing(now), ..self }
    }

    /// After an attempt that failed; the authority may have said when to come back.
    #[must_use]
    pub fn after_failure(self, now: i64, not_before: Option<i64>) -> Self {
        let seen = self.seen_at(now);
        Self { failures: seen.failures.saturating_add(1), failed: Some(now), not_before, ..seen }
    }

    /// After an attempt that failed although the authority had signed: it counts that as a certificate all the same.
    #[must_use]
    pub fn after_failure_with_certificate(self, now: i64) -> Self {
        let seen = self.seen_at(now);
        Self { signed: seen.signing(now), ..seen.after_failure(now, None) }
    }

    fn signing(self, now: i64) -> [Option<i64>; WEEKLY] {
        let mut signed = self.signed;
        signed.rotate_right(1);
        if let Some(latest) = signed.first_mut() {
            *latest = Some(now);
        }
        signed
    }

    /// Until when the authority does not want to be asked again; nothing where it may be asked now.
    pub fn banned(self, now: i64) -> Option<i64> {
        self.seen_at(now).not_before.filter(|moment| *moment > now)
    }

    /// Until when no certificate can be spared for a rehearsal, because the last of the week is a renewal's; nothing where one
    /// can.
    pub fn spared(self, lifetime: Lifetime, now: i64) -> Option<i64> {
        self.seen_at(now).fewer(WEEKLY - 1, lifetime).filter(|moment| *moment > now)
    }

    /// When fewer than so many were signed within a week; nothing where it is so, or where nobody counts.
    fn fewer(self, many: usize, lifetime: Lifetime) -> Option<i64> {
        let signed = self.signed.get(many.checked_sub(1)?).copied().flatten().filter(|_| lifetime.is_counted())?;
        Some(signed.saturating_add(7 * DAY))
    }

    /// After a look at a certificate that is not due: old failures are over. A young one still counts, so that nobody who
    /// moves a window to and fro gets more attempts, and so does one after which the authority wants to be left alone.
    #[must_use]
    pub fn at_rest(self, now: i64) -> Self {
        let seen = self.seen_at(now);
        match seen.failed {
            Some(failed) if failed.saturating_add(DAY) > now || seen.banned(now).is_some() => seen,
            _ => Self { succeeded: seen.succeeded, signed: seen.signed, ..Self::default() },
        }
    }

    /// The earliest moment for another attempt.
    fn earliest(self, lifetime: Lifetime) -> i64 {
        let failed = self.failed.map(|failed| failed.saturating_add(self.pause(lifetime)));
        let succeeded = self.succeeded.map(|last| last.saturating_add(lifetime.spacing()));
        let weekly = self.fewer(WEEKLY, lifetime);
        [failed, succeeded, weekly, self.not_before].into_iter().flatten().max().unwrap_or(i64::MIN)
    }

    /// How long to wait after so many failures in a row: four times as long each time, so that there are four attempts at most
    /// in the first hour, and fewer later (Let's Encrypt: five failed validations of a name in an hour, one more every twelve
    /// minutes). With a look every 18 hours at the latest, an authority that works for a day is met.
    fn pause(self, lifetime: Lifetime) -> i64 {
        let first = (lifetime.seconds() / 150).clamp(MINUTE, HOUR);
        let times = 4_i64.saturating_pow(self.failures.saturating_sub(1));
        let pause = first.saturating_mul(times).min(LONGEST_PAUSE);
        // What was signed in vain is lost from the week's certificates.
        let in_vain = self.failed.is_some() && self.signed.first().copied().flatten() == self.failed;
        if in_vain && lifetime.is_counted() { pause.max(IN_VAIN) } else { pause }
    }
}

/// Certificates of one set of names that a host asks for in seven days at most: fewer than the five that Let's Encrypt gives
/// (letsencrypt.org/docs/rate-limits, "per exact set of identifiers"), so that one is left for an operator.
pub const WEEKLY: usize = 4;
/// An authority that bans for longer than this is asked again all the same.
const LONGEST_BAN: i64 = 7 * DAY;
const LONGEST_PAUSE: i64 = 6 * HOUR;
const IN_VAIN: i64 = 12 * HOUR;
/// Between two looks of `vc4all-renew.timer`.
const LOOKS_APART: i64 = 12 * HOUR;
/// Between two renewals at least, whatever the authority asks for and whatever the clock says.
const SPACING: i64 = 2 * DAY;
/// An authority of certificates that are shorter has to give more of them in a week.
const COUNTED: i64 = 5 * DAY;

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Renew, for this reason.
    Renew(Reason),
    /// Leave it until then.
    Wait(i64),
    /// The clock says that the certificate is not valid yet; with such a clock nothing is decided.
    ClockBehind,
}

/// Why a certificate is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The authority asks for it.
    Asked,
    /// Little of its lifetime is left ([`Lifetime::due`]).
    Ending,
}

/// Decides at `now`. `share` is this host's own, of 256, and the same for one certificate at any time.
///
/// The last third counts also where the authority gives a window: one that is too late, or a mistake, costs nobody the
/// certificate.
pub fn decide(now: i64, lifetime: Lifetime, window: Option<Window>, share: u8, attempts: Attempts) -> Decision {
    if now.saturating_add(HOUR) < lifetime.not_before {
        return Decision::ClockBehind;
    }
    let attempts = attempts.seen_at(now);
    let asked = window.map_or(i64::MAX, |window| window.moment(share));
    let due = asked.min(lifetime.due());
    let next = due.max(attempts.earliest(lifetime));
    if next > now {
        return Decision::Wait(next);
    }
    Decision::Renew(if lifetime.due() <= now { Reason::Ending } else { Reason::Asked })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BORN: i64 = 1_800_000_000;
    const NINETY: Lifetime = Lifetime { not_before: BORN, not_after: BORN + 90 * DAY };
    const SIX: Lifetime = Lifetime { not_before: BORN, not_after: BORN + 6 * DAY };
    const NONE: Attempts =
        Attempts { failures: 0, failed: None, succeeded: None, not_before: None, signed: [None; WEEKLY] };

    #[test]
    fn without_a_window_the_last_third_counts_or_three_looks() {
        let of = |hours| Lifetime { not_before: BORN, not_after: BORN + hours * HOUR };
        let short = [(of(72), 36), (of(24), 8), (of(12), 8), (of(3), 2)].map(|(of, due)| (of, BORN + due * HOUR));
        for (lifetime, due) in [(NINETY, BORN + 60 * DAY), (SIX, BORN + 4 * DAY)].into_iter().chain(short) {
            assert_eq!(decide(due - 1, lifetime, None, 0, NONE), Decision::Wait(due));
            assert_eq!(decide(due, lifetime, None, 0, NONE), Decision::Renew(Reason::Ending));
        }
    }

    #[test]
    fn hosts_spread_over_the_window_and_keep_to_their_moment() {
        let window = Some(Window { start: BORN + 50 * DAY, end: BORN + 52 * DAY });
        assert_eq!(decide(BORN, NINETY, window, 0, NONE), Decision::Wait(BORN + 50 * DAY));
        assert_eq!(decide(BORN, NINETY, window, 128, NONE), Decision::Wait(BORN + 51 * DAY));
        assert_eq!(decide(BORN + 51 * DAY, NINETY, window, 128, NONE), Decision::Renew(Reason::Asked));
    }

    #[test]
    fn a_window_that_moved_into_the_past_is_now() {
        let window = Some(Window { start: BORN - DAY, end: BORN });
        assert_eq!(decide(BORN + DAY, NINETY, window, 255, NONE), Decision::Renew(Reason::Asked));
    }

    #[test]
    fn an_authority_that_always_asks_is_heard_every_other_day() {
        let window = Some(Window { start: BORN, end: BORN });
        let renewed = NONE.after_success(BORN + 10 * DAY);
        assert_eq!(decide(BORN + 11 * DAY, NINETY, window, 0, renewed), Decision::Wait(BORN + 12 * DAY));
    }

    #[test]
    fn a_window_that_is_too_late_costs_nobody_the_certificate() {
        for end in [BORN + 95 * DAY, i64::MAX] {
            let window = Some(Window { start: BORN + 89 * DAY, end });
            assert_eq!(decide(BORN + 60 * DAY, NINETY, window, 9, NONE), Decision::Renew(Reason::Ending));
        }
        let turned = Some(Window { start: i64::MAX, end: i64::MIN });
        assert_eq!(decide(BORN + 60 * DAY, NINETY, turned, 9, NONE), Decision::Renew(Reason::Ending));
    }

    #[test]
    fn each_failure_waits_four_times_as_long_up_to_six_hours() {
        let due = BORN + 60 * DAY;
        let mut attempts = NONE;
        for hours in [1, 4, 6, 6] {
            attempts = attempts.after_failure(due, None);
            assert_eq!(decide(due, NINETY, None, 0, attempts), Decision::Wait(due + hours * HOUR));
        }
    }

    #[test]
    fn what_was_signed_in_vain_counts_for_the_week() {
        let due = BORN + 60 * DAY;
        let mut attempts = NONE;
        for number in 0..4 {
            let now = due + number * 12 * HOUR;
            assert_eq!(decide(now, NINETY, None, 0, attempts), Decision::Renew(Reason::Ending));
            attempts = attempts.after_failure_with_certificate(now);
        }
        assert_eq!(decide(due + 2 * DAY, NINETY, None, 0, attempts), Decision::Wait(due + 7 * DAY));
        let minutes = Lifetime { not_before: due, not_after: due + 6 * MINUTE };
        assert_eq!(decide(due + 2 * DAY, minutes, None, 0, attempts), Decision::Renew(Reason::Ending));
    }

    #[test]
    fn the_last_certificate_of_a_week_is_spared_for_no_rehearsal() {
        let mut attempts = NONE.after_success(BORN);
        for hours in [1, 2] {
            assert_eq!(attempts.spared(NINETY, BORN + hours * HOUR), None);
            attempts = attempts.after_rehearsal(BORN + hours * HOUR);
        }
        assert_eq!(attempts.spared(NINETY, BORN + 3 * HOUR), Some(BORN + 7 * DAY));
        assert_eq!(attempts.spared(NINETY, BORN + 7 * DAY), None);
        assert_eq!(attempts.spared(Lifetime { not_after: BORN + HOUR, ..NINETY }, BORN + 3 * HOUR), None);
    }

    #[test]
    fn a_new_certificate_that_looks_old_is_not_renewed_at_once() {
        let ahead = BORN + 80 * DAY;
        let renewed = NONE.after_success(ahead);
        assert_eq!(decide(ahead + HOUR, NINETY, None, 0, renewed), Decision::Wait(ahead + 2 * DAY));
    }

    #[test]
    fn an_authority_that_bans_is_left_alone_for_a_week_at_most() {
        let due = BORN + 60 * DAY;
        let banned = NONE.after_failure(due, Some(due + 3 * DAY));
        assert_eq!(decide(due + HOUR, NINETY, None, 0, banned), Decision::Wait(due + 3 * DAY));
        let absurd = NONE.after_failure(due, Some(i64::MAX));
        for days in [0, 6] {
            assert_eq!(decide(due + days * DAY, NINETY, None, 0, absurd), Decision::Wait(due + 7 * DAY));
        }
    }

    #[test]
    fn what_a_wrong_clock_wrote_down_binds_nobody() {
        let due = BORN + 60 * DAY;
        let ahead = NONE.after_failure(due + 300 * DAY, Some(due + 301 * DAY));
        assert_eq!(decide(due, NINETY, None, 0, ahead), Decision::Renew(Reason::Ending));
        assert_eq!(decide(BORN - DAY, NINETY, None, 0, NONE), Decision::ClockBehind);
    }

    #[test]
    fn old_failures_are_over_when_nothing_is_due() {
        let failed = NONE.after_success(BORN).after_failure(BORN + DAY, Some(BORN + 3 * DAY));
        assert_eq!(failed.at_rest(BORN + DAY + HOUR), failed);
        assert_eq!(failed.at_rest(BORN + 2 * DAY), failed);
        assert_eq!(failed.at_rest(BORN + 3 * DAY), NONE.after_success(BORN));
        let plain = NONE.after_success(BORN).after_failure(BORN + DAY, None);
        assert_eq!(plain.at_rest(BORN + 2 * DAY), NONE.after_success(BORN));
        assert_eq!(failed.banned(BORN + 2 * DAY), Some(BORN + 3 * DAY));
        assert_eq!((failed.banned(BORN + 3 * DAY), NONE.banned(BORN)), (None, None));
    }

    #[test]
    fn absurd_dates_do_not_overflow() {
        let absurd = Lifetime { not_before: i64::MAX, not_after: i64::MIN };
        assert_eq!(
            decide(i64::MAX, absurd, None, 255, NONE.after_failure(i64::MIN, None)),
            Decision::Renew(Reason::Ending)
        );
        assert_eq!(decide(0, absurd, None, 255, NONE), Decision::ClockBehind);
    }
}
