//! Browsers are told to insist on TLS.

use super::answers::{Faults, addresses, seen, stripped, with_headers};
use crate::model::finding::Source;
use crate::model::tls::Authority;
use crate::outside::fetch::Page;
use crate::outside::web::Facts;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "hsts",
    title: "Every answer tells browsers to insist on TLS for at least a year",
    sources: &[
        Source::Principle("well encrypted"),
        Source::Guideline("RFC 6797 §6.1"),
        Source::Guideline("internet.nl: HSTS, at least one year"),
        Source::Guideline("Mozilla Observatory: Strict-Transport-Security"),
    ],
    judge,
};

const HEADER: &str = "strict-transport-security";
const YEAR: u64 = 365 * 24 * 3600;
const REMEDY: &str = "Run `vc4all-deploy renew`; the header comes with a certificate that browsers trust";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| {
        if with_headers(facts).all(|(_, page)| page.header(HEADER).next().is_none())
            && let Some(reason) = reason_for_none(evidence)
        {
            return reason;
        }
        look(facts)
    })
}

/// Why nobody is told to insist on a certificate that no browser believes.
fn reason_for_none(evidence: &Evidence<'_>) -> Option<Judgement> {
    let placeholder = evidence.observed.certificate.as_ref().is_none_or(|pair| pair.issued_by.is_none());
    if placeholder {
        return Some(Judgement::unseen(
            "the host still shows the placeholder that it signed itself, and tells nobody to insist on it",
        ));
    }
    let rehearsal = evidence.deployment.tls.authority == Authority::LetsEncryptStaging;
    rehearsal.then(|| {
        Judgement::noted("the authority is a rehearsal that no browser trusts, so none is told to insist on TLS")
    })
}

fn look(facts: &Facts) -> Judgement {
    let mut faults = Faults::default();
    let (mut shortest, mut whole, mut judged) = (u64::MAX, true, 0);
    for (sight, page) in with_headers(facts).filter(|(_, page)| !stripped(page)) {
        judged += 1;
        match told(page) {
            Ok(told) => (shortest, whole) = (shortest.min(told.seconds), whole && told.subdomains),
            Err(what) => faults.add(what, sight),
        }
    }
    if judged == 0 {
        return Judgement::unseen("no answer carries the headers of the site, which the promise `headers` tells");
    }
    let below = if whole { "with" } else { "without" };
    let days = shortest / (24 * 3600);
    faults.judged(format!("{judged} answers of {}: {days} days, {below} the names below", addresses(facts)), REMEDY)
}

/// What one answer tells.
struct Told {
    seconds: u64,
    subdomains: bool,
}

/// Reads the first header, as browsers do (RFC 6797 §8.1).
fn told(page: &Page) -> Result<Told, String> {
    let mut values = page.header(HEADER);
    let value = values.next().ok_or("no Strict-Transport-Security")?;
    if values.any(|other| other != value) {
        return Err("Strict-Transport-Security with two values".to_owned());
    }
    let directives: Vec<_> = value.split(';').map(|one| one.trim().to_ascii_lowercase()).collect();
    let ages: Vec<_> = directives.iter().filter_map(|one| one.strip_prefix("max-age")).collect();
    let age = match ages.as_slice() {
        [age] => age.trim().strip_prefix('=').map(|age| age.trim().trim_matches('"')),
        _ => None,
    };
    let seconds =
        age.and_then(|age| age.parse().ok()).ok_or_else(|| format!("{value:?} is no Strict-Transport-Security"))?;
    if seconds < YEAR {
        return Err(format!("Strict-Transport-Security for {seconds} s, less than a year"));
    }
    Ok(Told { seconds, subdomains: directives.iter().any(|one| one == "includesubdomains") })
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(path: &str, value: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change(path, |page| *page = with_header(page.clone(), HEADER, value));
        stage.judged(&PROMISE)
    }

    #[test]
    fn a_year_on_every_answer_keeps_it() {
        assert_eq!(Stage::new().judged(&PROMISE).verdict, Verdict::Kept);
        let judgement = with("/css/all.css", "MAX-AGE=\"31536000\"");
        assert_eq!(judgement.verdict, Verdict::Kept);
        assert!(judgement.seen.contains("365 days, without the names below"), "{}", judgement.seen);
    }

    #[test]
    fn less_breaks_it() {
        broken(&with("/css/all.css", "max-age=86400"), "for 86400 s, less than a year: /css/all.css of 192.0.2.1");
        broken(&with("/", "max-age=63072000, max-age=1"), "is no Strict-Transport-Security");
        broken(&with("/", "includeSubDomains"), "is no Strict-Transport-Security");
        let mut stage = Stage::new();
        stage.change("/there/is/nothing", |page| page.headers.retain(|(name, _)| name != HEADER));
        broken(&stage.judged(&PROMISE), "no Strict-Transport-Security: /there/is/nothing of 192.0.2.1 and 1 more");
        let mut stage = Stage::new();
        stage.change("/", |page| page.headers.push((HEADER.to_owned(), "max-age=1".to_owned())));
        broken(&stage.judged(&PROMISE), "two values");
    }

    #[test]
    fn a_certificate_that_nobody_trusts_has_none() {
        let mut stage = Stage::new();
        stage.change_all(|page| page.headers.retain(|(name, _)| name != HEADER));
        broken(&stage.judged(&PROMISE), "no Strict-Transport-Security");
        stage.observed.certificate = None;
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
        let mut stage = Stage::new();
        stage.change_all(|page| page.headers.retain(|(name, _)| name != HEADER));
        stage.deployment.tls.authority = Authority::LetsEncryptStaging;
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Noted);
    }

    #[test]
    fn a_location_without_any_header_is_told_elsewhere() {
        let mut stage = Stage::new();
        stage.change("/css/all.css", |page| page.headers.clear());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Kept);
        stage.change_all(|page| page.headers.clear());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }
}
