//! All parts of a meeting are wired to the main domain.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::Talk;

pub(super) const PROMISE: Promise = Promise {
    name: "components",
    title: "All parts of a meeting are there: lobby, breakout rooms, polls, moderation",
    sources: &[
        Source::Ours("templates/prosody/host.cfg.lua.tera"),
        Source::Guideline("XEP-0030 §3.1, as Jitsi's client reads it"),
        Source::Regulators("5, end-user control"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Run `vc4all-deploy up`; where that changes nothing, look at `journalctl -u prosody` for modules \
                      that do not load";

/// What the main domain names when Prosody is configured as we do it.
pub(super) const WIRED: [&str; 8] = [
    "av_moderation",
    "breakout_rooms",
    "conference_duration",
    "end_conference",
    "lobbyrooms",
    "polls",
    "room_metadata",
    "speakerstats",
];

fn look(talk: &Talk) -> Look {
    let components = match &talk.components {
        Ok(components) => components,
        Err(why) => return Look::Unseen(why.clone()),
    };
    let missing: Vec<&str> = WIRED.into_iter().filter(|wired| !components.contains(*wired)).collect();
    if missing.is_empty() {
        return Look::Kept(format!("the main domain names all {}", WIRED.len()));
    }
    Look::Broken(format!("the main domain does not name {}", missing.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;
    use std::collections::BTreeSet;

    #[test]
    fn a_missing_part_breaks_it() {
        assert_eq!(both(&Ok(sample::facts()), REMEDY, look).verdict, Verdict::Kept);
        for missing in WIRED {
            let facts = sample::facts_with(|talk| {
                talk.components = Ok(WIRED.into_iter().filter(|name| *name != missing).map(str::to_owned).collect());
            });
            let judgement = both(&facts, REMEDY, look);
            assert_eq!(judgement.verdict, Verdict::Broken);
            assert!(judgement.seen.contains(missing), "{}", judgement.seen);
        }
    }

    #[test]
    fn more_than_that_is_no_fault_and_nothing_is_no_proof() {
        let more = |talk: &mut Talk| talk.components.as_mut().unwrap().extend(["file-sharing".to_owned()]);
        assert_eq!(both(&sample::facts_with(more), REMEDY, look).verdict, Verdict::Kept);
        let none = sample::facts_with(|talk| talk.components = Ok(BTreeSet::new()));
        assert_eq!(both(&none, REMEDY, look).verdict, Verdict::Broken);
        let unseen = sample::facts_with(|talk| talk.components = Err("no answer".into()));
        assert_eq!(both(&unseen, REMEDY, look).verdict, Verdict::Unseen);
    }
}
