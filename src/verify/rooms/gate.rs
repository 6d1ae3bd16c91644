//! The gate stands: it alone opens the domain at which guests log in.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::{Login, Talk};

pub(super) const PROMISE: Promise = Promise {
    name: "gate",
    title: "The gate stands, and guests can come to it",
    sources: &[
        Source::Ours("docs/gate.md, \"Where it is missing\""),
        Source::Regulators("1, security"),
        Source::Law("GDPR art. 32(1)(b)"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Run `vc4all-deploy up`; where that changes nothing, look at `journalctl -u prosody` for the gate";

fn look(talk: &Talk) -> Look {
    match &talk.guest {
        Login::In => Look::Kept("a guest can log in, which only the gate makes possible".to_owned()),
        Login::Refused(why) => Look::Broken(format!("no guest can log in ({why}): the gate has not loaded")),
        Login::Unseen(why) => Look::Unseen(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(guest: Login) -> Verdict {
        both(&sample::facts_with(|talk| talk.guest = guest), REMEDY, look).verdict
    }

    #[test]
    fn a_guest_who_cannot_log_in_breaks_it() {
        assert_eq!(verdict(Login::In), Verdict::Kept);
        assert_eq!(verdict(Login::Refused("host-unknown".into())), Verdict::Broken);
        assert_eq!(verdict(Login::Unseen("silence".into())), Verdict::Unseen);
    }
}
