//! Nobody outside is told which rooms there are, or who is in them.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::Talk;

pub(super) const PROMISE: Promise = Promise {
    name: "hidden-rooms",
    title: "Nobody outside is told which rooms there are, or who is in them",
    sources: &[
        Source::Ours("jitsi-meet, `mod_muc_hide_all`"),
        Source::Regulators("2, privacy by design and default"),
        Source::Law("GDPR art. 5(1)(f)"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Run `vc4all-deploy up`, which loads `muc_hide_all` on the rooms' component again";

fn look(talk: &Talk) -> Look {
    match &talk.told {
        Ok(by) if by.is_empty() => Look::Kept("a guest outside who asks about a room is told nothing".to_owned()),
        Ok(by) => Look::Broken(format!("a guest outside is told about a room by {}", by.join(" and by "))),
        Err(why) => Look::Unseen(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(told: Result<Vec<&'static str>, String>) -> Verdict {
        both(&sample::facts_with(|talk| talk.told = told), REMEDY, look).verdict
    }

    #[test]
    fn a_room_that_somebody_tells_of_breaks_it() {
        assert_eq!(verdict(Ok(Vec::new())), Verdict::Kept);
        assert_eq!(verdict(Ok(vec!["the room itself"])), Verdict::Broken);
        assert_eq!(verdict(Err("no answer".into())), Verdict::Unseen);
    }
}
