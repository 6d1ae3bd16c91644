//! The domain leads to this host, and to nothing else.

use super::registry::list;
use crate::model::finding::Source;
use crate::model::reach::reachable;
use crate::outside::ToldBy;
use crate::outside::names::Found;
use crate::verify::{Evidence, Judgement, Promise};
use std::collections::BTreeSet;
use std::net::IpAddr;

pub(super) const PROMISE: Promise = Promise {
    name: "names-lead-here",
    title: "The domain leads to this host and to no other",
    sources: &[
        Source::Guideline("RFC 1035 §3.4.1, RFC 3596 §2.1"),
        Source::Guideline("internet.nl: reachable over IPv6"),
    ],
    judge,
};

const REMEDY: &str = "Let the A and AAAA records of the domain name the host's public addresses and no others; behind NAT, name both addresses under `media.nat`";

/// Addresses that somebody gives for the domain.
struct Told {
    by: String,
    addresses: BTreeSet<IpAddr>,
}

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let told = match told(evidence) {
        Ok(told) => told,
        Err(judgement) => return judgement,
    };
    let known = reachable(&evidence.observed.traits.addresses, &evidence.deployment.media.nat);
    let own: BTreeSet<IpAddr> = known.iter().map(|mapping| mapping.public).collect();
    if own.is_empty() {
        return Judgement::unseen("the host's own addresses are not known");
    }
    let strange = shown(told.addresses.difference(&own));
    let by = &told.by;
    if !strange.is_empty() {
        let seen = format!("{by} leads to {}, which is not among the host's {}", list(&strange), list(&shown(&own)));
        return Judgement::broken(seen, REMEDY);
    }
    let missing = shown(own.difference(&told.addresses));
    let seen = format!("{by} leads to {}", list(&shown(&told.addresses)));
    if missing.is_empty() {
        Judgement::kept(seen)
    } else {
        Judgement::kept(format!("{seen}; not to {}", list(&missing)))
    }
}

/// What the DNS says as this machine asks it; the host's own resolver where this machine does not know the name.
fn told(evidence: &Evidence<'_>) -> Result<Told, Judgement> {
    let domain = &evidence.deployment.domain;
    let asked = match (evidence.way.told_by, &evidence.names) {
        (ToldBy::Inventory, _) => Err("this machine's resolver does not know the domain".to_owned()),
        (ToldBy::Resolver, Err(why)) => Err(why.clone()),
        (ToldBy::Resolver, Ok(names)) => match (&names.a, &names.aaaa) {
            (Found::Failed(why), _) | (_, Found::Failed(why)) => Err(why.clone()),
            (a, aaaa) => {
                let all: BTreeSet<IpAddr> = a.addresses().iter().chain(aaaa.addresses()).copied().collect();
                if all.is_empty() { Err(nobody(a)) } else { Ok(all) }
            }
        },
    };
    let resolved: BTreeSet<IpAddr> =
        evidence.observed.resolved.iter().copied().filter(|ip| !ip.is_loopback()).collect();
    match asked {
        Ok(addresses) => Ok(Told { by: domain.to_string(), addresses }),
        Err(why) if !resolved.is_empty() => {
            Ok(Told { by: format!("{domain}, asked on the host ({why}),"), addresses: resolved })
        }
        Err(why) => Err(Judgement::unseen(format!("{why}, and the host's resolver does not know it either"))),
    }
}

fn nobody(a: &Found) -> String {
    match a {
        Found::NoSuchName => "the DNS does not know the domain".to_owned(),
        _ => "the domain has neither an A nor an AAAA record".to_owned(),
    }
}

fn shown<'a>(addresses: impl IntoIterator<Item = &'a IpAddr>) -> Vec<String> {
    addresses.into_iter().map(IpAddr::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    fn at(addresses: &[&str]) -> Found {
        Found::Addresses(addresses.iter().map(|address| address.parse().unwrap()).collect())
    }

    #[test]
    fn the_domain_leads_to_the_host() {
        let mut stage = Stage::new();
        kept(&stage.judged(&PROMISE), "vergaderen.voorbeeldstad.nl leads to 192.0.2.1, 2001:db8::1");
        stage.names().aaaa = Found::Nothing;
        kept(&stage.judged(&PROMISE), "leads to 192.0.2.1; not to 2001:db8::1");
        stage.names().a = at(&["192.0.2.1", "203.0.113.7"]);
        broken(&stage.judged(&PROMISE), "leads to 203.0.113.7, which is not among the host's 192.0.2.1, 2001:db8::1");
    }

    #[test]
    fn behind_nat_the_public_address_counts() {
        let mut stage = Stage::new();
        stage.observed.traits.addresses = vec!["10.0.0.5".parse().unwrap()];
        stage.nat("10.0.0.5", "192.0.2.1");
        stage.names().aaaa = Found::Nothing;
        kept(&stage.judged(&PROMISE), "leads to 192.0.2.1");
        stage.names().a = at(&["10.0.0.5"]);
        broken(&stage.judged(&PROMISE), "leads to 10.0.0.5");
    }

    #[test]
    fn where_this_machine_knows_nothing_the_host_is_asked() {
        let mut stage = Stage::new();
        stage.names().a = Found::NoSuchName;
        stage.names().aaaa = Found::NoSuchName;
        unseen(&stage.judged(&PROMISE), "the DNS does not know the domain, and the host's resolver");
        stage.observed.resolved = vec!["127.0.0.1".parse().unwrap()];
        unseen(&stage.judged(&PROMISE), "the DNS does not know the domain");
        stage.observed.resolved = vec!["192.0.2.1".parse().unwrap()];
        kept(&stage.judged(&PROMISE), "asked on the host (the DNS does not know the domain), leads to 192.0.2.1");
        stage.observed.resolved = vec!["203.0.113.7".parse().unwrap()];
        broken(&stage.judged(&PROMISE), "leads to 203.0.113.7");
        stage.names = Err("no answer".into());
        broken(&stage.judged(&PROMISE), "asked on the host (no answer)");
        stage.way.told_by = ToldBy::Inventory;
        broken(&stage.judged(&PROMISE), "this machine's resolver does not know the domain");
    }
}
