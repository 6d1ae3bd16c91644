//! The chain is complete, and leads from the name to a root that is trusted.

use super::looked::looked;
use super::tls_signatures::weak_certificate;
use crate::model::finding::Source;
use crate::outside::tls::{Spoken, Trust};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "certificate-trusted",
    title: "The certificate is for the name, and its chain leads to a trusted root",
    sources: &[
        Source::Principle("well encrypted, preferably with an A at SSL Labs"),
        Source::Guideline("NCSC (NL), guidelines for TLS 2025-05, 3.3.2"),
        Source::Guideline("internet.nl, web test: trust chain and domain name of the certificate"),
        Source::Guideline("RFC 9525"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    if looked.showing().any(|(_, spoken)| weak_certificate(spoken).is_some()) {
        return Judgement::unseen("a weak signature in the chain is not followed; see tls-signatures");
    }
    let name = evidence.way.domain.as_str();
    let faults = looked.showing().filter_map(|(endpoint, spoken)| fault(spoken, name).map(|fault| (endpoint, fault)));
    let issuer = looked.certificate().map(|certificate| certificate.issuer.as_str()).unwrap_or_default();
    let kept = format!("for {name} on {}, signed by {issuer}, trusted", looked.ports());
    looked.judge(
        faults.collect(),
        kept,
        "Run `vc4all-deploy renew`; it has a new certificate made and installs its whole chain",
    )
}

fn fault(spoken: &Spoken, name: &str) -> Option<String> {
    match &spoken.trust {
        Trust::Trusted => None,
        Trust::OtherName => {
            let names = spoken.chain.first().map(|own| own.names.as_slice()).unwrap_or_default();
            let names = if names.is_empty() { "no name".to_owned() } else { super::looked::few(names) };
            Some(format!("the certificate is for {names}, not for {name}"))
        }
        Trust::Untrusted(why) => Some(why.clone()),
        Trust::Absent => Some("there is no certificate".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged};
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::tls::Hash;

    #[test]
    fn good_servers_keep_it() {
        let judgement = judged(&PROMISE, good());
        assert_eq!(judgement.verdict, Verdict::Kept);
        assert!(judgement.seen.contains("signed by CN=Intermediate of Voorbeeldstad"), "{judgement:?}");
    }

    #[test]
    fn no_trust_or_another_name_breaks_it() {
        let mut facts = good();
        facts.endpoints[0].spoken.as_mut().unwrap().trust = Trust::Untrusted("no root".into());
        let judgement = judged(&PROMISE, facts.clone());
        assert_eq!((judgement.verdict, judgement.seen.as_str()), (Verdict::Broken, "port 443 of 192.0.2.1: no root"));
        facts.endpoints[0].spoken.as_mut().unwrap().trust = Trust::OtherName;
        let judgement = judged(&PROMISE, facts);
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert!(judgement.seen.contains("the certificate is for meet.voorbeeldstad.example, not for"), "{judgement:?}");
    }

    #[test]
    fn another_ports_other_certificate_and_weak_signatures_are_other_promises() {
        let mut facts = good();
        let spoken = facts.endpoints[1].spoken.as_mut().unwrap();
        spoken.chain[0].serial = "ff".into();
        spoken.trust = Trust::Untrusted("no root".into());
        assert_eq!(judged(&PROMISE, facts).verdict, Verdict::Kept);
        let mut facts = good();
        let spoken = facts.endpoints[0].spoken.as_mut().unwrap();
        spoken.chain[0].hash = Hash::Sha1;
        spoken.trust = Trust::Untrusted("a signature".into());
        assert_eq!(judged(&PROMISE, facts).verdict, Verdict::Unseen);
    }
}
