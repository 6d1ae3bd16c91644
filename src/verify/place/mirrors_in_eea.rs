//! Where the servers are from which the host fetches packages; they learn its address and nobody else's.

use super::registry::{Register, list};
use crate::model::finding::Source;
use crate::outside::names::{Found, without_port};
use crate::verify::{Evidence, Judgement, Promise};
use std::collections::BTreeSet;

pub(super) const PROMISE: Promise = Promise {
    name: "mirrors-in-eea",
    title: "The host fetches packages from addresses that are registered in the EEA",
    sources: &[Source::Principle("hosted in the EU"), Source::Ours("docs/architecture.md: the egress list")],
    judge,
};

const REMEDY: &str =
    "Name a mirror in the EEA in `packages.jitsi` and in the host's apt sources, if this matters to you";
const WHOM: &str = "they learn the host's address and nobody else's";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let names = match &evidence.names {
        Ok(names) => names,
        Err(why) => return Judgement::unseen(why.clone()),
    };
    let mut register = Register::default();
    for name in mirrors(evidence) {
        match (name.parse(), names.others.get(&name)) {
            (Ok(address), _) => register.add(&name, address),
            (_, Some(Found::Addresses(all))) => all.iter().for_each(|address| register.add(&name, *address)),
            (_, Some(Found::Failed(why))) => register.add_unknown(&name, why),
            (_, Some(Found::Nothing | Found::NoSuchName)) => register.add_unknown(&name, "it has no address here"),
            (_, None) => register.add_unknown(&name, "nobody asked for its address"),
        }
    }
    if !register.outside.is_empty() {
        return Judgement::noted(format!("outside are {}; {WHOM}", list(&register.outside))).with_remedy(REMEDY);
    }
    if !register.unknown.is_empty() {
        return Judgement::unseen(list(&register.unknown));
    }
    Judgement::kept(format!("{}; {WHOM}", list(&register.inside)))
}

/// The package sources, by name: Jitsi's, and those that stand on the host.
fn mirrors(evidence: &Evidence<'_>) -> BTreeSet<String> {
    let apt = evidence.inside.iter().flat_map(|facts| facts.apt_servers.iter().map(|server| without_port(server)));
    apt.chain([without_port(evidence.deployment.packages.jitsi.authority())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Verdict;
    use crate::verify::stage::{Stage, kept, unseen};

    #[test]
    fn a_mirror_elsewhere_is_told_and_is_no_fault() {
        let mut stage = Stage::new();
        let at = |address: &str| Found::Addresses(vec![address.parse().unwrap()]);
        stage.names().others.insert("download.jitsi.org".into(), at("193.0.6.139"));
        kept(&stage.judged(&PROMISE), "download.jitsi.org 193.0.6.139 (NL)");
        stage.names().others.insert("download.jitsi.org".into(), at("8.8.8.8"));
        let judgement = stage.judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Noted);
        assert!(judgement.seen.contains("8.8.8.8 (US)") && judgement.remedy.is_some(), "{judgement:?}");
        stage.names().others.insert("download.jitsi.org".into(), at("193.0.6.139"));
        let apt_servers = vec!["mirror.voorbeeldstad.nl".to_owned(), "193.0.6.139:8080".to_owned()];
        stage.inside = Ok(crate::inside::Facts { apt_servers, ..Default::default() });
        unseen(&stage.judged(&PROMISE), "mirror.voorbeeldstad.nl: nobody asked for its address");
        stage.names().others.insert("mirror.voorbeeldstad.nl".into(), at("193.0.6.139"));
        kept(&stage.judged(&PROMISE), "193.0.6.139 (NL)");
        stage.names().others.insert("download.jitsi.org".into(), Found::NoSuchName);
        unseen(&stage.judged(&PROMISE), "no address here");
        stage.names().others.clear();
        unseen(&stage.judged(&PROMISE), "nobody asked");
    }
}
