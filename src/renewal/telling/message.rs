//! The news as text, as JSON and as a mail. No word of somebody else can become more than a word in it.

use super::words::{self, Left};
use crate::model::advice::Advice;
use crate::model::deployment::Language;
use crate::model::renewal::moment;
use crate::model::values::{Domain, Email, is_invisible};
use crate::renewal::alert::Event;
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::json;

/// The most characters of a cause, or of a remedy, that are sent.
const LONGEST: usize = 500;
/// Characters of base64 in a line of a mail (RFC 2045 §6.8).
const WIDTH: usize = 76;

/// What the operator is told.
pub(super) struct Message {
    /// A word that no other message has.
    pub(super) id: String,
    pub(super) event: Event,
    pub(super) instance: Domain,
    /// The language beside English.
    pub(super) language: Option<Language>,
    /// The clock, seconds since 1970.
    pub(super) now: i64,
    /// The last second of the certificate.
    pub(super) until: Option<i64>,
    /// Since when something is wrong, or was.
    pub(super) since: Option<i64>,
    /// What is wrong, in words that may be somebody else's.
    pub(super) advice: Option<Advice>,
}

impl Message {
    /// The text for people.
    pub(super) fn text(&self) -> String {
        let others = self.language.filter(|language| *language != Language::En);
        let mut lines: Vec<String> =
            others.into_iter().flat_map(|other| [self.summary(other), String::new()]).collect();
        lines.push(self.summary(Language::En));
        let label = if self.event == Event::Well { "It was not since" } else { "Since" };
        lines.extend(self.since.map(moment).map(|since| format!("{label}: {since}")));
        if let Some(advice) = &self.advice {
            lines.push(format!("Cause: `{}`", quoted(&advice.cause)));
            lines.push(format!("What to do: `{}`", quoted(&advice.help)));
        }
        lines.push("More: `vc4all-deploy status`, and on the host `journalctl -u vc4all-renew`".to_owned());
        lines.join("\n") + "\n"
    }

    /// The body of a request. Chats show `text`; programs read the rest.
    pub(super) fn json(&self) -> String {
        let advice = self.advice.as_ref();
        let body = json!({
            "text": self.text(),
            "instance": self.instance.as_str(),
            "event": self.event.word(),
            "since": self.since.and_then(|since| Timestamp::from_second(since).ok()).map(|since| since.to_string()),
            "cause": advice.map(|advice| plain(&advice.cause)),
            "help": advice.map(|advice| plain(&advice.help)),
            "days_left": self.left().map(|seconds| seconds.div_euclid(86_400)),
        });
        body.to_string()
    }

    /// The whole mail (RFC 5322); its lines end in CR and LF. The words stand in base64, so none of them can become a
    /// header or an end of the mail; `Auto-Submitted` keeps absent people's machines from answering (RFC 3834 §5).
    pub(super) fn mail(&self, from: &Email, to: &Email) -> Result<String> {
        let now = Timestamp::from_second(self.now).context("the clock")?;
        let date = rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).context("the date")?;
        let encoded = BASE64_STANDARD.encode(self.text().replace('\n', "\r\n"));
        let mut lines = vec![
            format!("Date: {date}"),
            format!("From: {from}"),
            format!("To: {to}"),
            format!("Message-ID: <{}@{}>", self.id, self.instance),
            format!("Subject: {}", words::news(Language::En, self.event, self.instance.as_str())),
            "Auto-Submitted: auto-generated".to_owned(),
            "MIME-Version: 1.0".to_owned(),
            "Content-Type: text/plain; charset=utf-8".to_owned(),
            "Content-Transfer-Encoding: base64".to_owned(),
            String::new(),
        ];
        let mut rest = encoded.as_str();
        while let Some((line, more)) = rest.split_at_checked(WIDTH.min(rest.len())).filter(|(line, _)| !line.is_empty())
        {
            lines.push(line.to_owned());
            rest = more;
        }
        Ok(lines.join("\r\n") + "\r\n")
    }

    fn summary(&self, language: Language) -> String {
        let news = words::news(language, self.event, self.instance.as_str());
        match self.left() {
            Some(seconds) => format!("{news} {}", words::left(language, Left::of(seconds))),
            None => news,
        }
    }

    fn left(&self) -> Option<i64> {
        self.until.map(|until| until.saturating_sub(self.now))
    }
}

/// One short line of plain words.
fn plain(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    line.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(LONGEST).collect()
}

/// The same between two backticks, where a chat calls nobody, follows no link and loads no picture.
fn quoted(text: &str) -> String {
    plain(text).replace('`', "'").replace('<', "‹").replace('>', "›")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(event: Event, cause: &str) -> Message {
        let advice = Advice::new(cause, "run `vc4all-deploy up`");
        Message {
            id: "0a1b".to_owned(),
            event,
            instance: Domain::parse("vergaderen.voorbeeldstad.nl").unwrap(),
            language: Some(Language::Nl),
            now: 1_800_086_400,
            until: Some(1_800_086_400 + 12 * 86_400 + 7),
            since: (event != Event::Test).then_some(1_800_000_000),
            advice: (event == Event::Failing).then_some(advice),
        }
    }

    #[test]
    fn people_read_what_happened_and_what_to_do() {
        let expected = "Het certificaat van vergaderen.voorbeeldstad.nl kon niet worden vernieuwd. Het is nog 12 dagen geldig.\n\n\
            The certificate of vergaderen.voorbeeldstad.nl could not be renewed. It is good for 12 days more.\n\
            Since: 2027-01-15 08:00 UTC\n\
            Cause: `port 80 is closed`\n\
            What to do: `run 'vc4all-deploy up'`\n\
            More: `vc4all-deploy status`, and on the host `journalctl -u vc4all-renew`\n";
        assert_eq!(message(Event::Failing, "port 80 is closed").text(), expected);
        let test = message(Event::Test, "").text();
        assert!(test.contains("testbericht") && !test.contains("Cause"), "{test}");
        let well = message(Event::Well, "").text();
        assert!(well.contains("in order again") && well.contains("It was not since: 2027-01-15 08:00 UTC"), "{well}");
    }

    #[test]
    fn programs_read_it_too() {
        let body: serde_json::Value = serde_json::from_str(&message(Event::Failing, "no").json()).unwrap();
        assert_eq!(body["event"], "renewal-failing");
        assert_eq!((body["days_left"].as_i64(), body["since"].as_str()), (Some(12), Some("2027-01-15T08:00:00Z")));
        let test: serde_json::Value = serde_json::from_str(&message(Event::Test, "").json()).unwrap();
        assert!(test["cause"].is_null() && test["text"].is_string(), "{test}");
    }

    #[test]
    fn what_is_left_is_said_in_a_unit_that_fits() {
        let said = |seconds| words::left(Language::En, Left::of(seconds));
        assert_eq!(said(2 * 86_400), "It is good for 2 days more.");
        assert_eq!(said(2 * 86_400 - 1), "It is good for 47 hours more.");
        assert_eq!(said(7_199), "It is good for 119 minutes more.");
        assert_eq!(said(-1), "It has run out: browsers refuse to connect.");
    }

    proptest! {
        #[test]
        fn no_cause_becomes_a_header_or_an_end(cause in any::<String>(), tail in "(\r\n)?[.@!<`>]{0,3}[A-Za-z:]{0,9}") {
            let address = Email::parse("beheer@voorbeeldstad.nl").unwrap();
            let text = message(Event::Failing, &(cause + &tail)).mail(&address, &address).unwrap();
            let quiet = message(Event::Failing, "quiet").mail(&address, &address).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            prop_assert_eq!(head, quiet.split_once("\r\n\r\n").unwrap().0);
            let fits = |line: &str| line.len() <= WIDTH && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
            prop_assert!(body.split_terminator("\r\n").all(fits));
        }

        #[test]
        fn no_cause_leaves_its_quotes(cause in any::<String>(), mark in "[`<>@\n]{0,4}") {
            let text = message(Event::Failing, &(mark + &cause)).text();
            let line = text.lines().find(|line| line.starts_with("Cause: ")).unwrap();
            prop_assert_eq!(line.matches('`').count(), 2);
            prop_assert!(line.ends_with('`') && !line.contains(['<', '>']));
            prop_assert_eq!(text.lines().count(), message(Event::Failing, "quiet").text().lines().count());
        }
    }
}
