//! Whoever is in a room gets a relayed address, and reaches the bridge from it.

use super::doors::{self, Word, list, place, silent};
use crate::model::finding::Source;
use crate::model::ports::{RELAY_FIRST, RELAY_LAST};
use crate::outside::relay::{Door, Kind, Reply};
use crate::verify::{Evidence, Judgement, Promise};
use std::net::{IpAddr, SocketAddr};

pub(super) const PROMISE: Promise = Promise {
    name: "relay",
    title: "Whoever is in a room reaches the bridge through the relay, over UDP and over TLS",
    sources: &[
        Source::Guideline("RFC 8656 §7, §9"),
        Source::Ours("docs/architecture.md: our own STUN and TURN, which relays to our own bridge"),
    ],
    judge,
};

const REMEDY: &str = "Run `vc4all-deploy up`; behind NAT, name both addresses under `media.nat` in the inventory";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let own = &evidence.way.addresses;
    let judgement = doors::judge(evidence, None, |door| word(door, own), REMEDY);
    match (&evidence.talk, judgement.seen == NO_CREDENTIALS) {
        (Err(why), true) => Judgement::unseen(format!("{NO_CREDENTIALS}: {why}")),
        _ => judgement,
    }
}

const NO_CREDENTIALS: &str = "nobody in a room got credentials to try it with";

fn word(door: &Door, own: &[IpAddr]) -> Word {
    if let Some(word) = silent(door) {
        return word;
    }
    let place = place(door);
    match &door.with {
        None => Word::Unknown(NO_CREDENTIALS.to_owned()),
        Some(Reply::NoWay(_)) => Word::NoWay,
        Some(Reply::Silent(why)) => Word::Fails(format!("{place}: {why}")),
        Some(Reply::Refused(code)) => Word::Fails(format!("{place} refuses a participant with error {code}")),
        Some(Reply::Gave(relayed)) => match faults(door, *relayed, own) {
            faults if faults.is_empty() => Word::Holds("relays to the bridge".to_owned()),
            faults => Word::Fails(format!("{place} {}", list(&faults))),
        },
    }
}

/// What is wrong with an allocation.
fn faults(door: &Door, relayed: SocketAddr, own: &[IpAddr]) -> Vec<String> {
    let mut faults = Vec::new();
    if !own.contains(&relayed.ip()) {
        faults.push(format!("relays from {}, which is no address of this instance", relayed.ip()));
    }
    if !(RELAY_FIRST..=RELAY_LAST).contains(&relayed.port()) {
        faults.push(format!("relays from port {}, which the firewall does not let in", relayed.port()));
    }
    let bridges = door.peers.iter().filter(|peer| peer.kind == Kind::Bridge && !peer.is_allowed());
    faults.extend(bridges.map(|bridge| format!("does not pass on to the bridge at {}", bridge.address)));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::relay::Transport;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    #[test]
    fn fresh_credentials_give_a_way_to_the_bridge() {
        let mut stage = Stage::new();
        kept(&stage.judged(&PROMISE), "relays to the bridge over UDP and TLS at 192.0.2.1 and 2001:db8::1");
        let door = stage.door("192.0.2.1", Transport::Tls);
        door.with = Some(Reply::Refused(401));
        door.peers.clear();
        broken(&stage.judged(&PROMISE), "TLS port 5349 of 192.0.2.1 refuses a participant with error 401");
    }

    #[test]
    fn the_relayed_address_must_be_the_host_s_and_reachable() {
        for (relayed, what) in [("10.0.0.5:49200", "no address of this instance"), ("192.0.2.1:40000", "port 40000")] {
            let mut stage = Stage::new();
            stage.door("192.0.2.1", Transport::Udp).with = Some(Reply::Gave(relayed.parse().unwrap()));
            broken(&stage.judged(&PROMISE), what);
        }
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).peers[0].permission = Reply::Refused(403);
        broken(&stage.judged(&PROMISE), "does not pass on to the bridge at 192.0.2.1");
    }

    #[test]
    fn without_credentials_or_an_answer_it_is_unseen() {
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).binding = Reply::Silent("no answer".into());
        unseen(&stage.judged(&PROMISE), "UDP port 3478 of 192.0.2.1: no answer");
        let mut stage = Stage::new();
        stage.each_door(|door| door.with = None);
        unseen(&stage.judged(&PROMISE), "credentials");
    }
}
