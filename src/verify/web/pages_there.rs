//! The pages and files of the instance are where they should be.

use super::answers::{Faults, RENDER_AGAIN, addresses, seen};
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::{Facts, Kind, Sight};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "pages-there",
    title: "The landing page, a room, and what they are made of answer",
    sources: &[
        Source::Law("GDPR art. 32(1)(b)"),
        Source::Ours("the landing page and the rooms that an invitation names"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, look)
}

fn look(facts: &Facts) -> Judgement {
    let (mut faults, mut judged) = (Faults::default(), 0);
    for sight in &facts.pages {
        judged += 1;
        match &sight.answer {
            // An address that lost one answer may have lost the way to it.
            Err(_) => faults.add("no answer", sight),
            Ok(page) => {
                if let Some(what) = fault(facts, sight, page) {
                    faults.add(what, sight);
                }
            }
        }
    }
    faults.judged(format!("{judged} paths answer as they should at {}", addresses(facts)), RENDER_AGAIN)
}

fn fault(facts: &Facts, sight: &Sight, page: &Page) -> Option<String> {
    let media = page.header("content-type").next().unwrap_or_default().to_ascii_lowercase();
    let wrong = |wanted: u16, kind: &str| {
        if page.status != wanted {
            return Some(format!("answers {} instead of {wanted}", page.status));
        }
        (!media.starts_with(kind)).then(|| format!("is {media:?}"))
    };
    match sight.kind {
        Kind::Landing => wrong(200, "text/html"),
        Kind::Shell => wrong(200, "text/html").or_else(|| without_settings(facts, sight, page)),
        Kind::Config if media.starts_with("text/javascript") => wrong(200, ""),
        Kind::Config => wrong(200, "application/javascript"),
        Kind::Manifest | Kind::Asset | Kind::Robots => wrong(200, ""),
        Kind::Absent => wrong(404, ""),
        // Others judge these.
        Kind::Statement | Kind::Door | Kind::Return | Kind::Security | Kind::Published | Kind::Folder | Kind::Odd => {
            None
        }
    }
}

/// Jitsi's shell has the settings in itself; what `/config.js` shows is a copy for people and apps.
fn without_settings(facts: &Facts, sight: &Sight, page: &Page) -> Option<String> {
    let (_, settings) =
        facts.at("/config.js").find(|(address, page)| *address == sight.address && page.status == 200)?;
    let whole = page.text().contains(settings.text().trim());
    (!whole).then(|| "the room's page holds other settings than config.js".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn what_is_there_keeps_it() {
        let judgement = Stage::new().judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Kept, "{}", judgement.seen);
        let mut stage = Stage::new();
        stage.change("/privacy", |page| page.status = 404);
        stage.change("/config.js", |page| *page = with_header(page.clone(), "content-type", "text/javascript"));
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Kept);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }

    #[test]
    fn what_is_not_breaks_it() {
        let mut stage = Stage::new();
        stage.change("/nl/", |page| page.status = 404);
        broken(&stage.judged(&PROMISE), "answers 404 instead of 200: /nl/ of 192.0.2.1 and 1 more");
        let mut stage = Stage::new();
        stage.change("/", |page| *page = with_header(page.clone(), "content-type", "text/plain"));
        broken(&stage.judged(&PROMISE), "is \"text/plain\": / of");
        let mut stage = Stage::new();
        stage.change("/there/is/nothing", |page| page.status = 200);
        broken(&stage.judged(&PROMISE), "answers 200 instead of 404");
        let mut stage = Stage::new();
        stage.change(ROOM, |page| page.body = b"<script>var config = {};</script>".to_vec());
        broken(&stage.judged(&PROMISE), "the room's page holds other settings than config.js");
        let mut stage = Stage::new();
        stage.facts().pages[0].answer = Err("no answer within 5000 ms".to_owned());
        broken(&stage.judged(&PROMISE), "no answer: / of 192.0.2.1");
    }
}
