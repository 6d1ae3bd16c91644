//! Nothing is said without TLS.

use super::answers::{Faults, RENDER_AGAIN, addresses, seen};
use crate::model::finding::Source;
use crate::model::values::Domain;
use crate::outside::fetch::Page;
use crate::outside::web::{CHALLENGE, Facts, InClear};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "https-only",
    title: "Port 80 leads to HTTPS of the same host in one step and says nothing else",
    sources: &[
        Source::Principle("well encrypted"),
        Source::Law("GDPR art. 32(1)(a)"),
        Source::Guideline("internet.nl: HTTPS redirect"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, &evidence.deployment.domain))
}

fn look(facts: &Facts, domain: &Domain) -> Judgement {
    let mut faults = Faults::default();
    let mut answered = 0;
    for clear in &facts.in_clear {
        let Ok(page) = &clear.answer else { continue };
        answered += 1;
        if let Some(what) = fault(clear, page, domain) {
            faults.add_at(what, format!("http:// {} of {}", clear.path, clear.address));
        }
    }
    if answered == 0 {
        return Judgement::unseen("port 80 does not answer");
    }
    let kept = format!("{answered} requests in clear to {}: none was served, pages led to HTTPS", addresses(facts));
    faults.judged(kept, RENDER_AGAIN)
}

fn fault(clear: &InClear, page: &Page, domain: &Domain) -> Option<String> {
    if clear.path == CHALLENGE {
        return (page.status == 200).then(|| "a challenge that nobody put there is answered".to_owned());
    }
    let to = page.header("location").next().unwrap_or_default();
    match page.status {
        301 | 302 | 307 | 308 if to == format!("https://{domain}{}", clear.path) => None,
        301 | 302 | 307 | 308 => Some(format!("leads to {to:?}")),
        // Refusing is not serving.
        400..=499 => None,
        status => Some(format!("answers {status} without TLS")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(path: &str, answer: Page) -> Judgement {
        let mut stage = Stage::new();
        let clear = stage.facts().in_clear.iter_mut().find(|clear| clear.path == path).unwrap();
        clear.answer = Ok(answer);
        stage.judged(&PROMISE)
    }

    #[test]
    fn a_redirect_to_itself_keeps_it() {
        assert_eq!(Stage::new().judged(&PROMISE).verdict, Verdict::Kept);
        assert_eq!(with(CHALLENGE, page(404, "")).verdict, Verdict::Kept);
        assert_eq!(with("/config.js", page(403, "")).verdict, Verdict::Kept);
    }

    #[test]
    fn anything_else_breaks_it() {
        broken(&with("/", page(200, "hello")), "answers 200 without TLS: http:// / of 192.0.2.1");
        let to = |to: &str| with_header(page(301, ""), "location", to);
        broken(&with("/", to("https://www.example.org/")), "leads to \"https://www.example.org/\"");
        broken(&with("/config.js", to("https://meet.example.nl/")), "leads to \"https://meet.example.nl/\"");
        broken(&with("/", to("http://meet.example.nl/")), "leads to \"http://meet.example.nl/\"");
        broken(&with(CHALLENGE, page(200, "x")), "a challenge that nobody put there");
    }

    #[test]
    fn a_closed_port_shows_nothing() {
        let mut stage = Stage::new();
        stage.facts().in_clear.iter_mut().for_each(|clear| clear.answer = Err("refused".to_owned()));
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE), Judgement::unseen("no answer"));
    }
}
