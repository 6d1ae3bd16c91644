//! `published-facts`: directories of instances are told the same as visitors.

use super::pages::wanted;
use crate::model::finding::Source;
use crate::outside::web::Kind;
use crate::verify::{Evidence, Judgement, Promise};
use serde_json::Value;

pub(super) const PROMISE: Promise = Promise {
    name: "published-facts",
    title: "Directories of instances are told the same facts as the statement tells visitors",
    sources: &[
        Source::Principle("known operator"),
        Source::Regulators("transparency and fairness"),
        Source::Ours("/.well-known/vc4all.json"),
    ],
    judge,
};

const PLACE: &str = ".well-known/vc4all.json";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let facts = match &evidence.web {
        Ok(facts) => facts,
        Err(why) => return Judgement::unseen(why.clone()),
    };
    let Some(wanted) = wanted(evidence, PLACE).and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        return Judgement::unseen("this deployment publishes no facts");
    };
    let mut seen = 0;
    for (sight, page) in facts.of(&[Kind::Published]) {
        seen += 1;
        let what = match page.status {
            200 => difference(&page.body, &wanted),
            status => Some(format!("answers {status}")),
        };
        if let Some(what) = what {
            let remedy = "Run `vc4all-deploy up` to publish the facts of the inventory";
            return Judgement::broken(format!("{} of {} {what}", sight.path, sight.address), remedy);
        }
    }
    match seen {
        0 => Judgement::unseen("no address gave the facts"),
        _ => Judgement::kept(format!("/{PLACE} says what the inventory says")),
    }
}

/// The first name under which something else stands than should.
fn difference(body: &[u8], wanted: &Value) -> Option<String> {
    let Ok(shown) = serde_json::from_slice::<Value>(body) else { return Some("is no JSON".to_owned()) };
    if &shown == wanted {
        return None;
    }
    let names = wanted.as_object().into_iter().flatten();
    let differing = names.filter(|(name, value)| shown.get(name.as_str()) != Some(value)).map(|(name, _)| name.clone());
    Some(differing.take(1).next().map_or("says more than it should".to_owned(), |name| format!("has another {name:?}")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{World, broken, kept, unseen};
    use super::*;

    #[test]
    fn the_facts_of_the_inventory_keep_it_and_others_break_it() {
        let path = "/.well-known/vc4all.json";
        kept(&World::new().judged(&PROMISE), "says what the inventory says");
        let mut world = World::new();
        world.change(path, |text| text.replace("Gemeente", "Stadt"));
        broken(&world.judged(&PROMISE), "has another \"");
        world.change(path, |_| "<html>".to_owned());
        broken(&world.judged(&PROMISE), "is no JSON");
        world.status(path, 404);
        broken(&world.judged(&PROMISE), "answers 404");
        world.web = Err("no answer".into());
        unseen(&world.judged(&PROMISE), "no answer");
    }
}
