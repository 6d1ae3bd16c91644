//! Where to report a vulnerability.

use super::answers::{Faults, RENDER_AGAIN, addresses, seen};
use crate::model::deployment::Deployment;
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::Facts;
use crate::verify::{Evidence, Judgement, Promise};
use jiff::Timestamp;

pub(super) const PROMISE: Promise = Promise {
    name: "security-txt",
    title: "security.txt names whom to tell of a vulnerability, and is in force",
    sources: &[
        Source::Guideline("RFC 9116"),
        Source::Guideline("internet.nl: security.txt"),
        Source::Principle("operator clear"),
    ],
    judge,
};

const PATH: &str = "/.well-known/security.txt";
/// RFC 9116 §2.5.5 recommends less than a year; the last day counts here.
const MOST_DAYS: i64 = 366;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, &Wanted { deployment: evidence.deployment, now: evidence.now }))
}

/// What a right file says.
struct Wanted<'a> {
    deployment: &'a Deployment,
    now: i64,
}

fn look(facts: &Facts, wanted: &Wanted<'_>) -> Judgement {
    let (mut faults, mut days) = (Faults::default(), i64::MAX);
    for (address, page) in facts.at(PATH) {
        match wanted.days_left(page) {
            Ok(left) => days = days.min(left),
            Err(what) => faults.add_at(what, format!("{PATH} of {address}")),
        }
    }
    if faults.is_empty() && days == i64::MAX {
        return Judgement::unseen("nothing was seen at /.well-known/security.txt");
    }
    let mail = &wanted.deployment.operator.security;
    faults.judged(format!("{mail}, in force for {days} days, at {}", addresses(facts)), RENDER_AGAIN)
}

impl Wanted<'_> {
    fn days_left(&self, page: &Page) -> Result<i64, String> {
        if page.status != 200 {
            return Err(format!("it answers {}", page.status));
        }
        let media = page.header("content-type").next().unwrap_or_default().to_ascii_lowercase();
        if !media.starts_with("text/plain") {
            return Err(format!("it is {media:?} and no plain text"));
        }
        let text = page.text();
        let fields = fields(&text);
        let all =
            |name: &str| fields.iter().filter(|(known, _)| known == name).map(|(_, value)| *value).collect::<Vec<_>>();
        let contact = format!("mailto:{}", self.deployment.operator.security);
        match all("contact").first() {
            None => return Err("it names no contact".to_owned()),
            Some(first) if *first != contact => return Err(format!("it names {first:?} instead of {contact}")),
            Some(_) => {}
        }
        let own = format!("https://{}{PATH}", self.deployment.domain);
        if !all("canonical").contains(&own.as_str()) {
            return Err(format!("it does not name {own} as its place"));
        }
        if all("preferred-languages").len() > 1 {
            return Err("it names preferred languages twice".to_owned());
        }
        match all("expires").as_slice() {
            [date] => self.left(date),
            [] => Err("it has no date on which it expires".to_owned()),
            _ => Err("it expires on two dates".to_owned()),
        }
    }

    fn left(&self, date: &str) -> Result<i64, String> {
        let expires: Timestamp = date.parse().map_err(|_| format!("{date:?} is no date on which it expires"))?;
        let left = expires.as_second() - self.now;
        match left.div_euclid(24 * 3600) {
            days if days < 0 => Err(format!("it expired on {date}")),
            days if days > MOST_DAYS => Err(format!("it expires on {date}, more than a year from now")),
            days => Ok(days),
        }
    }
}

/// Names in lower case with their values (RFC 9116 §2.2); a signature around them and comments are passed over.
fn fields(text: &str) -> Vec<(String, &str)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(old: &str, new: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change(PATH, |page| {
            let text = page.text();
            assert!(text.contains(old), "{text}");
            page.body = text.replacen(old, new, 1).into_bytes();
        });
        stage.judged(&PROMISE)
    }

    #[test]
    fn ours_keeps_it() {
        let judgement = Stage::new().judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Kept, "{}", judgement.seen);
        assert!(judgement.seen.starts_with("security@example.nl, in force for 221 days"), "{}", judgement.seen);
        assert_eq!(with("Contact:", "# Reports\r\ncontact:").verdict, Verdict::Kept);
    }

    #[test]
    fn a_wrong_one_breaks_it() {
        for (old, new, seen) in [
            (
                "2027-06-30T23:59:59Z",
                "2026-11-21T00:00:00Z",
                "it expired on 2026-11-21T00:00:00Z: /.well-known/security.txt of 192.0.2.1 and 1 more",
            ),
            ("2027-06-30T23:59:59Z", "2027-12-31T23:59:59Z", "more than a year from now"),
            ("2027-06-30T23:59:59Z", "", "\"\" is no date"),
            ("Expires:", "Expire:", "it has no date on which it expires"),
            ("Expires:", "Expires: 2027-01-01T00:00:00Z\nExpires:", "it expires on two dates"),
            (
                "security@example.nl",
                "elsewhere@example.org",
                "it names \"mailto:elsewhere@example.org\" instead of mailto:security@example.nl",
            ),
            ("Contact:", "Contakt:", "it names no contact"),
            ("https://meet.example.nl", "https://www.example.nl", "it does not name https://meet.example.nl/"),
            ("Preferred-Languages:", "Preferred-Languages: en\nPreferred-Languages:", "preferred languages twice"),
        ] {
            broken(&with(old, new), seen);
        }
        let mut stage = Stage::new();
        stage.change(PATH, |page| page.status = 404);
        broken(&stage.judged(&PROMISE), "it answers 404");
        let mut stage = Stage::new();
        stage.change(PATH, |page| *page = with_header(page.clone(), "content-type", "text/html"));
        broken(&stage.judged(&PROMISE), "it is \"text/html\" and no plain text");
    }

    #[test]
    fn nothing_is_said_without_an_answer() {
        let mut stage = Stage::new();
        stage.facts().pages.retain(|sight| sight.path != PATH);
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }
}
