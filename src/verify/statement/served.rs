//! `statement`: the privacy statement stands where people look for it, and says what this deployment says.

use super::pages::{difference, statement};
use crate::model::deployment::Language;
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::{Facts, Kind, Sight};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "statement",
    title: "The privacy statement is there in each language, and follows from the inventory",
    sources: &[
        Source::Principle("privacy statement"),
        Source::Regulators("transparency and fairness"),
        Source::Law("GDPR art. 12(1), art. 13"),
    ],
    judge,
};

const REMEDY: &str = "Run `vc4all-deploy plan` to see what differs, and `vc4all-deploy up` to serve the statement anew";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    match &evidence.web {
        Ok(facts) => look(facts, evidence),
        Err(why) => Judgement::unseen(why.clone()),
    }
}

fn look(facts: &Facts, evidence: &Evidence<'_>) -> Judgement {
    let mut seen = 0;
    for (sight, page) in facts.of(&[Kind::Statement]) {
        seen += 1;
        if let Some(what) = fault(sight, page, evidence) {
            return Judgement::broken(format!("{} of {}: {what}", sight.path, sight.address), REMEDY);
        }
    }
    if seen == 0 {
        return Judgement::unseen("no address gave the statement");
    }
    let deployment = evidence.deployment;
    let languages: Vec<&str> = deployment.languages.iter().map(|language| language.code()).collect();
    let (operator, days) = (&deployment.operator, deployment.retention.logs_days);
    Judgement::kept(format!(
        "/privacy in {}: {}, {}, logs {days} days",
        languages.join(", "),
        operator.name,
        operator.email
    ))
}

fn fault(sight: &Sight, page: &Page, evidence: &Evidence<'_>) -> Option<String> {
    if page.status != 200 {
        return Some(format!("it answers {}", page.status));
    }
    let media = page.header("content-type").next().unwrap_or_default();
    if !media.starts_with("text/html") {
        return Some("it is no page".to_owned());
    }
    let text = page.text();
    let wanted: Vec<&str> = spoken(sight, evidence).filter_map(|language| statement(evidence, language)).collect();
    if wanted.contains(&text.as_str()) {
        return None;
    }
    for (what, name) in [
        ("operator", evidence.deployment.operator.name.as_str()),
        ("address for questions", evidence.deployment.operator.email.as_str()),
    ] {
        if !text.contains(&escaped(name)) {
            return Some(format!("it does not name the {what} {name}"));
        }
    }
    Some(wanted.first().and_then(|wanted| difference(&text, wanted)).unwrap_or_else(|| "it differs".to_owned()))
}

/// The languages in which a path may answer: `/privacy` itself in each, the visitor's own.
fn spoken(sight: &Sight, evidence: &Evidence<'_>) -> impl Iterator<Item = Language> {
    let code = sight.path.trim_start_matches("/privacy").trim_start_matches('/').to_owned();
    evidence.deployment.languages.iter().copied().filter(move |language| code.is_empty() || language.code() == code)
}

/// A word as a page has it in its text (HTML Standard §13.1.4).
fn escaped(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::stage::{World, broken, kept, unseen};
    use super::*;

    #[test]
    fn what_follows_from_the_inventory_keeps_it() {
        kept(&World::new().judged(&PROMISE), "/privacy in nl, en: Gemeente Demostad, ");
    }

    #[test]
    fn each_fact_that_no_longer_matches_breaks_it() {
        let broken_by = |path: &str, before: &str, now: &str, told: &str| {
            let mut world = World::new();
            world.change(path, |text| text.replace(before, now));
            broken(&world.judged(&PROMISE), told);
        };
        broken_by(
            "/privacy/nl",
            "hoogstens 7 dagen",
            "hoogstens 90 dagen",
            "below “In het kort” it says “Logbestanden",
        );
        broken_by("/privacy/en", "at most 7 days", "at most 90 days", "/privacy/en of 10.87.0.10: below “In short”");
        broken_by(
            "/privacy",
            "Gemeente Demostad",
            "Gemeente Anders",
            "it does not name the operator Gemeente Demostad",
        );
        broken_by("/privacy/nl", "privacy@", "niemand@", "it does not name the address for questions");
        broken_by("/privacy/nl", "Autoriteit Persoonsgegevens", "Niemand", "below “Uw rechten”");
    }

    #[test]
    fn a_deployment_that_changed_since_breaks_it() {
        let mut world = World::new();
        world.deployment.retention.logs_days = 3;
        world.claim_anew();
        broken(&world.judged(&PROMISE), "hoogstens 7 dagen.” instead of “Logbestanden bewaren wij hoogstens 3 dagen");
    }

    #[test]
    fn a_statement_that_is_not_there_breaks_it() {
        let mut world = World::new();
        world.status("/privacy/en", 404);
        broken(&world.judged(&PROMISE), "/privacy/en of 10.87.0.10: it answers 404");
        let mut world = World::new();
        world.change("/privacy", |_| String::new());
        broken(&world.judged(&PROMISE), "it does not name the operator");
    }

    #[test]
    fn without_a_look_it_is_unseen() {
        let mut world = World::new();
        world.web.as_mut().unwrap().pages.clear();
        unseen(&world.judged(&PROMISE), "no address");
        world.web = Err("no answer".into());
        unseen(&world.judged(&PROMISE), "no answer");
    }
}
