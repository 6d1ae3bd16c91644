//! The relay passes on to our bridge, and to nobody else: neither into the host nor into a network behind it.

use super::doors::{self, Word, list, place, silent};
use crate::model::finding::Source;
use crate::outside::relay::{Door, Kind, Peer, Reply};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "relay-refuses-inside",
    title: "The relay passes on to the bridge alone, and into no private network",
    sources: &[
        Source::Regulators("security"),
        Source::Law("GDPR art. 32(1)"),
        Source::Guideline("RFC 8656 §21.3"),
        Source::Guideline("RFC 6890: special-purpose addresses"),
    ],
    judge,
};

const REMEDY: &str = "Run `vc4all-deploy up`, which denies coturn every peer but the bridge";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    doors::judge(evidence, None, word, REMEDY)
}

fn word(door: &Door) -> Word {
    if let Some(word) = silent(door) {
        return word;
    }
    let place = place(door);
    let others: Vec<&Peer> = door.peers.iter().filter(|peer| peer.kind != Kind::Bridge).collect();
    let allowed: Vec<String> = others.iter().filter(|peer| peer.is_allowed()).map(|peer| named(peer)).collect();
    if !allowed.is_empty() {
        return Word::Fails(format!("passes on to {}", list(&allowed)));
    }
    if others.is_empty() {
        return Word::Unknown(format!("{place} gave nobody an address to try it with"));
    }
    if let Some(peer) = others.iter().find(|peer| !is_refused(peer)) {
        return Word::Unknown(format!("{place} does not say whether it passes on to {}", peer.address));
    }
    Word::Holds(format!("refuses {} addresses", others.len()))
}

fn is_refused(peer: &Peer) -> bool {
    let refused = |reply: &Reply| matches!(reply, Reply::Refused(_));
    refused(&peer.permission) && peer.channel.as_ref().is_none_or(refused)
}

fn named(peer: &Peer) -> String {
    let what = match peer.kind {
        Kind::Bridge => "the bridge",
        Kind::Inside => "inside",
        Kind::Multicast => "many at once",
        Kind::Stranger => "a stranger",
    };
    format!("{} ({what})", peer.address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::relay::Transport;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    #[test]
    fn each_forbidden_peer_breaks_it_by_either_request() {
        let mut stage = Stage::new();
        kept(&stage.judged(&PROMISE), "refuses 2 addresses over UDP and TLS at 192.0.2.1 and 2001:db8::1");
        let given = || Reply::Gave("0.0.0.0:0".parse().unwrap());
        stage.door("192.0.2.1", Transport::Udp).peers[1].permission = given();
        broken(&stage.judged(&PROMISE), "passes on to 127.0.0.1 (inside) over UDP at 192.0.2.1");
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).peers[2].channel = Some(given());
        broken(&stage.judged(&PROMISE), "192.0.2.99 (a stranger)");
    }

    #[test]
    fn the_bridge_is_no_fault_here() {
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).peers[0].permission = Reply::Refused(403);
        kept(&stage.judged(&PROMISE), "refuses 2 addresses");
    }

    #[test]
    fn without_an_allocation_or_a_clear_answer_it_is_unseen() {
        let mut stage = Stage::new();
        stage.each_door(|door| door.peers.clear());
        unseen(&stage.judged(&PROMISE), "gave nobody an address");
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).peers[1].permission = Reply::Silent("no answer".into());
        unseen(&stage.judged(&PROMISE), "does not say whether it passes on to 127.0.0.1");
    }
}
