//! The invitation as text for a mail; the browser fills in the same sheet.

use crate::model::deployment::{Deployment, Guests, Language};
use crate::model::values::Line;
use crate::render::Renderer;
use anyhow::Result;
use jiff::Zoned;
use serde::Serialize;

/// What a sheet says by itself.
#[derive(Serialize)]
struct Facts {
    guests: Guests,
    days: u16,
}

/// A meeting in a room, as far as guests may know it; the meeting host's token is no part of it.
#[derive(Debug, Clone)]
pub struct Meeting<'a> {
    /// The language of the invitation.
    pub language: Language,
    /// The room's name in its address.
    pub room: &'a str,
    /// What the meeting is called, where it has a name.
    pub subject: Option<&'a Line>,
    /// When it begins, in the time zone in which the guests read it.
    pub start: Option<Zoned>,
    /// How many minutes it takes.
    pub minutes: Option<u16>,
}

impl Meeting<'_> {
    /// What the meeting is called in a calendar.
    pub fn title(&self) -> &str {
        self.subject.map_or(untitled(self.language), Line::as_str)
    }

    /// The link for guests.
    pub fn link(&self, deployment: &Deployment) -> String {
        format!("https://{}/{}", deployment.domain, self.room)
    }

    /// The invitation's text.
    ///
    /// # Errors
    /// When the sheet cannot be rendered.
    pub fn text(&self, deployment: &Deployment, renderer: &Renderer) -> Result<String> {
        let value = |name: &str| match name {
            "title" => Some(self.title().to_owned()),
            "when" => self.start.as_ref().map(|start| moment(self.language, start)),
            "minutes" => self.minutes.map(|minutes| minutes.to_string()),
            "link" => Some(self.link(deployment)),
            "operator" => Some(deployment.operator.name.to_string()),
            "privacy" => Some(privacy(deployment, self.language)),
            _ => None,
        };
        Ok(fill(&sheet(deployment, renderer, self.language)?, value))
    }
}

/// What a meeting without a name is called.
pub fn untitled(language: Language) -> &'static str {
    match language {
        Language::Nl => "Beeldbellen",
        Language::En => "Video call",
        Language::De => "Videogespräch",
        Language::Fr => "Appel vidéo",
    }
}

/// The address of the privacy statement; in another language than asked for where the site does not have that one.
pub fn privacy(deployment: &Deployment, language: Language) -> String {
    match deployment.languages.contains(&language) {
        true => format!("https://{}/privacy/{}", deployment.domain, language.code()),
        false => format!("https://{}/privacy", deployment.domain),
    }
}

/// The invitation with `{name}` where something has to be filled in.
///
/// # Errors
/// When it cannot be rendered.
pub fn sheet(deployment: &Deployment, renderer: &Renderer, language: Language) -> Result<String> {
    let facts = Facts { guests: deployment.access.guests, days: deployment.retention.logs_days };
    renderer.text(&format!("invitation/{}.txt", language.code()), &facts)
}

/// Fills a sheet in, each place once; a line for which there is no value goes.
fn fill(sheet: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    for line in sheet.lines().filter_map(|line| fill_line(line, &value)) {
        // What a line leaves behind is one empty line, not two.
        if !line.is_empty() || !text.ends_with("\n\n") {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

fn fill_line(line: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut pieces = line.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}')?;
        filled.push_str(&value(name)?);
        filled.push_str(rest);
    }
    Some(filled)
}

/// A day and an hour in words, with the time zone.
fn moment(language: Language, time: &Zoned) -> String {
    let (weekdays, months) = match language {
        Language::Nl => (
            "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
            "januari februari maart april mei juni juli augustus september oktober november december",
        ),
        Language::En => (
            "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
            "January February March April May June July August September October November December",
        ),
        Language::De => (
            "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        ),
        Language::Fr => (
            "lundi mardi mercredi jeudi vendredi samedi dimanche",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        ),
    };
    let weekday = nth(weekdays, time.weekday().to_monday_one_offset());
    let (day, month, year) = (time.day(), nth(months, time.month()), time.year());
    let (hour, minute) = (time.hour(), time.minute());
    let zone = time.time_zone().iana_name().map_or_else(|| format!("UTC{}", time.offset()), str::to_owned);
    match language {
        Language::Nl => format!("{weekday} {day} {month} {year} om {hour}.{minute:02} uur ({zone})"),
        Language::En => format!("{weekday} {day} {month} {year} at {hour}:{minute:02} ({zone})"),
        Language::De => format!("{weekday}, {day}. {month} {year} um {hour}:{minute:02} Uhr ({zone})"),
        // The first of a month is an ordinal in French.
        Language::Fr => {
            let day = if day == 1 { "1er".to_owned() } else { day.to_string() };
            format!("{weekday} {day} {month} {year} à {hour} h {minute:02} ({zone})")
        }
    }
}

/// The word at that place, counted from one.
fn nth(words: &'static str, at: i8) -> &'static str {
    words.split(' ').nth(usize::from(at.unsigned_abs()).saturating_sub(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_its_value_goes_and_values_are_not_read_again() {
        let value = |name: &str| match name {
            "a" => Some("{b}{a}".to_owned()),
            "b" => Some("b".to_owned()),
            _ => None,
        };
        assert_eq!(fill("{a}\n\nx {none} y\n\n{b}-{b}\n{\nplain\n", value), "{b}{a}\n\nb-b\nplain\n");
    }

    #[test]
    fn moments_are_said_as_people_say_them() {
        let time = "2026-12-01T09:05:00[UTC]".parse::<Zoned>().unwrap();
        assert_eq!(moment(Language::Nl, &time), "dinsdag 1 december 2026 om 9.05 uur (UTC)");
        assert_eq!(moment(Language::En, &time), "Tuesday 1 December 2026 at 9:05 (UTC)");
        assert_eq!(moment(Language::De, &time), "Dienstag, 1. Dezember 2026 um 9:05 Uhr (UTC)");
        assert_eq!(moment(Language::Fr, &time), "mardi 1er décembre 2026 à 9 h 05 (UTC)");
        let time = "2027-05-30T23:00:00+05:30[+05:30]".parse::<Zoned>().unwrap();
        assert_eq!(moment(Language::Nl, &time), "zondag 30 mei 2027 om 23.00 uur (UTC+05:30)");
        assert_eq!(moment(Language::De, &time), "Sonntag, 30. Mai 2027 um 23:00 Uhr (UTC+05:30)");
        assert_eq!(moment(Language::Fr, &time), "dimanche 30 mai 2027 à 23 h 00 (UTC+05:30)");
    }
}
