//! One judgement of what was seen over BOSH and what over the websocket.

use super::super::Seen;
use super::Judgement;
use crate::outside::talk::{Entry, Facts, Talk};

/// What one way says to a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// It holds there.
    Kept(String),
    /// It does not.
    Broken(String),
    /// That could not be seen.
    Unseen(String),
}

/// Judges both ways: broken where it is broken over one of them, and kept only where both were seen. A way that does not
/// answer at all lets nobody in, and is told by `signalling`.
pub(super) fn both(talk: &Seen<Facts>, remedy: &str, look: impl Fn(&Talk) -> Look) -> Judgement {
    let facts = match talk {
        Ok(facts) => facts,
        Err(why) => return Judgement::unseen(why.clone()),
    };
    let answering = facts.ways().into_iter().filter(|(_, talk)| talk.answers.is_ok());
    let looks: Vec<(&str, Look)> = answering.map(|(way, talk)| (way, look(talk))).collect();
    let told = |wanted: fn(&Look) -> Option<&String>| {
        let found: Vec<(&str, &String)> = looks.iter().filter_map(|(way, look)| Some((*way, wanted(look)?))).collect();
        sentence(&found, looks.len())
    };
    let broken = told(|look| if let Look::Broken(seen) = look { Some(seen) } else { None });
    let unseen = told(|look| if let Look::Unseen(why) = look { Some(why) } else { None });
    let kept = told(|look| if let Look::Kept(seen) = look { Some(seen) } else { None });
    match (broken, unseen, kept) {
        (Some(seen), _, _) => Judgement::broken(seen, remedy),
        (None, Some(why), _) => Judgement::unseen(why),
        (None, None, Some(seen)) if looks.len() == 2 => Judgement::kept(seen),
        (None, None, Some(seen)) => Judgement::kept(format!("{seen}; the other way does not answer")),
        (None, None, None) => Judgement::unseen("neither BOSH nor websocket answers"),
    }
}

/// The same over both ways is said once; a single one is named, and so are two that differ.
fn sentence(found: &[(&str, &String)], of: usize) -> Option<String> {
    match found {
        [] => None,
        [(_, one), (_, other)] if one == other => Some((*one).clone()),
        [(way, one)] if of == 2 => Some(format!("{one} (over {way} alone)")),
        several => {
            let each: Vec<String> = several.iter().map(|(way, seen)| format!("{seen} (over {way})")).collect();
            Some(each.join("; "))
        }
    }
}

/// The same for somebody at a room, who is to stay outside.
pub(super) fn outside(entry: &Entry, inside: &str, who: &str) -> Look {
    match entry {
        Entry::Inside { .. } => Look::Broken(inside.to_owned()),
        Entry::Outside(refusal) => Look::Kept(format!("{who} stays outside ({})", refusal.condition)),
        Entry::Silence => Look::Unseen(format!("{who} got no answer in time")),
        Entry::Unseen(why) => Look::Unseen(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn judged(bosh: Look, websocket: Look) -> Judgement {
        let mut facts = sample::facts();
        facts.bosh.answers = Ok(());
        facts.bosh.guest = crate::outside::talk::Login::Refused("first".into());
        both(&Ok(facts), "Do something", |talk| {
            let first = talk.guest == crate::outside::talk::Login::Refused("first".into());
            if first { bosh.clone() } else { websocket.clone() }
        })
    }

    #[test]
    fn one_broken_way_breaks_it() {
        let judgement = judged(Look::Kept("k".into()), Look::Broken("b".into()));
        assert_eq!((judgement.verdict, judgement.seen.as_str()), (Verdict::Broken, "b (over websocket alone)"));
        assert_eq!(judgement.remedy.as_deref(), Some("Do something"));
        let judgement = judged(Look::Broken("b".into()), Look::Broken("b".into()));
        assert_eq!(judgement.seen, "b");
        let judgement = judged(Look::Broken("a".into()), Look::Broken("b".into()));
        assert_eq!(judgement.seen, "a (over BOSH); b (over websocket)");
        assert_eq!(judged(Look::Broken("b".into()), Look::Unseen("u".into())).verdict, Verdict::Broken);
    }

    #[test]
    fn what_was_not_seen_over_one_way_is_not_kept() {
        let judgement = judged(Look::Kept("k".into()), Look::Unseen("u".into()));
        assert_eq!((judgement.verdict, judgement.seen.as_str()), (Verdict::Unseen, "u (over websocket alone)"));
        assert_eq!(judged(Look::Kept("k".into()), Look::Kept("k".into())), Judgement::kept("k"));
    }

    #[test]
    fn a_way_that_does_not_answer_is_not_judged() {
        let mut facts = sample::facts();
        facts.websocket = Talk::unseen("HTTP 404");
        let look = |_: &Talk| Look::Kept("k".into());
        assert_eq!(both(&Ok(facts.clone()), "", look), Judgement::kept("k (over BOSH); the other way does not answer"));
        facts.bosh = Talk::unseen("HTTP 404");
        assert_eq!(both(&Ok(facts), "", look).verdict, Verdict::Unseen);
        assert_eq!(both(&Err("no way".into()), "", look), Judgement::unseen("no way"));
    }
}
