//! Nothing is stored at a visitor who did not log in.

use super::answers::{Faults, RENDER_AGAIN, addresses, seen};
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::Facts;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "no-cookies",
    title: "No page sets a cookie before somebody logs in",
    sources: &[
        Source::Law("Directive 2002/58/EC art. 5(3)"),
        Source::Regulators("privacy by design and default"),
        Source::Ours("the privacy statement says that there are none"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, look)
}

fn look(facts: &Facts) -> Judgement {
    let mut faults = Faults::default();
    let mut judged = 0;
    for (sight, page) in facts.answers() {
        judged += 1;
        if let Some(name) = cookie(page) {
            faults.add(name, sight);
        }
    }
    for clear in &facts.in_clear {
        if let Some(name) = clear.answer.as_ref().ok().and_then(cookie) {
            faults.add_at(name, format!("http:// {} of {}", clear.path, clear.address));
        }
    }
    faults.judged(format!("none in {judged} answers of {}", addresses(facts)), RENDER_AGAIN)
}

/// The name of the first cookie; its value is nobody's business.
fn cookie(page: &Page) -> Option<String> {
    let cookie = page.header("set-cookie").next()?;
    Some(format!("sets the cookie {:?}", cookie.split('=').next().unwrap_or_default().trim()))
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn none_keeps_it() {
        let mut stage = Stage::new();
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Kept);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }

    #[test]
    fn one_breaks_it_without_its_value() {
        let mut stage = Stage::new();
        stage.change("/config.js", |page| *page = with_header(page.clone(), "set-cookie", "id=0123; Path=/"));
        let judgement = stage.judged(&PROMISE);
        broken(&judgement, "sets the cookie \"id\": /config.js of 192.0.2.1 and 1 more");
        assert!(!judgement.seen.contains("0123"));
        let mut stage = Stage::new();
        stage.facts().in_clear[0].answer = Ok(with_header(page(301, ""), "set-cookie", "id=1"));
        broken(&stage.judged(&PROMISE), "sets the cookie \"id\": http:// / of");
    }
}
