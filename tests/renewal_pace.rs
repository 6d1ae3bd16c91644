//! Renewals by a mad timer, at authorities and under clocks of any kind: no limit of Let's Encrypt is ever met, and who works for a
//! day is met in time. Each life is made from a number; a life that fails names it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

use vc4all_deploy::model::renewal::{Attempts, Decision, Lifetime, Window, decide};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const BORN: i64 = 1_900_000_000;
/// As Let's Encrypt issues them, and as it has announced.
const LIFETIMES: [i64; 5] = [6 * DAY, 160 * HOUR, 45 * DAY, 64 * DAY, 90 * DAY];

/// What comes of an attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    /// A certificate that is put in force.
    Good,
    /// A proof that the authority does not find.
    Unproven,
    /// An authority that cannot be reached, or refuses, before it looks at any name.
    Refused,
    /// A busy authority that says when to come back, sensibly or not.
    Banned(i64),
    /// A certificate that the servers do not take.
    InVain,
}

/// Chance from a number (splitmix64, as Steele, Lea and Flood published it).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn among(&mut self, from: i64, to: i64) -> i64 {
        from + self.below(to - from + 1)
    }

    fn one_in(&mut self, many: i64) -> bool {
        self.below(many) == 0
    }
}

/// What life is like.
#[derive(Debug, Clone, Copy)]
struct Manner {
    /// How long certificates are good.
    lifetime: i64,
    /// The longest time between two looks.
    gap: i64,
    /// Of a hundred attempts, how many get a certificate that is put in force.
    good: i64,
    /// Whether the servers ever refuse a certificate.
    in_vain: bool,
    /// Whether the clock jumps, once a week at most.
    jumps: bool,
    /// Whether somebody lets the host rehearse now and then, at the authority itself.
    rehearses: bool,
}

/// One host, from its first certificate on; `real` is the time that passes, `skew` what its clock makes of it.
struct Life {
    chance: Chance,
    manner: Manner,
    real: i64,
    skew: i64,
    jumped: i64,
    held: Lifetime,
    attempts: Attempts,
    unproven: Vec<i64>,
    orders: Vec<i64>,
    signed: Vec<i64>,
}

impl Life {
    fn of(number: u64, manner: Manner) -> Self {
        let held = Lifetime { not_before: BORN, not_after: BORN + manner.lifetime };
        let attempts = Attempts::default().after_success(BORN);
        let (unproven, orders, signed) = (Vec::new(), vec![BORN], vec![BORN]);
        let chance = Chance(number);
        Self { chance, manner, real: BORN, skew: 0, jumped: BORN, held, attempts, unproven, orders, signed }
    }

    fn clock(&self) -> i64 {
        self.real + self.skew
    }

    /// Lets time pass until the next look, and perhaps the clock jump.
    fn pass(&mut self) {
        let longest = if self.chance.one_in(2) { self.manner.gap } else { self.manner.gap.min(10 * MINUTE) };
        self.real += self.chance.among(MINUTE.min(longest), longest);
        if self.manner.jumps && self.real - self.jumped > 7 * DAY && self.chance.one_in(20) {
            self.jumped = self.real;
            let far = [HOUR, DAY, 10 * DAY, 400 * DAY][usize::try_from(self.chance.below(4)).unwrap()];
            self.skew = self.chance.among(-far, far);
        }
    }

    /// Advice of any kind: none, sensible, moved into the past, too late, or absurd.
    fn window(&mut self) -> Option<Window> {
        let held = self.held;
        let any =
            |chance: &mut Chance| [i64::MIN, i64::MAX, 0, held.not_before][usize::try_from(chance.below(4)).unwrap()];
        match self.chance.below(5) {
            0 => None,
            1 => Some(Window { start: held.due() - DAY, end: held.due() }),
            2 => Some(Window { start: held.not_before - DAY, end: held.not_before }),
            3 => Some(Window { start: held.not_after, end: held.not_after + DAY }),
            _ => Some(Window { start: any(&mut self.chance), end: any(&mut self.chance) }),
        }
    }

    fn outcome(&mut self) -> Outcome {
        if self.chance.below(100) < self.manner.good {
            return Outcome::Good;
        }
        match self.chance.below(10) {
            0 => Outcome::Banned(self.clock() + self.chance.among(-DAY, 20 * DAY)),
            1 => Outcome::Banned(i64::MAX),
            2 | 3 => Outcome::Refused,
            4..=6 if self.manner.in_vain => Outcome::InVain,
            _ => Outcome::Unproven,
        }
    }

    /// One look, and what follows from it; `works` says that nothing goes wrong.
    fn look(&mut self, works: bool) {
        let (now, window) = (self.clock(), self.window());
        let share = u8::try_from(self.chance.below(256)).unwrap();
        if !matches!(decide(now, self.held, window, share, self.attempts), Decision::Renew(_)) {
            return;
        }
        self.orders.push(self.real);
        match if works { Outcome::Good } else { self.outcome() } {
            Outcome::Good => {
                self.signed.push(self.real);
                // By the authority's clock, which is right; it dates back by an hour what is good for longer than a day.
                let not_before = if self.manner.lifetime > DAY { self.real - HOUR } else { self.real };
                self.held = Lifetime { not_before, not_after: not_before + self.manner.lifetime };
                self.attempts = self.attempts.after_success(now);
            }
            Outcome::InVain => {
                self.signed.push(self.real);
                self.attempts = self.attempts.after_failure_with_certificate(now);
            }
            Outcome::Unproven => {
                self.unproven.push(self.real);
                self.attempts = self.attempts.after_failure(now, None);
            }
            Outcome::Refused => self.attempts = self.attempts.after_failure(now, None),
            Outcome::Banned(until) => self.attempts = self.attempts.after_failure(now, Some(until)),
        }
    }

    /// A rehearsal, where there is anything to rehearse with.
    fn rehearse(&mut self) {
        let now = self.clock();
        if self.attempts.banned(now).is_none() && self.attempts.spared(self.held, now).is_none() {
            self.orders.push(self.real);
            self.signed.push(self.real);
            self.attempts = self.attempts.after_rehearsal(now);
        }
    }

    fn live(&mut self, days: i64) {
        while self.real < BORN + days * DAY {
            self.pass();
            self.look(false);
            if self.manner.rehearses && self.chance.one_in(9) {
                self.rehearse();
            }
        }
    }
}

/// The most moments that fall into any stretch of this length.
fn most(moments: &[i64], length: i64) -> usize {
    let within = |first: &i64| moments.iter().filter(|moment| **moment >= *first && **moment < first + length).count();
    moments.iter().map(within).max().unwrap_or(0)
}

/// Lives of each manner; every limit of Let's Encrypt (letsencrypt.org/docs/rate-limits) with what may happen at most.
fn lives(jumps: bool, in_vain: bool, each: impl Fn(&Life, &str)) {
    let mut number = 0;
    for lifetime in LIFETIMES {
        for gap in [MINUTE, HOUR, 18 * HOUR, 10 * DAY] {
            for good in [0, 10, 50, 100] {
                for _ in 0..3 {
                    number += 1;
                    let manner = Manner { lifetime, gap, good, in_vain, jumps, rehearses: !jumps };
                    let mut life = Life::of(number, manner);
                    // A minute's looks are many; four weeks of them show what a week may hold.
                    life.live(if gap == MINUTE { 28 } else { 200 });
                    each(&life, &format!("life {number}, {manner:?}"));
                }
            }
        }
    }
}

#[test]
fn no_timer_outcome_or_window_leads_to_a_limit() {
    lives(false, true, |life, which| {
        assert!(most(&life.unproven, HOUR) <= 4, "{which}: failed validations in an hour");
        assert!(most(&life.signed, 7 * DAY) <= 4, "{which}: certificates of one set in seven days");
        // Five and a week's rehearsals.
        assert!(most(&life.orders, 3 * HOUR) <= 9, "{which}: orders in three hours");
        // Of 3600 failures in a row one a day is forgiven.
        let days = usize::try_from((life.real - BORN) / DAY).unwrap();
        assert!(most(&life.unproven, life.real - BORN + 1) <= 4 * days + 4, "{which}: failures in a row");
    });
}

#[test]
fn a_clock_that_jumps_every_week_leads_to_no_limit_either() {
    lives(true, false, |life, which| {
        assert!(most(&life.unproven, HOUR) <= 5, "{which}: failed validations in an hour");
        assert!(most(&life.signed, 7 * DAY) <= 5, "{which}: certificates of one set in seven days");
        assert!(most(&life.orders, 3 * HOUR) <= 10, "{which}: orders in three hours");
    });
}

/// Where certificates were signed in vain, the week's number may be used up: the servers' fault is not the authority's.
#[test]
fn an_authority_that_works_for_one_day_before_the_end_is_met() {
    let mut met = 0;
    for lifetime in LIFETIMES {
        for number in 0..200 {
            let gap = [MINUTE, HOUR, 12 * HOUR, 18 * HOUR][usize::try_from(number % 4).unwrap()];
            let manner = Manner { lifetime, gap, good: 0, in_vain: false, jumps: false, rehearses: false };
            let mut life = Life::of(number, manner);
            let end = life.held.not_after;
            // The day may be any from the moment at which it is due; a ban that was said before it lasts no longer.
            let day = life.chance.among(life.held.due(), end - DAY);
            while life.real < end && life.held.not_after == end {
                life.pass();
                if life.real >= day {
                    life.attempts.not_before = None;
                }
                life.look(life.real >= day && life.real < day + DAY);
            }
            assert!(
                life.held.not_after > end,
                "life {number}, {manner:?}: it ran out, though all worked from {}",
                day - BORN
            );
            met += 1;
        }
    }
    assert_eq!(met, LIFETIMES.len() * 200);
}

#[test]
fn who_rehearses_as_often_as_may_be_still_renews_in_time() {
    for lifetime in LIFETIMES {
        let manner = Manner { lifetime, gap: 18 * HOUR, good: 100, in_vain: false, jumps: false, rehearses: true };
        let mut life = Life::of(7, manner);
        while life.real < BORN + 400 * DAY {
            for _ in 0..9 {
                life.rehearse();
            }
            life.pass();
            life.look(true);
            assert!(life.real < life.held.not_after, "{lifetime} s: it ran out after {} s", life.real - BORN);
        }
        assert!(life.signed.len() > 100, "{lifetime} s: rehearsed {} times", life.signed.len());
    }
}

#[test]
fn two_looks_a_day_keep_certificates_of_a_day_alive() {
    for hours in [18, 24, 30, 36, 48, 72, 120] {
        let manner = Manner {
            lifetime: hours * HOUR,
            gap: 12 * HOUR,
            good: 100,
            in_vain: false,
            jumps: false,
            rehearses: false,
        };
        for first in 0..12 {
            let mut life = Life::of(1, manner);
            life.real += first * HOUR;
            for _ in 0..100 {
                assert!(life.real < life.held.not_after, "{hours} h, first look after {first} h: it ran out");
                life.look(true);
                life.real += 12 * HOUR;
            }
        }
    }
}

#[test]
fn certificates_of_minutes_are_renewed_in_time_and_not_all_the_time() {
    for (number, lifetime) in (0..).zip([6 * MINUTE, 20 * MINUTE, HOUR, DAY]) {
        let manner = Manner { lifetime, gap: MINUTE, good: 100, in_vain: false, jumps: false, rehearses: false };
        let mut life = Life::of(number, manner);
        for _ in 0..2000 {
            life.real += lifetime / 12;
            life.look(true);
            assert!(life.real < life.held.not_after, "{lifetime} s: it ran out");
        }
        let gaps = life.signed.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(gaps.min().unwrap() >= lifetime / 3, "{lifetime} s: renewed too soon");
    }
}
