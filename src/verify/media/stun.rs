//! Our own STUN server answers at every address.

use super::doors::{self, Word};
use crate::model::finding::Source;
use crate::model::reach::is_private;
use crate::outside::relay::{Door, Reply, Transport};
use crate::verify::{Evidence, Judgement, Promise};
use std::net::IpAddr;

pub(super) const PROMISE: Promise = Promise {
    name: "stun",
    title: "Our own STUN server tells participants their address",
    sources: &[
        Source::Principle("hosted in the EU"),
        Source::Regulators("privacy by design and default"),
        Source::Guideline("RFC 8489 §5, §14.2"),
        Source::Ours("docs/architecture.md: no STUN server of others"),
    ],
    judge,
};

const REMEDY: &str = "Let UDP port 3478 through every firewall before the host, and run `vc4all-deploy up`";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let own = &evidence.way.addresses;
    let routers: Vec<IpAddr> = evidence.deployment.media.nat.iter().map(|mapping| mapping.public).collect();
    let judged = |door: &Door| neighbour(door, &routers).unwrap_or_else(|| word(door, own));
    doors::judge(evidence, Some(Transport::Udp), judged, REMEDY)
}

fn word(door: &Door, own: &[IpAddr]) -> Word {
    match &door.binding {
        Reply::NoWay(_) => Word::NoWay,
        Reply::Silent(why) => Word::Fails(why.clone()),
        Reply::Refused(code) => Word::Fails(format!("answers with error {code}")),
        Reply::Gave(told) => match mistaken(door, told.ip(), own) {
            Some(what) => Word::Fails(format!("tells us our address {}, {what}", told.ip())),
            None => Word::Holds(format!("tells us our address {}", told.ip())),
        },
    }
}

/// Who stands behind the same router as the host has the host's own address in the world.
fn neighbour(door: &Door, routers: &[IpAddr]) -> Option<Word> {
    let Reply::Gave(told) = &door.binding else { return None };
    let same = routers.contains(&told.ip()) && is_private(door.here?.ip());
    same.then(|| Word::Unknown(format!("this machine stands behind the same router as the host, {}", told.ip())))
}

/// Why the address that the server saw cannot be ours; our own may be another one before a router's translation.
fn mistaken(door: &Door, told: IpAddr, own: &[IpAddr]) -> Option<String> {
    let here = door.here?.ip();
    if told == here {
        return None;
    }
    if told.is_ipv4() != here.is_ipv4() || told.is_unspecified() {
        return Some("which is no address of ours".to_owned());
    }
    if own.contains(&told) {
        return Some("which is the host itself: something stands before it".to_owned());
    }
    let strange = !is_private(here) || (is_private(told) && !is_private(door.address));
    strange.then(|| format!("but we come from {here}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Verdict;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    #[test]
    fn every_address_must_tell_us_our_own() {
        let mut stage = Stage::new();
        kept(&stage.judged(&PROMISE), "tells us our address 198.51.100.7 over UDP at 192.0.2.1; tells");
        stage.door("192.0.2.1", Transport::Udp).binding = Reply::Silent("no answer".into());
        broken(&stage.judged(&PROMISE), "no answer over UDP at 192.0.2.1");
        stage.door("192.0.2.1", Transport::Udp).binding = Reply::Refused(400);
        broken(&stage.judged(&PROMISE), "error 400");
    }

    #[test]
    fn an_address_that_is_not_ours_is_a_fault() {
        for (told, here, what) in [
            ("192.0.2.1:7", "198.51.100.7:7", "the host itself"),
            ("203.0.113.9:7", "198.51.100.7:7", "but we come from 198.51.100.7"),
            ("172.17.0.1:7", "10.0.0.7:7", "but we come from 10.0.0.7"),
            ("[2001:db8::9]:7", "198.51.100.7:7", "no address of ours"),
        ] {
            let mut stage = Stage::new();
            let door = stage.door("192.0.2.1", Transport::Udp);
            door.binding = Reply::Gave(told.parse().unwrap());
            door.here = Some(here.parse().unwrap());
            broken(&stage.judged(&PROMISE), what);
        }
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).here = Some("10.0.0.7:7".parse().unwrap());
        kept(&stage.judged(&PROMISE), "198.51.100.7");
    }

    #[test]
    fn behind_the_host_s_own_router_nothing_is_seen() {
        let mut stage = Stage::new();
        stage.nat("10.0.0.2", "192.0.2.1");
        let door = stage.door("192.0.2.1", Transport::Udp);
        (door.binding, door.here) = (Reply::Gave("192.0.2.1:7".parse().unwrap()), Some("10.0.0.7:7".parse().unwrap()));
        unseen(&stage.judged(&PROMISE), "behind the same router as the host, 192.0.2.1");
        stage.door("192.0.2.1", Transport::Udp).here = Some("198.51.100.7:7".parse().unwrap());
        broken(&stage.judged(&PROMISE), "the host itself");
    }

    #[test]
    fn what_lies_elsewhere_is_not_seen_here() {
        let mut stage = Stage::new();
        stage.stop("coturn.service");
        stage.door("192.0.2.1", Transport::Udp).binding = Reply::Silent("no answer".into());
        unseen(&stage.judged(&PROMISE), "coturn.service does not run");
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Tls).binding = Reply::Silent("connect".into());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Kept);
        stage.door("2001:db8::1", Transport::Udp).binding = Reply::NoWay("find a way".into());
        kept(&stage.judged(&PROMISE), "this machine has no way to 2001:db8::1");
        stage.relay = Err("no runtime".into());
        unseen(&stage.judged(&PROMISE), "no runtime");
    }
}
