//! Nothing is signed with SHA-1 or MD5: neither the key exchange nor the chain.

use super::looked::{few, looked};
use crate::model::finding::Source;
use crate::outside::tls::{Certificate, Hash, Scheme, Spoken};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "tls-signatures",
    title: "Neither key exchange nor certificates are signed with SHA-1 or MD5",
    sources: &[
        Source::Guideline("NCSC (NL), guidelines for TLS 2025-05, 3.3.2 and 3.3.5"),
        Source::Guideline("internet.nl, web test: hash function for key exchange, certificate signature"),
        Source::Guideline("RFC 9155"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let faults = looked.seen.iter().filter_map(|(endpoint, spoken)| {
        let mut weak: Vec<String> =
            spoken.signatures.iter().filter(|scheme| scheme.weak()).map(Scheme::to_string).collect();
        let showing = looked.certificate().map(|known| &known.serial) == spoken.chain.first().map(|own| &own.serial);
        weak.extend(weak_certificate(spoken).filter(|_| showing).map(|it| format!("the signature of {}", it.subject)));
        (!weak.is_empty()).then(|| (*endpoint, few(&weak)))
    });
    let mut all: Vec<Scheme> = looked.seen.iter().flat_map(|(_, spoken)| spoken.signatures.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    let used = if all.is_empty() { "no signature before TLS 1.3".to_owned() } else { few(&all) };
    looked.judge(faults.collect(), format!("{used} on {}; the chain has SHA-2", looked.ports()), super::UP)
}

/// The first certificate of a chain whose signature counts and is weak. Nobody looks at the one of a root.
pub(super) fn weak_certificate(spoken: &Spoken) -> Option<&Certificate> {
    let weak =
        |certificate: &&Certificate| !certificate.self_signed && matches!(certificate.hash, Hash::Sha1 | Hash::Md5);
    spoken.chain.iter().find(weak)
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged};
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn good_servers_keep_it() {
        let judgement = judged(&PROMISE, good());
        assert_eq!(judgement, Judgement::kept("ECDSA with SHA-256 on 443 and 5349; the chain has SHA-2"));
    }

    #[test]
    fn a_weak_key_exchange_breaks_it() {
        for (scheme, name) in [(0x0203, "ECDSA with SHA-1"), (0x0101, "RSA with MD5")] {
            let mut facts = good();
            facts.endpoints[0].spoken.as_mut().unwrap().signatures.insert(Scheme(scheme));
            let judgement = judged(&PROMISE, facts);
            assert_eq!(
                (judgement.verdict, judgement.seen),
                (Verdict::Broken, format!("port 443 of 192.0.2.1: {name}"))
            );
        }
    }

    #[test]
    fn a_weak_chain_breaks_it_but_not_a_roots_own_signature() {
        let mut facts = good();
        facts.endpoints[0].spoken.as_mut().unwrap().chain[1].hash = Hash::Sha1;
        let judgement = judged(&PROMISE, facts.clone());
        assert_eq!(judgement.seen, "port 443 of 192.0.2.1: the signature of CN=Intermediate of Voorbeeldstad");
        facts.endpoints[0].spoken.as_mut().unwrap().chain[1].self_signed = true;
        assert_eq!(judged(&PROMISE, facts).verdict, Verdict::Kept);
    }
}
