//! A room whose name everybody guesses is refused.

use super::both::{Look, both};
use super::{Evidence, Judgement, Promise};
use crate::model::finding::Source;
use crate::outside::talk::{Entry, Talk};

pub(super) const PROMISE: Promise = Promise {
    name: "hard-names",
    title: "A room whose name is easy to guess is refused",
    sources: &[
        Source::Ours("inventory: access.room_name_bits; docs/gate.md, \"Names that are easy to guess\""),
        Source::Regulators("2, privacy by design and default"),
        Source::Law("GDPR art. 25(2)"),
    ],
    judge: |evidence: &Evidence<'_>| match evidence.deployment.access.room_name_bits {
        bits if bits < TRIED => {
            Judgement::noted(format!("access.room_name_bits is {bits}: nearly every name is taken"))
        }
        _ => both(&evidence.talk, REMEDY, look),
    },
};

const REMEDY: &str = "Run `vc4all-deploy up`, so that the gate measures names again";
/// Below this no name is tried: even three letters may be good enough.
const TRIED: u16 = 8;

fn look(talk: &Talk) -> Look {
    match (&talk.easy, &talk.early) {
        (Entry::Outside(refusal), _) if refusal.condition == "not-allowed" && refusal.explained => {
            Look::Kept("a name of three letters is refused, with the reason".to_owned())
        }
        (Entry::Outside(refusal), _) => {
            Look::Broken(format!("a name of three letters is taken: a guest is answered {}", refusal.condition))
        }
        (Entry::Inside { .. }, Entry::Inside { .. }) => Look::Unseen("guests get into any room".to_owned()),
        (Entry::Inside { .. }, _) => Look::Broken("a name of three letters is taken: a guest is inside".to_owned()),
        (Entry::Silence, _) => Look::Unseen("a guest got no answer in time".to_owned()),
        (Entry::Unseen(why), _) => Look::Unseen(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(change: impl FnOnce(&mut Talk)) -> Verdict {
        both(&sample::facts_with(change), REMEDY, look).verdict
    }

    #[test]
    fn a_name_that_is_not_measured_breaks_it() {
        assert_eq!(verdict(|_| ()), Verdict::Kept);
        assert_eq!(verdict(|talk| talk.easy = sample::lobby()), Verdict::Broken);
        assert_eq!(verdict(|talk| talk.easy = sample::outside("not-allowed")), Verdict::Broken);
        assert_eq!(verdict(|talk| talk.easy = Entry::Inside { moderator: false }), Verdict::Broken);
    }

    #[test]
    fn faults_in_another_place_leave_it_unseen() {
        let open = |talk: &mut Talk| {
            talk.early = Entry::Inside { moderator: false };
            talk.easy = Entry::Inside { moderator: false };
        };
        assert_eq!(verdict(open), Verdict::Unseen);
        assert_eq!(verdict(|talk| talk.easy = Entry::Silence), Verdict::Unseen);
        assert_eq!(verdict(|talk| talk.easy = Entry::Unseen("the focus is not ready".into())), Verdict::Unseen);
    }
}
