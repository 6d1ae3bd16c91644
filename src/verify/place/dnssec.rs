//! Whether the zone of the domain is signed; that is for whoever holds the zone.

use crate::model::finding::Source;
use crate::outside::names::Dnssec;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "dnssec",
    title: "The zone of the domain is signed",
    sources: &[
        Source::Guideline("RFC 4033 §3"),
        Source::Guideline("internet.nl: DNSSEC"),
        Source::Principle("well encrypted"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    match &evidence.names {
        Err(why) => Judgement::unseen(why.clone()),
        Ok(names) => told(&names.dnssec),
    }
}

fn told(seen: &Dnssec) -> Judgement {
    if seen.bogus {
        let what = "the resolver refuses the domain's address and gives it only unchecked: its signatures are wrong";
        return Judgement::noted(what).with_remedy(
            "Repair the signatures with whoever holds the zone; half of the world cannot find the domain",
        );
    }
    let zone = match &seen.zone {
        Err(why) => return Judgement::unseen(why.clone()),
        Ok(zone) => zone,
    };
    let name = &zone.name;
    match (zone.vouched, zone.keys) {
        (true, true) if seen.authentic => Judgement::noted(format!("{name} is signed, and the resolver checked it")),
        (true, true) if seen.signature => {
            Judgement::noted(format!("{name} is signed; this machine's resolver does not check it"))
        }
        (true, true) => Judgement::noted(format!("{name} has keys, but the domain's address came without a signature")),
        (true, false) => Judgement::noted(format!("the zone above vouches for keys that {name} does not have"))
            .with_remedy("Repair the keys with whoever holds the zone"),
        (false, true) => Judgement::noted(format!("{name} has keys, but the zone above does not vouch for them"))
            .with_remedy("Give the zone's keys to the registrar, so that the zone above names them"),
        (false, false) => {
            Judgement::noted(format!("{name} is not signed")).with_remedy("Ask whoever holds the zone to sign it")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::names::Zone;
    use crate::verify::stage::{Stage, unseen};

    fn with(vouched: bool, keys: bool, change: impl Fn(&mut Dnssec)) -> Judgement {
        let mut stage = Stage::new();
        let dnssec = &mut stage.names().dnssec;
        *dnssec = Dnssec {
            zone: Ok(Zone { name: "voorbeeldstad.nl".into(), vouched, keys }),
            authentic: false,
            signature: keys,
            bogus: false,
        };
        change(dnssec);
        let judgement = stage.judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Noted);
        judgement
    }

    #[test]
    fn it_is_told_and_never_broken() {
        assert_eq!(
            with(true, true, |d| d.authentic = true).seen,
            "voorbeeldstad.nl is signed, and the resolver checked it"
        );
        assert!(with(true, true, |_| {}).seen.contains("does not check it"));
        assert!(with(true, true, |d| d.signature = false).seen.contains("without a signature"));
        assert!(with(true, false, |_| {}).remedy.is_some());
        assert!(with(false, true, |_| {}).remedy.is_some());
        assert_eq!(with(false, false, |_| {}).seen, "voorbeeldstad.nl is not signed");
        assert!(with(true, true, |d| d.bogus = true).seen.contains("signatures are wrong"));
    }

    #[test]
    fn a_zone_that_nobody_finds_is_unseen() {
        let mut stage = Stage::new();
        stage.names().dnssec.zone = Err("no answer".into());
        unseen(&stage.judged(&PROMISE), "no answer");
        stage.names = Err("no resolver".into());
        unseen(&stage.judged(&PROMISE), "no resolver");
    }
}
