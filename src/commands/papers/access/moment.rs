//! When a line of a log was written, as far as it says so.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// A time that is searched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Window {
    /// An hour before and an hour after.
    pub(super) fn around(moment: Timestamp) -> Option<Self> {
        let hour = SignedDuration::from_hours(1);
        Some(Self { from: moment.checked_sub(hour).ok()?, until: moment.checked_add(hour).ok()? })
    }

    /// Whether a line belongs to it; one that does not say when is kept, because that is the safer mistake.
    pub(super) fn holds(&self, line: &str, zone: Offset) -> bool {
        said(line, zone, self.from).is_none_or(|moment| self.from <= moment && moment <= self.until)
    }
}

/// As people write it, in UTC.
pub(super) fn shown(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M").to_string()
}

/// `2026-12-01T19:30:00+01:00` (rsyslog, journal), `2026-12-01 19:30:00` after a word (Jicofo, the bridge), `2026/12/01
/// 19:30:00` (nginx), `Dec 01 19:30:00` (Prosody), which names no year.
fn said(line: &str, zone: Offset, near: Timestamp) -> Option<Timestamp> {
    let words: Vec<&str> = line.split_ascii_whitespace().take(4).collect();
    let first = words.first()?;
    if let Ok(moment) = first.parse::<Timestamp>() {
        return Some(moment);
    }
    if let Ok(time) = DateTime::strptime("%Y-%m-%dT%H:%M:%S%z", first) {
        let zoned = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%z", first).ok()?.to_timestamp().ok();
        return zoned.or_else(|| local(time, zone));
    }
    for pair in words.windows(2).take(2) {
        let text = format!("{} {}", pair[0].replace('/', "-"), pair[1].split(['.', ',']).next()?);
        if let Ok(time) = DateTime::strptime("%Y-%m-%d %H:%M:%S", &text) {
            return local(time, zone);
        }
    }
    let year = near.to_zoned(TimeZone::fixed(zone)).year();
    let text = format!("{year} {}", words.get(..3)?.join(" "));
    local(DateTime::strptime("%Y %b %d %H:%M:%S", &text).ok()?, zone)
}

fn local(time: DateTime, zone: Offset) -> Option<Timestamp> {
    zone.to_timestamp(time).ok()
}

/// Reads `+0100`, as `date +%z` prints it.
pub(super) fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = (text.get(..1)?, text.get(1..)?);
    let minutes = digits.get(..2)?.parse::<i32>().ok()? * 60 + digits.get(2..)?.parse::<i32>().ok()?;
    let seconds = minutes * 60 * if sign == "-" { -1 } else { 1 };
    Offset::from_seconds(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_daemon_says_the_time_in_its_own_way() {
        let zone = offset("+0100").unwrap();
        let window = Window::around("2026-12-01T18:30:00Z".parse().unwrap()).unwrap();
        for inside in [
            "2026-12-01T19:30:00.123456+01:00 praat sshd: hello",
            "2026-12-01T18:30:00+0000 praat nginx[1]: hello",
            "Jicofo 2026-12-01 19:30:00.123 WARNING: hello",
            "2026/12/01 19:30:00 [alert] hello",
            "Dec 01 19:30:00 general warn hello",
            "hello without a time",
            "",
        ] {
            assert!(window.holds(inside, zone), "{inside}");
        }
        for outside in [
            "2026-12-01T22:30:00.123456+01:00 praat sshd: hello",
            "2026-12-01T22:30:00+0000 praat nginx[1]: hello",
            "Jicofo 2026-12-01 16:30:00.123 WARNING: hello",
            "2026/12/02 19:30:00 [alert] hello",
            "Dec 02 19:30:00 general warn hello",
        ] {
            assert!(!window.holds(outside, zone), "{outside}");
        }
        assert_eq!(offset("-0330").map(Offset::seconds), Some(-12600));
        assert!(offset("").is_none() && offset("+1").is_none());
    }
}
