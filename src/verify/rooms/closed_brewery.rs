//! Strangers stay away from where the bridges meet.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::{Entry, Talk};

pub(super) const PROMISE: Promise = Promise {
    name: "closed-brewery",
    title: "No stranger reaches the meeting point of the bridges, where they could pose as one",
    sources: &[
        Source::Ours("jitsi-meet, `mod_muc_filter_access`"),
        Source::Regulators("1, security"),
        Source::Law("GDPR art. 32(1)(b)"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Run `vc4all-deploy up`, which loads `muc_filter_access` on the bridges' component again";

/// What the server answers where nobody is behind an address (RFC 6120 §10.4).
const ABSENT: [&str; 3] = ["service-unavailable", "remote-server-not-found", "item-not-found"];

/// The filter swallows what a stranger says; any answer of the component shows that it was heard behind the filter. Only
/// without a bridge is there no room yet, and whoever comes then is refused for that alone.
fn look(talk: &Talk) -> Look {
    match &talk.brewery {
        Entry::Silence => Look::Kept("a guest is not heard there".to_owned()),
        Entry::Inside { .. } => Look::Broken("a guest is inside the bridges' meeting point".to_owned()),
        Entry::Outside(refusal) if ABSENT.contains(&refusal.condition.as_str()) => {
            Look::Unseen(format!("there is no meeting point: {}", refusal.condition))
        }
        Entry::Outside(refusal) => {
            Look::Broken(format!("a guest is heard at the bridges' meeting point, and answered {}", refusal.condition))
        }
        Entry::Unseen(why) => Look::Unseen(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(brewery: Entry) -> Verdict {
        both(&sample::facts_with(|talk| talk.brewery = brewery), REMEDY, look).verdict
    }

    #[test]
    fn a_guest_among_the_bridges_breaks_it() {
        assert_eq!(verdict(Entry::Silence), Verdict::Kept);
        assert_eq!(verdict(Entry::Inside { moderator: false }), Verdict::Broken);
        assert_eq!(verdict(sample::outside("not-allowed")), Verdict::Broken);
        assert_eq!(verdict(sample::outside("service-unavailable")), Verdict::Unseen);
        assert_eq!(verdict(Entry::Unseen("no guest can log in".into())), Verdict::Unseen);
    }
}
