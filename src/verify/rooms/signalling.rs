//! A browser reaches the rooms over both ways that Jitsi's client knows.

use super::stopped::unless_stopped;
use super::{Evidence, Judgement, Promise};
use crate::model::finding::Source;
use crate::outside::talk::Facts;

pub(super) const PROMISE: Promise = Promise {
    name: "signalling",
    title: "The rooms answer over BOSH and over websocket",
    sources: &[
        Source::Guideline("XEP-0206 (XMPP over BOSH)"),
        Source::Guideline("RFC 7395 (XMPP over websocket)"),
        Source::Law("GDPR art. 32(1)(b): availability"),
    ],
    judge: |evidence: &Evidence<'_>| match &evidence.talk {
        Ok(facts) => unless_stopped(judge(facts), &evidence.inside, &["nginx.service", "prosody.service"]),
        Err(why) => Judgement::unseen(why.clone()),
    },
};

const REMEDY: &str = "Run `vc4all-deploy up`; where that changes nothing, look at `journalctl -u nginx -u prosody`";

fn judge(facts: &Facts) -> Judgement {
    let silent = facts.ways().into_iter().filter_map(|(way, talk)| Some((way, talk.answers.as_ref().err()?)));
    let silent: Vec<String> = silent.map(|(way, why)| format!("{way} does not answer: {why}")).collect();
    if silent.is_empty() {
        return Judgement::kept("both answer on port 443");
    }
    Judgement::broken(silent.join("; "), REMEDY)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::talk::Talk;

    #[test]
    fn it_is_kept_where_both_ways_answer() {
        assert_eq!(judge(&sample::facts()).verdict, Verdict::Kept);
    }

    #[test]
    fn a_way_that_does_not_answer_breaks_it() {
        let mut facts = sample::facts();
        facts.websocket = Talk::unseen("HTTP 404");
        let judgement = judge(&facts);
        assert_eq!(judgement.seen, "websocket does not answer: HTTP 404");
        assert_eq!((judgement.verdict, judgement.remedy.is_some()), (Verdict::Broken, true));
        facts.bosh = Talk::unseen("HTTP 502");
        assert_eq!(judge(&facts).seen, "BOSH does not answer: HTTP 502; websocket does not answer: HTTP 404");
    }
}
