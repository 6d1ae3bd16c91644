//! The details of TLS that have been attacked are off, and their remedies on.

use super::looked::looked;
use crate::model::finding::Source;
use crate::outside::tls::Spoken;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "tls-details",
    title: "No compression and no early data; renegotiation and keys are bound to their connection",
    sources: &[
        Source::Guideline("NCSC (NL), guidelines for TLS 2025-05, 3.4"),
        Source::Guideline("internet.nl, web test: compression, secure renegotiation, 0-RTT, extended master secret"),
        Source::Guideline("RFC 5746, RFC 7627, RFC 8446 §8"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let faults = looked
        .seen
        .iter()
        .flat_map(|(endpoint, spoken)| faults(spoken).into_iter().map(|fault| (*endpoint, fault.to_owned())));
    let tried = looked.seen.iter().all(|(_, spoken)| spoken.early_data.is_some());
    let early = if tried { ", no early data" } else { "; early data could not be tried" };
    let kept = format!("no compression, bound renegotiation and keys{early} on {}", looked.ports());
    looked.judge(faults.collect(), kept, super::UP)
}

fn faults(spoken: &Spoken) -> Vec<&'static str> {
    let all = [
        (spoken.compression, "compression is accepted"),
        (spoken.secure_renegotiation == Some(false), "renegotiation is not bound to its connection"),
        (spoken.extended_master_secret == Some(false), "keys of TLS 1.2 are not bound to the handshake"),
        (spoken.early_data == Some(true), "early data is accepted"),
        (spoken.fallback_refused == Some(false), "a needless step back to an older version is accepted"),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, fault)| fault).collect()
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged};
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn good_servers_keep_it() {
        let kept = "no compression, bound renegotiation and keys, no early data on 443 and 5349";
        assert_eq!(judged(&PROMISE, good()), Judgement::kept(kept));
    }

    /// What changes in what was seen, and what is said about it.
    type Fault = (fn(&mut Spoken), &'static str);

    #[test]
    fn each_detail_breaks_it() {
        let changes: [Fault; 5] = [
            (|spoken| spoken.compression = true, "compression is accepted"),
            (|spoken| spoken.secure_renegotiation = Some(false), "renegotiation is not bound to its connection"),
            (|spoken| spoken.extended_master_secret = Some(false), "keys of TLS 1.2 are not bound to the handshake"),
            (|spoken| spoken.early_data = Some(true), "early data is accepted"),
            (|spoken| spoken.fallback_refused = Some(false), "a needless step back to an older version is accepted"),
        ];
        for (change, fault) in changes {
            let mut facts = good();
            change(facts.endpoints[0].spoken.as_mut().unwrap());
            let judgement = judged(&PROMISE, facts);
            assert_eq!(
                (judgement.verdict, judgement.seen),
                (Verdict::Broken, format!("port 443 of 192.0.2.1: {fault}"))
            );
        }
    }

    #[test]
    fn what_does_not_apply_is_no_fault() {
        let mut facts = good();
        let spoken = facts.endpoints[0].spoken.as_mut().unwrap();
        (spoken.secure_renegotiation, spoken.extended_master_secret, spoken.early_data) = (None, None, None);
        let judgement = judged(&PROMISE, facts);
        assert_eq!(judgement.verdict, Verdict::Kept);
        assert!(judgement.seen.contains("early data could not be tried"));
    }
}
