//! Keys are exchanged over groups that the guideline calls good or sufficient.

use super::looked::{few, looked};
use crate::model::finding::Source;
use crate::outside::tls::Group;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "tls-groups",
    title: "Keys are exchanged over groups that the guideline calls good or sufficient",
    sources: &[
        Source::Guideline("NCSC (NL), guidelines for TLS 2025-05, 3.3.2.1 and 3.3.3.1"),
        Source::Guideline("internet.nl, web test: key exchange parameters"),
    ],
    judge,
};

/// Curves that are good or sufficient (NCSC, guidelines for TLS 2025-05, 3.3.2.1, table 3), and the hybrids of one of them
/// with ML-KEM (3.3.3). Groups over a prime are to be phased out (table 7), smaller curves are not sufficient.
const SUFFICIENT: [u16; 14] = [23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 0x11eb, 0x11ec, 0x11ed];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let faults = looked.seen.iter().filter_map(|(endpoint, spoken)| {
        let weak: Vec<Group> = spoken.groups.iter().copied().filter(|group| !SUFFICIENT.contains(&group.0)).collect();
        (!weak.is_empty()).then(|| (*endpoint, few(&weak)))
    });
    let mut all: Vec<Group> = looked.seen.iter().flat_map(|(_, spoken)| spoken.groups.iter().copied()).collect();
    // Numbers of newer groups are higher, and the newest are said first.
    all.sort_unstable_by(|one, other| other.cmp(one));
    all.dedup();
    let kept = format!("{} on {}", few(&all), looked.ports());
    looked.judge(faults.collect(), kept, super::UP)
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged};
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn good_servers_keep_it() {
        let judgement = judged(&PROMISE, good());
        assert_eq!(judgement, Judgement::kept("X25519MLKEM768, x25519, secp384r1 and secp256r1 on 443 and 5349"));
    }

    #[test]
    fn small_curves_and_primes_are_named() {
        for (group, name) in
            [(0x0100, "ffdhe2048"), (19, "secp192r1"), (21, "secp224r1"), (0xff01, "a curve of its own")]
        {
            let mut facts = good();
            facts.endpoints[2].spoken.as_mut().unwrap().groups.insert(Group(group));
            let judgement = judged(&PROMISE, facts);
            assert_eq!(judgement.verdict, Verdict::Broken);
            assert_eq!(judgement.seen, format!("port 443 of 2001:db8::1: {name}"));
        }
    }
}
