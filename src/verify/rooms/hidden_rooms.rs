//! Nobody outside is told which rooms there are.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::Talk;

pub(super) const PROMISE: Promise = Promise {
    name: "hidden-rooms",
    title: "Nobody outside is told which rooms there are",
    sources: &[
        Source::Ours("jitsi-meet, `mod_muc_hide_all`"),
        Source::Regulators("2, privacy by design and default"),
        Source::Law("GDPR art. 5(1)(f)"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Run `vc4all-deploy up`, which loads `muc_hide_all` on the rooms' component again";

fn look(talk: &Talk) -> Look {
    match &talk.listed {
        Ok(false) => Look::Kept("a guest who asks for a list does not find the room".to_owned()),
        Ok(true) => Look::Broken("a guest outside finds the room in a list".to_owned()),
        Err(why) => Look::Unseen(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(listed: Result<bool, String>) -> Verdict {
        both(&sample::facts_with(|talk| talk.listed = listed), REMEDY, look).verdict
    }

    #[test]
    fn a_room_in_a_list_breaks_it() {
        assert_eq!(verdict(Ok(false)), Verdict::Kept);
        assert_eq!(verdict(Ok(true)), Verdict::Broken);
        assert_eq!(verdict(Err("no answer".into())), Verdict::Unseen);
    }
}
