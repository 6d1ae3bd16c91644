//! When a meeting begins: a time of day, in the zone that was named or in that of this machine.

use crate::model::advice::Advice;
use anyhow::Result;
use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads `2026-12-01 19:30`, also with a `T` between day and hour, in a time zone of the IANA database.
pub(in crate::commands) fn start(at: &str, zone: Option<&str>) -> Result<Zoned> {
    let time = DateTime::strptime("%Y-%m-%dT%H:%M", at.replacen(' ', "T", 1)).map_err(|_| {
        Advice::new(format!("`{}` is no day and time", at.escape_default()), "write it as '2026-12-01 19:30'")
    })?;
    let zone = match zone {
        Some(name) => TimeZone::get(name).map_err(|_| {
            let cause = format!("this machine knows no time zone `{}`", name.escape_default());
            Advice::new(cause, "write a name such as Europe/Amsterdam; the package tzdata brings them")
        })?,
        None => TimeZone::try_system().map_err(|_| {
            Advice::new("this machine does not say in which time zone it is", "add --time-zone Europe/Amsterdam")
        })?,
    };
    let place = zone.iana_name().unwrap_or("this time zone").to_owned();
    Ok(zone.to_ambiguous_zoned(time).unambiguous().map_err(|_| {
        let cause = format!("{at} does not exist, or twice, in {place}: the clocks change");
        Advice::new(cause, "take a time that is an hour earlier or later")
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_one_of_its_zone() {
        let winter = start("2026-12-01 19:30", Some("Europe/Amsterdam")).unwrap();
        assert_eq!(start("2026-12-01T19:30", Some("Europe/Amsterdam")).unwrap(), winter);
        assert_eq!(winter.timestamp().to_string(), "2026-12-01T18:30:00Z");
        let summer = start("2027-07-01 19:30", Some("Europe/Amsterdam")).unwrap();
        assert_eq!(summer.timestamp().to_string(), "2027-07-01T17:30:00Z");
    }

    #[test]
    fn what_is_no_time_or_not_one_is_refused_with_a_remedy() {
        for (at, zone) in [
            ("2026-13-01 19:30", "UTC"),
            ("2026-12-01", "UTC"),
            ("tomorrow", "UTC"),
            ("2026-12-01 19:30:00", "UTC"),
            ("2026-12-01 19:30\r\nX:", "UTC"),
            ("2027-03-28 02:30", "Europe/Amsterdam"),
            ("2026-10-25 02:30", "Europe/Amsterdam"),
            ("2026-12-01 19:30", "Europe/Voorbeeldstad"),
            ("2026-12-01 19:30", "../../../etc/passwd"),
            ("2026-12-01 19:30", "\u{1b}[2J"),
        ] {
            let error = start(at, Some(zone)).unwrap_err();
            let advice = error.downcast_ref::<Advice>().unwrap();
            assert!(!advice.cause.chars().any(char::is_control), "{}", advice.cause);
        }
    }
}
