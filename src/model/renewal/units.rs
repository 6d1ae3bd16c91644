//! The units by which a host looks after its certificate, by their names.

/// Lets the host look, twice a day.
pub const TIMER: &str = "vc4all-renew.timer";
/// When systemd last let the host look (`Persistent=`, systemd.timer(5)).
pub const STAMP: &str = "/var/lib/systemd/timers/stamp-vc4all-renew.timer";

/// Renews where it is due.
pub const LOOK: &str = "vc4all-renew.service";
/// Renews, due or not.
pub const NOW: &str = "vc4all-renew-now.service";
/// Plays a renewal through.
pub const REHEARSE: &str = "vc4all-rehearse.service";
/// What the timer, `up` or a person starts, all in the same sandbox. They run and end, so nothing keeps them running.
pub const JOBS: [&str; 3] = [LOOK, NOW, REHEARSE];

/// How long one of them may take, in seconds. Each step has a bound of its own: with records in the DNS two minutes to write one and two to
/// remove it, so 50 names of the slowest provider fit.
pub const LONGEST: u64 = 4 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_is_the_timers() {
        assert!(STAMP.ends_with(&format!("/stamp-{TIMER}")));
    }
}
