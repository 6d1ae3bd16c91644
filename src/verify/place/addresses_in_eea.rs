//! The host and all servers of media have addresses of the European Economic Area.

use super::registry::{Register, list};
use crate::model::finding::Source;
use crate::model::reach::reachable;
use crate::outside::names::without_port;
use crate::verify::{Evidence, Judgement, Promise};
use std::collections::BTreeSet;
use std::net::IpAddr;

pub(super) const PROMISE: Promise = Promise {
    name: "addresses-in-eea",
    title: "The host and all STUN and TURN servers have addresses that are registered in the EEA",
    sources: &[
        Source::Principle("hosted in the EU"),
        Source::Law("GDPR art. 44"),
        Source::Regulators("transparency and fairness"),
    ],
    judge,
};

const REMEDY: &str = "Ask the provider in writing where the machine stands, or move to one whose addresses are of the EEA; take foreign STUN servers out of `media.stun`";
const NO_PROOF: &str = "a registry says who holds an address, which is no proof of where a machine stands";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let mut register = Register::default();
    for address in own(evidence) {
        register.add("the host", address);
    }
    for name in media(evidence) {
        match addresses(evidence, &name) {
            Ok(all) => all.iter().for_each(|address| register.add(&name, *address)),
            Err(why) => register.add_unknown(&name, &why),
        }
    }
    if !register.outside.is_empty() {
        return Judgement::broken(format!("outside are {}; {NO_PROOF}", list(&register.outside)), REMEDY);
    }
    if !register.unknown.is_empty() {
        return Judgement::unseen(list(&register.unknown));
    }
    Judgement::kept(format!("{}; {NO_PROOF}", list(&register.inside)))
}

/// The host's addresses, as it has them and as we found it.
fn own(evidence: &Evidence<'_>) -> BTreeSet<IpAddr> {
    let known = reachable(&evidence.observed.traits.addresses, &evidence.deployment.media.nat);
    known.iter().map(|mapping| mapping.public).chain(evidence.way.addresses.iter().copied()).collect()
}

/// Servers of media that are not the instance itself: those of the inventory, and those that a participant is told.
fn media(evidence: &Evidence<'_>) -> BTreeSet<String> {
    let declared = evidence.deployment.media.stun.iter().map(|foreign| foreign.server.as_str());
    let declared = declared.map(|uri| without_port(uri.trim_start_matches("stun:")));
    let told = evidence.talk.iter().filter_map(|talk| talk.credentials.as_ref());
    let told = told.flat_map(|credentials| credentials.services.iter().map(|service| service.host.clone()));
    declared.chain(told).filter(|name| name != evidence.deployment.domain.as_str()).collect()
}

fn addresses(evidence: &Evidence<'_>, name: &str) -> Result<Vec<IpAddr>, String> {
    if let Ok(address) = name.parse() {
        return Ok(vec![address]);
    }
    let names = evidence.names.as_ref().map_err(Clone::clone)?;
    match names.others.get(name).map(|found| found.addresses()) {
        Some(found) if !found.is_empty() => Ok(found.to_vec()),
        _ => Err("its address is not known".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::names::Found;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    #[test]
    fn a_registered_address_in_the_eea_keeps_it() {
        let mut stage = Stage::new();
        stage.own(&["193.0.6.139"]);
        kept(&stage.judged(&PROMISE), "the host 193.0.6.139 (NL); a registry says");
    }

    #[test]
    fn one_outside_breaks_it() {
        let mut stage = Stage::new();
        stage.own(&["193.0.6.139", "8.8.8.8"]);
        broken(&stage.judged(&PROMISE), "outside are the host 8.8.8.8 (US); a registry");
    }

    #[test]
    fn a_foreign_stun_server_counts() {
        let mut stage = Stage::new();
        stage.own(&["193.0.6.139"]);
        stage.foreign_stun("stun:stun.voorbeeldstad.nl:3478");
        unseen(&stage.judged(&PROMISE), "stun.voorbeeldstad.nl: its address is not known");
        let at = |address: &str| Found::Addresses(vec![address.parse().unwrap()]);
        stage.names().others.insert("stun.voorbeeldstad.nl".into(), at("8.8.8.8"));
        broken(&stage.judged(&PROMISE), "outside are stun.voorbeeldstad.nl 8.8.8.8 (US)");
        stage.names().others.insert("stun.voorbeeldstad.nl".into(), at("193.0.6.139"));
        kept(&stage.judged(&PROMISE), "stun.voorbeeldstad.nl 193.0.6.139 (NL)");
        stage.names = Err("no resolver".into());
        unseen(&stage.judged(&PROMISE), "no resolver");
    }

    #[test]
    fn a_private_address_proves_nothing() {
        let mut stage = Stage::new();
        stage.own(&["10.87.0.10"]);
        unseen(&stage.judged(&PROMISE), "the host 10.87.0.10 is a private address");
    }
}
