//! The relay answers inside TLS, for people whose network lets nothing else out.

use super::doors::{self, Word, place};
use crate::model::finding::Source;
use crate::outside::relay::{Door, Reply, Transport};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "relay-tls",
    title: "The relay answers inside TLS, for people whose network lets nothing else out",
    sources: &[
        Source::Principle("well encrypted"),
        Source::Guideline("RFC 8656 §3.1"),
        Source::Ours("docs/architecture.md: TURN over TLS on port 5349"),
    ],
    judge,
};

const REMEDY: &str = "Let TCP port 5349 through every firewall before the host, and run `vc4all-deploy up`";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    doors::judge(evidence, Some(Transport::Tls), word, REMEDY)
}

fn word(door: &Door) -> Word {
    match &door.binding {
        Reply::NoWay(_) => Word::NoWay,
        Reply::Silent(why) => Word::Fails(format!("{}: {why}", place(door))),
        Reply::Gave(_) | Reply::Refused(_) => Word::Holds("answers".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    #[test]
    fn every_address_must_answer_inside_tls() {
        let mut stage = Stage::new();
        kept(&stage.judged(&PROMISE), "answers over TLS at 192.0.2.1 and 2001:db8::1");
        stage.door("2001:db8::1", Transport::Tls).binding = Reply::Silent("TLS: connection refused".into());
        broken(&stage.judged(&PROMISE), "TLS port 5349 of 2001:db8::1: TLS: connection refused");
    }

    #[test]
    fn datagrams_and_a_stopped_daemon_are_told_elsewhere() {
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).binding = Reply::Silent("no answer".into());
        kept(&stage.judged(&PROMISE), "answers");
        stage.stop("coturn.service");
        unseen(&stage.judged(&PROMISE), "does not run");
    }
}
