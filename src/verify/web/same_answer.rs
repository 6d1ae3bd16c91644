//! IPv4 and IPv6 lead to the same.

use super::answers::{Faults, seen};
use super::policy::nonce;
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::{Facts, Kind, Sight};
use crate::verify::{Evidence, Judgement, Promise};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub(super) const PROMISE: Promise = Promise {
    name: "same-answer",
    title: "Each address of the instance gives the same answers",
    sources: &[
        Source::Guideline("internet.nl: IPv6 of the web server, same website over IPv4 and IPv6"),
        Source::Law("GDPR art. 32(1)(b)"),
    ],
    judge,
};

/// What moves from one answer to the next.
const MOVING: [&str; 4] = ["date", "connection", "keep-alive", "age"];

const REMEDY: &str = "Let every address of the name lead to this host, and run `vc4all-deploy up`";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, &evidence.way.addresses))
}

fn look(facts: &Facts, addresses: &[IpAddr]) -> Judgement {
    if let Some((address, why)) = facts.silent.first() {
        return silent(*address, why);
    }
    let families: BTreeSet<bool> = addresses.iter().map(IpAddr::is_ipv6).collect();
    let mut faults = Faults::default();
    let mut first: BTreeMap<(&str, &str), &Page> = BTreeMap::new();
    for (sight, page) in facts.answers() {
        let known = *first.entry((sight.method.as_str(), &sight.path)).or_insert(page);
        if let Some(what) = difference(sight, known, page) {
            faults.add(what, sight);
        }
    }
    if !faults.is_empty() {
        return Judgement::broken(faults.told(), REMEDY);
    }
    let seen = format!("{} paths, {} addresses", first.len(), addresses.len());
    match (families.len(), families.contains(&true)) {
        (2, _) => Judgement::kept(seen),
        (_, true) => Judgement::noted(format!("{seen}: IPv6 alone, so most people cannot come")),
        (_, false) => Judgement::noted(format!("{seen}: IPv4 alone, so people with IPv6 alone cannot come")),
    }
}

/// A machine without IPv6 says so itself, and knows nothing of the host.
fn silent(address: IpAddr, why: &str) -> Judgement {
    let here = ["unreachable", "not available", "address family", "cannot assign"];
    if here.iter().any(|word| why.to_ascii_lowercase().contains(word)) {
        return Judgement::unseen(format!("{address} cannot be reached from this machine"));
    }
    Judgement::broken(format!("{address} does not answer, while another address does"), REMEDY)
}

fn difference(sight: &Sight, first: &Page, page: &Page) -> Option<String> {
    if first.status != page.status {
        return Some(format!("answers {} instead of {}", page.status, first.status));
    }
    let (one, other) = (headers(first), headers(page));
    if one != other {
        let name = one.symmetric_difference(&other).next().map(|(name, _)| name.clone());
        return Some(format!("{} differs", name.unwrap_or_default()));
    }
    // A form may carry something that is made anew each time.
    (content(first) != content(page) && sight.kind != Kind::Door).then(|| "the content differs".to_owned())
}

fn headers(page: &Page) -> BTreeSet<(String, String)> {
    let lasting = page.headers.iter().filter(|(name, _)| !MOVING.contains(&name.as_str()));
    lasting.map(|(name, value)| (name.clone(), without_number(page, value))).collect()
}

/// The content without what is made anew for each answer.
fn content(page: &Page) -> Cow<'_, [u8]> {
    match nonce(page) {
        Some(_) => Cow::Owned(without_number(page, &page.text()).into_bytes()),
        None => Cow::Borrowed(&page.body),
    }
}

fn without_number(page: &Page, text: &str) -> String {
    nonce(page).map_or_else(|| text.to_owned(), |number| text.replace(number, ""))
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn changed(change: impl Fn(&mut Page)) -> Judgement {
        let mut stage = Stage::new();
        let last = stage.facts().pages.iter_mut().rfind(|sight| sight.kind == Kind::Landing).unwrap();
        change(last.answer.as_mut().unwrap());
        stage.judged(&PROMISE)
    }

    #[test]
    fn the_same_keeps_it() {
        assert_eq!(Stage::new().judged(&PROMISE).verdict, Verdict::Kept);
        let date = |page: &mut Page| *page = with_header(page.clone(), "date", "later");
        assert_eq!(changed(date).verdict, Verdict::Kept);
    }

    #[test]
    fn another_answer_breaks_it() {
        broken(&changed(|page| page.status = 404), "answers 404 instead of 200: /nl/ of 2001:db8::1");
        broken(&changed(|page| page.body.push(b' ')), "the content differs: /nl/ of 2001:db8::1");
        broken(&changed(|page| page.headers.retain(|(name, _)| name != "x-frame-options")), "x-frame-options differs");
    }

    #[test]
    fn a_silent_address_breaks_it_unless_this_machine_has_no_way() {
        let silent = |why: &str| {
            let mut stage = Stage::new();
            stage.facts().pages.retain(|sight| sight.address.is_ipv4());
            stage.facts().silent.push(("2001:db8::1".parse().unwrap(), why.to_owned()));
            stage.judged(&PROMISE)
        };
        broken(&silent("connect: Connection refused (os error 111)"), "2001:db8::1 does not answer");
        assert_eq!(silent("connect: Network is unreachable (os error 101)").verdict, Verdict::Unseen);
    }

    #[test]
    fn one_family_is_noted() {
        let mut stage = Stage::new();
        stage.facts().pages.retain(|sight| sight.address.is_ipv4());
        stage.way.addresses.truncate(1);
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Noted);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }
}
