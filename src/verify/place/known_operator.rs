//! It is clear who runs the instance; what visitors are told of it is a promise of the statement.

use crate::model::finding::Source;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "known-operator",
    title: "The inventory says who is responsible, and who runs the machine for them",
    sources: &[
        Source::Principle("known operator"),
        Source::Regulators("transparency and fairness"),
        Source::Law("GDPR art. 4(7), art. 28"),
    ],
    judge,
};

const REMEDY: &str = "If the machine is rented, name the company under `host.provider` in the inventory";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let operator = &evidence.deployment.operator;
    let who = format!("{} in {}, {}", operator.name, operator.country, operator.email);
    match &evidence.deployment.host.provider {
        Some(provider) => {
            Judgement::kept(format!("{who}; the machine is run by {} in {}", provider.name, provider.country))
        }
        None => Judgement::noted(format!("{who}; no hosting company is named, so the machine must be their own"))
            .with_remedy(REMEDY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Verdict;
    use crate::verify::stage::{Stage, kept};

    #[test]
    fn a_machine_of_nobody_is_told() {
        let mut stage = Stage::new();
        kept(&stage.judged(&PROMISE), "the machine is run by Voorbeeldhosting in NL");
        stage.deployment.host.provider = None;
        let judgement = stage.judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Noted);
        assert!(judgement.seen.starts_with("Gemeente Voorbeeldstad in NL, "), "{judgement:?}");
    }
}
