//! The relay serves nobody who is not in a room.

use super::doors::{self, Word, place, silent};
use crate::model::finding::Source;
use crate::outside::relay::{Door, Reply};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "relay-needs-credentials",
    title: "The relay serves nobody without the credentials of a room",
    sources: &[Source::Regulators("security"), Source::Law("GDPR art. 32(1)"), Source::Guideline("RFC 8656 §5, §7.2")],
    judge,
};

const REMEDY: &str = "Run `vc4all-deploy up`, which lets coturn ask for credentials again";
/// Unauthenticated (RFC 8489 §14.8).
const UNAUTHENTICATED: u16 = 401;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    doors::judge(evidence, None, word, REMEDY)
}

fn word(door: &Door) -> Word {
    if let Some(word) = silent(door) {
        return word;
    }
    let place = place(door);
    match (&door.without, &door.wrong) {
        (Reply::Gave(_), _) => Word::Fails(format!("{place} relays for anybody")),
        (_, Reply::Gave(_)) => Word::Fails(format!("{place} takes a made-up password")),
        (Reply::Refused(UNAUTHENTICATED), Reply::Refused(UNAUTHENTICATED)) => {
            Word::Holds("refuses no and wrong credentials".to_owned())
        }
        (first, second) => Word::Unknown(format!("{place}: {}, {}", said(first), said(second))),
    }
}

fn said(reply: &Reply) -> String {
    match reply {
        Reply::Gave(_) => "served".to_owned(),
        Reply::Refused(code) => format!("error {code}"),
        Reply::Silent(why) | Reply::NoWay(why) => why.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::relay::Transport;
    use crate::verify::stage::{Stage, broken, kept, unseen};

    #[test]
    fn who_has_no_or_wrong_credentials_gets_nothing() {
        let mut stage = Stage::new();
        kept(&stage.judged(&PROMISE), "refuses no and wrong credentials");
        let given = || Reply::Gave("192.0.2.1:49170".parse().unwrap());
        stage.door("192.0.2.1", Transport::Tls).without = given();
        broken(&stage.judged(&PROMISE), "TLS port 5349 of 192.0.2.1 relays for anybody");
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).wrong = given();
        broken(&stage.judged(&PROMISE), "takes a made-up password");
    }

    #[test]
    fn another_error_is_no_proof() {
        let mut stage = Stage::new();
        stage.door("192.0.2.1", Transport::Udp).without = Reply::Refused(486);
        unseen(&stage.judged(&PROMISE), "error 486, error 401");
    }
}
