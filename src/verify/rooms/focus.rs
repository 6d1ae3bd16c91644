//! The focus, which begins every meeting, does its work.

use super::both::{Look, both};
use super::stopped::unless_stopped;
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::{Focus, Talk};

pub(super) const PROMISE: Promise = Promise {
    name: "focus",
    title: "A meeting can begin: the focus answers who asks for a conference",
    sources: &[Source::Ours("jicofo, doc/conference-request.md"), Source::Law("GDPR art. 32(1)(b): availability")],
    judge: |evidence: &Evidence<'_>| {
        unless_stopped(both(&evidence.talk, REMEDY, look), &evidence.inside, &["jicofo.service"])
    },
};

const REMEDY: &str =
    "Look at `journalctl -u jicofo`, and run `vc4all-deploy up`: the focus has to be logged in at Prosody";

fn look(talk: &Talk) -> Look {
    match &talk.focus {
        Focus::Ready => Look::Kept("it answers that it is ready".to_owned()),
        Focus::NotReady => Look::Broken("it answers that it is not ready".to_owned()),
        Focus::Refused(why) => Look::Broken(format!("a request for a conference is answered {why}")),
        Focus::Silence => Look::Broken("a request for a conference is not answered in time".to_owned()),
        Focus::Unseen(why) => Look::Unseen(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(focus: Focus) -> Verdict {
        both(&sample::facts_with(|talk| talk.focus = focus), REMEDY, look).verdict
    }

    #[test]
    fn a_focus_that_is_not_ready_breaks_it() {
        assert_eq!(verdict(Focus::Ready), Verdict::Kept);
        for focus in [Focus::NotReady, Focus::Refused("service-unavailable".into()), Focus::Silence] {
            assert_eq!(verdict(focus), Verdict::Broken);
        }
        assert_eq!(verdict(Focus::Unseen("nobody could log in".into())), Verdict::Unseen);
    }
}
