//! A guest who knows the link is not inside yet.

use super::both::{Look, both, outside};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::Talk;

pub(super) const PROMISE: Promise = Promise {
    name: "guests-wait",
    title: "No guest comes into a meeting unasked: the link alone opens nothing",
    sources: &[
        Source::Principle("VC4ALL was begun after strangers had disturbed a council's meeting"),
        Source::Regulators("2, privacy by design and default: strong control of who comes in"),
        Source::Law("GDPR art. 25(2)"),
        Source::Law("GDPR art. 32(1)(b)"),
        Source::Ours("docs/gate.md"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Close the host to guests (`systemctl stop prosody`), then run `vc4all-deploy up`";

fn look(talk: &Talk) -> Look {
    outside(
        &talk.late,
        "a guest came into a meeting without being admitted, and without a password",
        "an uninvited guest",
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::talk::Entry;

    fn verdict(late: Entry) -> Verdict {
        both(&sample::facts_with(|talk| talk.late = late), REMEDY, look).verdict
    }

    #[test]
    fn a_guest_who_walks_in_breaks_it() {
        assert_eq!(verdict(sample::lobby()), Verdict::Kept);
        assert_eq!(verdict(sample::outside("not-authorized")), Verdict::Kept);
        assert_eq!(verdict(Entry::Inside { moderator: false }), Verdict::Broken);
        assert_eq!(verdict(Entry::Silence), Verdict::Unseen);
        assert_eq!(verdict(Entry::Unseen("no token at hand".into())), Verdict::Unseen);
    }
}
