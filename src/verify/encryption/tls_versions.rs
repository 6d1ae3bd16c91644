//! Only TLS 1.2 and 1.3 are spoken.

use super::looked::{and, looked};
use crate::model::finding::Source;
use crate::outside::tls::{Spoken, Version};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "tls-versions",
    title: "Only TLS 1.2 and 1.3 are spoken",
    sources: &[
        Source::Principle("well encrypted, preferably with an A at SSL Labs"),
        Source::Guideline("NCSC (NL), guidelines for TLS 2025-05, 3.3.1"),
        Source::Guideline("RFC 8996"),
        Source::Law("GDPR art. 32(1)(a)"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let old = looked.seen.iter().filter_map(|(endpoint, spoken)| {
        let old = old_versions(spoken);
        (!old.is_empty()).then(|| (*endpoint, format!("{} is accepted", and(&old))))
    });
    let mut all: Vec<Version> = looked.seen.iter().flat_map(|(_, spoken)| spoken.suites.keys().copied()).collect();
    all.sort_unstable();
    all.dedup();
    let kept = format!("{} on {}", and(&all), looked.ports());
    looked.judge(old.collect(), kept, super::UP)
}

/// The versions that should not be spoken any more.
pub(super) fn old_versions(spoken: &Spoken) -> Vec<Version> {
    spoken.suites.keys().copied().filter(|version| *version < Version::Tls12).collect()
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged, suite};
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::tls::Silence;

    #[test]
    fn good_servers_keep_it() {
        let judgement = judged(&PROMISE, good());
        assert_eq!(judgement, Judgement::kept("TLS 1.2 and TLS 1.3 on 443 and 5349"));
    }

    #[test]
    fn each_old_version_breaks_it_at_its_place() {
        for version in [Version::Ssl30, Version::Tls10, Version::Tls11] {
            let mut facts = good();
            let spoken = facts.endpoints[1].spoken.as_mut().unwrap();
            spoken.suites.insert(version, vec![suite("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")]);
            let judgement = judged(&PROMISE, facts);
            assert_eq!(judgement.verdict, Verdict::Broken);
            assert_eq!(judgement.seen, format!("port 5349 of 192.0.2.1: {version} is accepted"));
        }
    }

    #[test]
    fn a_port_without_an_answer_is_no_proof() {
        let mut facts = good();
        facts.endpoints[3].spoken = Err(Silence::Troubled("no answer in time".into()));
        let judgement = judged(&PROMISE, facts);
        assert_eq!(judgement, Judgement::unseen("port 5349 of 2001:db8::1: no answer in time"));
    }
}
