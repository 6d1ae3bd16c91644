//! The journal's settings, as journald.conf(5) means them.

use std::collections::BTreeMap;

/// What the journal is told to keep, and what it keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journal {
    /// Settings of all files together; a later file wins over an earlier one.
    pub settings: BTreeMap<String, String>,
    /// When its oldest entry was written, by the host's clock.
    pub oldest: Option<i64>,
}

/// `MaxFileSec` where nothing is said: a month.
const FILE_SECONDS: u64 = 2_629_800;

impl Journal {
    /// The most seconds that an entry stays: whole files are dropped, so an entry may outlive the retention by the length
    /// of one file. Nothing where no bound is set.
    pub fn keeps(&self) -> Option<u64> {
        let said = |name: &str| self.settings.get(name).filter(|value| !value.is_empty());
        let retention = seconds(said("MaxRetentionSec")?).filter(|seconds| *seconds > 0)?;
        let file = match said("MaxFileSec") {
            Some(text) => seconds(text).filter(|seconds| *seconds > 0)?,
            None => FILE_SECONDS,
        };
        Some(retention.saturating_add(file))
    }
}

/// A span of time as systemd.time(7) writes it, in whole seconds; nothing where it is endless or makes no sense.
fn seconds(text: &str) -> Option<u64> {
    let mut sum = 0.0_f64;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        let unit_and_rest = rest[digits..].trim_start();
        let letters = unit_and_rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit_and_rest.len());
        sum += number * unit(&unit_and_rest[..letters])?;
        rest = unit_and_rest[letters..].trim_start();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float's cast stays within bounds")]
    (!text.trim().is_empty()).then_some(sum.ceil() as u64)
}

fn unit(word: &str) -> Option<f64> {
    Some(match word {
        "usec" | "us" => 1e-6,
        "msec" | "ms" => 1e-3,
        "" | "seconds" | "second" | "sec" | "s" => 1.0,
        "minutes" | "minute" | "min" | "m" => 60.0,
        "hours" | "hour" | "hr" | "h" => 3600.0,
        "days" | "day" | "d" => 86_400.0,
        "weeks" | "week" | "w" => 604_800.0,
        "months" | "month" | "M" => 2_629_800.0,
        "years" | "year" | "y" => 31_557_600.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(settings: &[(&str, &str)]) -> Journal {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Journal { settings, oldest: None }
    }

    #[test]
    fn spans_are_read_as_systemd_reads_them() {
        let spans = [("144h", 518_400), ("1week 2days", 777_600), ("1.5min", 90), ("90", 90), ("2 h", 7200)];
        for (text, wanted) in spans {
            assert_eq!(seconds(text), Some(wanted), "{text}");
        }
        for text in ["", "infinity", "-1", "3 moons", "1..2s", "h"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn an_entry_outlives_the_retention_by_one_file() {
        assert_eq!(journal(&[("MaxRetentionSec", "144h"), ("MaxFileSec", "24h")]).keeps(), Some(7 * 86_400));
        assert_eq!(journal(&[("MaxRetentionSec", "6day")]).keeps(), Some(6 * 86_400 + FILE_SECONDS));
        for endless in [&[][..], &[("MaxRetentionSec", "0")], &[("MaxRetentionSec", "infinity")]] {
            assert_eq!(journal(endless).keeps(), None);
        }
        assert_eq!(journal(&[("MaxRetentionSec", "6day"), ("MaxFileSec", "0")]).keeps(), None);
    }
}
