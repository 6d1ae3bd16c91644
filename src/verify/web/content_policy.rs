//! What a page may load, run and be framed by.

use super::answers::{Faults, RENDER_AGAIN, addresses, is_ours, seen, stripped, with_headers};
use super::policy::{Policy, is_nonce, nonce};
use crate::model::deployment::{Deployment, MeetingHosts};
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::{Facts, Kind};
use crate::verify::{Evidence, Judgement, Promise};
use std::collections::BTreeSet;

pub(super) const PROMISE: Promise = Promise {
    name: "content-policy",
    title: "No answer lets a browser load or run anything of another site, or be framed by one",
    sources: &[
        Source::Regulators("privacy by design and default"),
        Source::Law("GDPR art. 25"),
        Source::Guideline("internet.nl: Content-Security-Policy"),
        Source::Guideline("Mozilla Observatory: Content Security Policy"),
    ],
    judge,
};

const HEADER: &str = "content-security-policy";

/// Where pictures, sounds and letters may come out of the page itself or its memory.
const DATA: [&str; 3] = ["img-src", "media-src", "font-src"];
/// Where Jitsi's shell takes such data too: models for backgrounds, and workers that it makes itself.
const SHELL_DATA: [&str; 3] = ["connect-src", "worker-src", "child-src"];
/// What Jitsi's shell cannot do without.
const SHELL_WORDS: [(&str, &str); 2] = [("script-src", "'wasm-unsafe-eval'"), ("style-src", "'unsafe-inline'")];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, evidence.deployment))
}

fn look(facts: &Facts, deployment: &Deployment) -> Judgement {
    let (mut faults, mut judged, mut nonces) = (Faults::default(), 0, BTreeSet::new());
    for (sight, page) in with_headers(facts).filter(|(_, page)| !stripped(page)) {
        judged += 1;
        if nonce(page).is_some_and(|nonce| !nonces.insert(nonce)) {
            faults.add("the number that its scripts carry is not new", sight);
        }
        let rules = Rules { deployment, kind: sight.kind };
        if let Some(what) = rules.fault(page) {
            faults.add(what, sight);
        }
    }
    if judged == 0 {
        return Judgement::unseen("no answer carries the headers of the site, which the promise `headers` tells");
    }
    let kept = format!("{judged} answers of {}: no other site, no script that somebody puts in", addresses(facts));
    faults.judged(kept, RENDER_AGAIN)
}

/// What holds for one kind of answer.
struct Rules<'a> {
    deployment: &'a Deployment,
    kind: Kind,
}

impl Rules<'_> {
    /// A browser obeys all policies of an answer, so one that is strict enough is enough.
    fn fault(&self, page: &Page) -> Option<String> {
        let mut first = None;
        for text in page.header(HEADER).flat_map(|value| value.split(',')) {
            let fault = self.fault_of(&Policy::parse(text))?;
            first = first.or(Some(fault));
        }
        first.or_else(|| Some("no Content-Security-Policy".to_owned()))
    }

    fn fault_of(&self, policy: &Policy) -> Option<String> {
        let own =
            |sources: &[String]| !sources.is_empty() && sources.iter().all(|word| word == "'self'" || word == "'none'");
        for name in ["default-src", "base-uri", "form-action", "frame-ancestors"] {
            match policy.own(name) {
                None => return Some(format!("the policy says nothing about {name}")),
                Some(sources) if own(sources) => {}
                Some(sources) => return Some(format!("{name} allows {}", sources.join(" "))),
            }
        }
        if policy.of(&["object-src", "default-src"]).is_none_or(|sources| sources != ["'none'"]) {
            return Some("the policy allows plugins".to_owned());
        }
        let foreign = policy.sources().find(|(name, source)| !self.allows(name, source));
        foreign.map(|(name, source)| format!("{name} allows {source}"))
    }

    fn allows(&self, name: &str, source: &str) -> bool {
        let domain = self.deployment.domain.as_str();
        let shell = !is_ours(self.kind);
        match source {
            "'self'" | "'none'" | "'report-sample'" | "'strict-dynamic'" => true,
            "data:" | "blob:" => DATA.contains(&name) || shell && source_of_shell(name, source),
            word if word.starts_with("'sha") || is_nonce(word) => true,
            word if word.starts_with('\'') => shell && SHELL_WORDS.contains(&(name, word)),
            host => {
                let itself = [domain.to_owned(), format!("https://{domain}"), format!("wss://{domain}")];
                itself.iter().any(|own| own == host) || self.provider(name).is_some_and(|origin| origin == host)
            }
        }
    }

    /// The page on which an identity provider's meeting hosts come back asks it for a token.
    fn provider(&self, name: &str) -> Option<String> {
        match &self.deployment.access.meeting_hosts {
            MeetingHosts::Oidc(provider) if self.kind == Kind::Return && name == "connect-src" => {
                Some(provider.token.origin())
            }
            _ => None,
        }
    }
}

/// Workers are made out of memory; fetches read data that stand in the program.
fn source_of_shell(name: &str, source: &str) -> bool {
    SHELL_DATA.contains(&name) && (source == "blob:" || name == "connect-src")
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(path: &str, old: &str, new: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change(path, |page| {
            let value = page.header(HEADER).next().unwrap().to_owned();
            assert!(value.contains(old), "{value}");
            *page = with_header(page.clone(), HEADER, &value.replacen(old, new, 1));
        });
        stage.judged(&PROMISE)
    }

    #[test]
    fn our_own_policies_keep_it() {
        let judgement = Stage::new().judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Kept, "{}", judgement.seen);
        assert_eq!(with("/", "img-src 'self'", "img-src 'self' data:").verdict, Verdict::Kept);
        assert_eq!(with("/", "script-src 'self'", "script-src 'self' 'sha256-abc='").verdict, Verdict::Kept);
    }

    #[test]
    fn wider_ones_break_it() {
        for (path, old, new, seen) in [
            (
                "/",
                "script-src 'self'",
                "script-src 'self' https://cdn.example.org",
                "script-src allows https://cdn.example.org: / of",
            ),
            ("/", "script-src 'self'", "script-src 'self' 'unsafe-inline'", "script-src allows 'unsafe-inline'"),
            ("/", "style-src 'self'", "style-src 'self' 'unsafe-inline'", "style-src allows 'unsafe-inline'"),
            ("/", "script-src 'self'", "script-src 'self' data:", "script-src allows data:"),
            ("/", "img-src 'self'", "img-src *", "img-src allows *"),
            ("/", "img-src 'self'", "img-src https:", "img-src allows https:"),
            ("/", "default-src 'none'", "default-src *", "default-src allows *"),
            ("/", "default-src 'none'; ", "", "the policy says nothing about default-src"),
            (
                "/",
                "frame-ancestors 'none'",
                "frame-ancestors https://portal.example.org",
                "frame-ancestors allows https://portal",
            ),
            ("/", "; frame-ancestors 'none'", "", "the policy says nothing about frame-ancestors"),
            ("/", "base-uri 'none'", "base-uri", "base-uri allows "),
            (
                ROOM,
                "connect-src 'self'",
                "connect-src 'self' wss://rtcstats.example.org",
                "connect-src allows wss://rtcstats",
            ),
            (ROOM, "'wasm-unsafe-eval'", "'unsafe-eval'", "script-src allows 'unsafe-eval'"),
            (ROOM, "script-src 'self'", "script-src 'self' 'unsafe-inline'", "script-src allows 'unsafe-inline'"),
            (ROOM, "script-src 'self'", "script-src 'self' 'nonce-0123'", "script-src allows 'nonce-0123'"),
            (ROOM, "object-src 'none'", "object-src 'self'", "the policy allows plugins"),
            (
                ROOM,
                "wss://meet.example.nl",
                "wss://meet.example.nl.evil.example",
                "connect-src allows wss://meet.example.nl.evil",
            ),
            (
                "/css/all.css",
                "img-src 'self'",
                "img-src 'self' http://meet.example.nl",
                "img-src allows http://meet.example.nl: /css/all.css of",
            ),
        ] {
            broken(&with(path, old, new), seen);
        }
    }

    #[test]
    fn none_at_all_breaks_it_and_two_are_both_obeyed() {
        let mut stage = Stage::new();
        stage.change("/css/all.css", |page| page.headers.retain(|(name, _)| name != HEADER));
        broken(&stage.judged(&PROMISE), "no Content-Security-Policy: /css/all.css of 192.0.2.1 and 1 more");
        let mut stage = Stage::new();
        stage.change("/", |page| page.headers.push((HEADER.to_owned(), "script-src *".to_owned())));
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Kept);
    }

    #[test]
    fn a_number_that_comes_twice_breaks_it() {
        let number = |page: &Page, number: &str| {
            let value = page.header(HEADER).next().unwrap().replace("'wasm", &format!("'nonce-{number}' 'wasm"));
            with_header(page.clone(), HEADER, &value)
        };
        let mut stage = Stage::new();
        stage.change(ROOM, |page| *page = number(page, "0123456789abcdef0123456789abcdef"));
        broken(
            &stage.judged(&PROMISE),
            "the number that its scripts carry is not new: /12345678901234567890 of 2001:db8::1",
        );
        let mut stage = Stage::new();
        for (at, sight) in stage.facts().pages.iter_mut().filter(|sight| sight.kind == Kind::Shell).enumerate() {
            sight.answer = sight.answer.as_ref().map(|page| number(page, &format!("{at:032x}"))).map_err(Clone::clone);
        }
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Kept);
        assert_eq!(stage.judged(&super::super::same_answer::PROMISE).verdict, Verdict::Kept);
    }

    #[test]
    fn a_provider_may_be_asked_by_the_page_of_return_alone() {
        let policy = |kind: Kind, stage: &mut Stage| {
            let value = "default-src 'none'; connect-src https://sso.example.nl; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            let page = with_header(stage.facts().pages[0].answer.clone().unwrap(), HEADER, value);
            stage.add(kind, "/vc4all/signed-in", page);
        };
        let mut stage = Stage::with_provider();
        policy(Kind::Return, &mut stage);
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Kept);
        let mut stage = Stage::with_provider();
        policy(Kind::Landing, &mut stage);
        broken(&stage.judged(&PROMISE), "connect-src allows https://sso.example.nl");
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
