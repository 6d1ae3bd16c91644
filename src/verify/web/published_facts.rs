//! What directories and people are told about the instance.

use super::answers::{Faults, RENDER_AGAIN, addresses, seen};
use crate::model::deployment::Deployment;
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::Facts;
use crate::papers::published::{PATH, Published};
use crate::verify::{Evidence, Judgement, Promise};
use serde_json::Value;

pub(super) const PROMISE: Promise = Promise {
    name: "published-facts",
    title: "The facts for directories are those of the inventory",
    sources: &[
        Source::Principle("operator clear"),
        Source::Regulators("transparency and fairness"),
        Source::Law("GDPR art. 12(1)"),
    ],
    judge,
};

/// Which build of the program wrote the file says nothing about the instance.
const PASSED_OVER: &str = "program";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, evidence.deployment))
}

fn look(facts: &Facts, deployment: &Deployment) -> Judgement {
    let Ok(derived) = serde_json::to_value(Published::of(deployment)) else {
        return Judgement::unseen("the facts of the inventory are no JSON");
    };
    let (mut faults, mut judged) = (Faults::default(), 0);
    for (address, page) in facts.at(PATH) {
        judged += 1;
        if let Some(what) = difference(page, &derived) {
            faults.add_at(what, format!("{PATH} of {address}"));
        }
    }
    if judged == 0 {
        return Judgement::unseen(format!("nothing was seen at {PATH}"));
    }
    faults.judged(format!("{PATH} of {}", addresses(facts)), RENDER_AGAIN)
}

fn difference(page: &Page, derived: &Value) -> Option<String> {
    if page.status != 200 {
        return Some(format!("it answers {}", page.status));
    }
    let Ok(told) = serde_json::from_slice::<Value>(&page.body) else { return Some("it is no JSON".to_owned()) };
    let (Some(told), Some(derived)) = (told.as_object(), derived.as_object()) else {
        return Some("it is no list of facts".to_owned());
    };
    // New fields may come at any time, from a newer program.
    let differs = |(key, value): &(&String, &Value)| *key != PASSED_OVER && told.get(*key) != Some(*value);
    derived.iter().find(differs).map(|(key, _)| format!("its {key:?} is not that of the inventory"))
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(old: &str, new: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change(PATH, |page| {
            let text = page.text();
            assert!(text.contains(old), "{text}");
            page.body = text.replacen(old, new, 1).into_bytes();
        });
        stage.judged(&PROMISE)
    }

    #[test]
    fn those_of_the_inventory_keep_it() {
        assert_eq!(Stage::new().judged(&PROMISE).verdict, Verdict::Kept);
        assert_eq!(with(env!("CARGO_PKG_VERSION"), "99.0.0").verdict, Verdict::Kept);
        assert_eq!(with("\"version\": 1", "\"more\": 2,\n  \"version\": 1").verdict, Verdict::Kept);
    }

    #[test]
    fn others_break_it() {
        broken(
            &with("\"logs_days\": 7", "\"logs_days\": 30"),
            "its \"retention\" is not that of the inventory: /.well-known/vc4all.json of",
        );
        broken(&with("Gemeente Voorbeeldstad", "Gemeente Elders"), "is not that of the inventory");
        broken(&with("{", ""), "it is no JSON");
        let mut stage = Stage::new();
        stage.change(PATH, |page| page.status = 404);
        broken(&stage.judged(&PROMISE), "it answers 404");
        let mut stage = Stage::new();
        stage.change(PATH, |page| page.body = b"[]".to_vec());
        broken(&stage.judged(&PROMISE), "it is no list of facts");
    }

    #[test]
    fn nothing_is_said_without_an_answer() {
        let mut stage = Stage::new();
        stage.facts().pages.retain(|sight| sight.path != PATH);
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }
}
