//! The web server gives away neither its version, nor its folders, nor itself to those who do not know the name.

use super::answers::{Faults, RENDER_AGAIN, addresses, seen};
use crate::model::finding::Source;
use crate::model::subject::SubjectName;
use crate::outside::fetch::{Page, Scheme};
use crate::outside::web::{Facts, Kind, Stranger, Welcome};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "server-says-little",
    title: "The web server tells no version and no list of files, and answers to no other name",
    sources: &[
        Source::Law("GDPR art. 32"),
        Source::Guideline("OWASP WSTG-INFO-02, WSTG-CONF-06"),
        Source::Ours("the web server answers to the instance's name alone"),
    ],
    judge,
};

/// Headers by which servers and frameworks name themselves.
const TELLTALES: [&str; 5] = ["x-powered-by", "x-aspnet-version", "x-generator", "via", "x-runtime"];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, &evidence.deployment.tls.names))
}

/// Whoever asks for another name of the certificate is no stranger.
fn look(facts: &Facts, others: &[SubjectName]) -> Judgement {
    let mut faults = Faults::default();
    for (sight, page) in facts.answers() {
        for what in [named(page), listed(sight.kind, page), echoed(sight.kind, page)].into_iter().flatten() {
            faults.add(what, sight);
        }
    }
    for clear in &facts.in_clear {
        if let Some(what) = clear.answer.as_ref().ok().and_then(named) {
            faults.add_at(what, format!("http:// {} of {}", clear.path, clear.address));
        }
    }
    let known = |stranger: &&Stranger| SubjectName::parse(&stranger.name).is_ok_and(|name| others.contains(&name));
    for stranger in facts.strangers.iter().filter(|stranger| !known(stranger)) {
        if let Some(status) = answered(stranger) {
            let scheme = if stranger.scheme == Scheme::Https { "https" } else { "http" };
            let what = format!("{scheme}://{}/ is answered with {status}", stranger.name);
            faults.add_at(what, stranger.address.to_string());
        }
    }
    faults.judged(format!("no version, no folder, no other name at {}", addresses(facts)), RENDER_AGAIN)
}

fn named(page: &Page) -> Option<String> {
    if let Some(server) = page.header("server").find(|server| server.bytes().any(|b| b.is_ascii_digit() || b == b'/')) {
        return Some(format!("the server calls itself {server:?}"));
    }
    let telltale = TELLTALES.iter().find_map(|name| Some((name, page.header(name).next()?)));
    telltale.map(|(name, value)| format!("{name} says {value:?}"))
}

/// A list of files, as the usual web servers write one.
fn listed(kind: Kind, page: &Page) -> Option<String> {
    let list = kind == Kind::Folder && page.status == 200;
    list.then(|| "the folder shows what is in it".to_owned())
}

/// TRACE hands back the request with all that was in it (RFC 9110 §9.3.8).
fn echoed(kind: Kind, page: &Page) -> Option<String> {
    let echo = kind == Kind::Odd && page.text().contains("TRACE / HTTP/");
    echo.then(|| "TRACE is answered with the request".to_owned())
}

fn answered(stranger: &Stranger) -> Option<u16> {
    match stranger.welcome {
        // Refusing with a word is refusing; leading or showing something is not.
        Welcome::Answered(status) if status < 400 => Some(status),
        Welcome::Answered(_) | Welcome::Refused | Welcome::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(path: &str, name: &str, value: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change(path, |page| *page = with_header(page.clone(), name, value));
        stage.judged(&PROMISE)
    }

    #[test]
    fn a_silent_server_keeps_it() {
        assert_eq!(Stage::new().judged(&PROMISE).verdict, Verdict::Kept);
        assert_eq!(with("/", "server", "Apache").verdict, Verdict::Kept);
        let mut stage = Stage::new();
        stage.facts().strangers[0].welcome = Welcome::Answered(444);
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Kept);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }

    #[test]
    fn talk_breaks_it() {
        broken(&with("/", "server", "nginx/1.22.1"), "the server calls itself \"nginx/1.22.1\": / of 192.0.2.1");
        broken(&with("/css/all.css", "x-powered-by", "PHP"), "x-powered-by says \"PHP\"");
        let mut stage = Stage::new();
        stage.change("/libs/", |answer| *answer = with_header(answer.clone(), "x", "y"));
        stage.change("/libs/", |answer| answer.status = 200);
        broken(&stage.judged(&PROMISE), "the folder shows what is in it: /libs/ of 192.0.2.1 and 1 more");
        let mut stage = Stage::new();
        stage.facts().strangers[0].welcome = Welcome::Answered(200);
        broken(&stage.judged(&PROMISE), "https://somebody-else.invalid/ is answered with 200: 192.0.2.1");
        let mut stage = Stage::new();
        stage.facts().in_clear[0].answer = Ok(with_header(page(301, ""), "server", "nginx/1.22.1"));
        broken(&stage.judged(&PROMISE), "the server calls itself \"nginx/1.22.1\": http:// / of");
        let mut stage = Stage::new();
        stage.add(Kind::Odd, "/", page(200, "TRACE / HTTP/1.1\r\nCookie: x"));
        broken(&stage.judged(&PROMISE), "TRACE is answered with the request: / of");
    }
}
