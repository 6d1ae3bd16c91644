//! `notice`: whoever makes an invitation on the landing page sends the way to the statement with it.

use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::markup;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "notice",
    title: "The landing page and its invitation lead to the privacy statement",
    sources: &[Source::Regulators("know your audience"), Source::Law("GDPR art. 12(1), art. 13")],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let facts = match &evidence.web {
        Ok(facts) => facts,
        Err(why) => return Judgement::unseen(why.clone()),
    };
    let mut seen = 0;
    for language in &evidence.deployment.languages {
        let (code, domain) = (language.code(), &evidence.deployment.domain);
        let path = format!("/{code}/");
        // Whether the page is there at all is judged by `pages-there`.
        for (address, page) in facts.at(&path).filter(|(_, page)| page.status == 200) {
            seen += 1;
            if let Some(what) = fault(page, &format!("/privacy/{code}"), &format!("https://{domain}/privacy/{code}")) {
                let remedy = "Run `vc4all-deploy up` to serve the landing page anew";
                return Judgement::broken(format!("{path} of {address} {what}"), remedy);
            }
        }
    }
    match seen {
        0 => Judgement::unseen("no address gave the landing page"),
        _ => Judgement::kept("link and invitation lead to the statement"),
    }
}

fn fault(page: &Page, path: &str, address: &str) -> Option<&'static str> {
    let tags = markup::tags(&page.text());
    if !tags.iter().any(|tag| tag.name == "a" && tag.attribute("href") == Some(path)) {
        return Some("does not link the statement");
    }
    let named =
        |tag: &markup::Tag| tag.attributes.iter().any(|(_, value)| value == address) || tag.text.contains(address);
    (!tags.iter().any(named)).then_some("makes an invitation that does not name the statement")
}

#[cfg(test)]
mod tests {
    use super::super::stage::{World, broken, kept, unseen};
    use super::*;

    #[test]
    fn a_page_with_both_keeps_it() {
        kept(&World::new().judged(&PROMISE), "lead to the statement");
    }

    #[test]
    fn a_page_without_one_of_them_breaks_it() {
        let mut world = World::new();
        world.change("/nl/", |text| text.replace("href=\"/privacy/nl\"", "href=\"/\""));
        broken(&world.judged(&PROMISE), "/nl/ of 10.87.0.10 does not link");
        let mut world = World::new();
        world.change("/en/", |text| text.replace("https://demo.vc4all.test/privacy/en", "https://elsewhere.example/"));
        broken(&world.judged(&PROMISE), "/en/ of 10.87.0.10 makes an invitation");
    }

    #[test]
    fn a_page_that_is_not_there_is_told_elsewhere() {
        let mut world = World::new();
        world.status("/nl/", 404);
        kept(&world.judged(&PROMISE), "lead");
        world.status("/en/", 404);
        unseen(&world.judged(&PROMISE), "no address");
        world.web = Err("no answer".into());
        unseen(&world.judged(&PROMISE), "no answer");
    }
}
