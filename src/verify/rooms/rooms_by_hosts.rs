//! A guest alone opens no room.

use super::both::{Look, both, outside};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::Talk;

pub(super) const PROMISE: Promise = Promise {
    name: "rooms-by-hosts",
    title: "No guest opens a room: a meeting host has to be there first",
    sources: &[
        Source::Principle("VC4ALL was begun after strangers had disturbed a council's meeting"),
        Source::Regulators("2, privacy by design and default"),
        Source::Law("GDPR art. 25(2)"),
        Source::Ours("docs/gate.md"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Close the host to guests (`systemctl stop prosody`), then run `vc4all-deploy up`";

fn look(talk: &Talk) -> Look {
    outside(&talk.early, "a guest is inside a room in which no meeting host has been", "a guest without a meeting host")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::talk::Entry;

    fn verdict(early: Entry) -> Verdict {
        both(&sample::facts_with(|talk| talk.early = early), REMEDY, look).verdict
    }

    #[test]
    fn a_guest_who_is_alone_inside_breaks_it() {
        assert_eq!(verdict(sample::lobby()), Verdict::Kept);
        assert_eq!(verdict(sample::outside("not-allowed")), Verdict::Kept);
        assert_eq!(verdict(Entry::Inside { moderator: false }), Verdict::Broken);
        assert_eq!(verdict(Entry::Silence), Verdict::Unseen);
        assert_eq!(verdict(Entry::Unseen("no guest can log in".into())), Verdict::Unseen);
    }
}
