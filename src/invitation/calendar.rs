//! The meeting as a calendar file (RFC 5545): private, without organizer and guests, in UTC.

use super::text::Meeting;
use crate::model::deployment::Deployment;
use icalendar::{Calendar, Class, Component as _, Event, EventLike as _, Property};
use jiff::{Span, Timestamp};

/// How many minutes a meeting stands in a calendar when nobody says how long it takes.
pub const MINUTES: u16 = 60;

/// What makes an entry one of its kind.
pub struct Entry<'a> {
    /// What tells it from all other entries of all calendars, before the `@` (§3.8.4.7).
    pub id: &'a str,
    /// When it was written (§3.8.7.2).
    pub written: Timestamp,
    /// The invitation's text.
    pub text: &'a str,
}

impl Meeting<'_> {
    /// The calendar file; none where the meeting has no time.
    pub fn calendar(&self, deployment: &Deployment, entry: &Entry<'_>) -> Option<String> {
        let start = self.start.as_ref()?.timestamp();
        let end = start.checked_add(Span::new().minutes(self.minutes.unwrap_or(MINUTES))).ok()?;
        let link = self.link(deployment);
        let mut event = Event::new();
        event
            .uid(&format!("{}@{}", entry.id, deployment.domain))
            .add_property("DTSTAMP", utc(entry.written))
            .add_property("DTSTART", utc(start))
            .add_property("DTEND", utc(end))
            .summary(self.title())
            .description(entry.text.trim_end())
            .location(&link)
            .url(&link)
            .class(Class::Private);
        let mut calendar = Calendar::empty();
        for (key, value) in [("VERSION", "2.0"), ("PRODID", "-//vc4all-deploy//NONSGML rooms//EN")] {
            calendar.append_property(Property::new(key, value));
        }
        calendar.push(event.done());
        Some(folded(&calendar.to_string()))
    }
}

/// A date-time in UTC (§3.3.5, form 2), which every calendar shows in its own zone.
fn utc(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The same lines, none longer than 75 octets (§3.1): icalendar 0.17 lets the last piece of a line have 76.
fn folded(calendar: &str) -> String {
    let mut text = String::with_capacity(calendar.len());
    for line in calendar.replace("\r\n ", "").split_terminator("\r\n") {
        let mut octets = 0;
        for c in line.chars() {
            octets += c.len_utf8();
            if octets > 75 {
                text.push_str("\r\n ");
                octets = 1 + c.len_utf8();
            }
            text.push(c);
        }
        text.push_str("\r\n");
    }
    text
}
