//! Only suites are accepted that the guideline calls good or sufficient.

use super::looked::{few, looked};
use super::tls_versions::old_versions;
use crate::model::finding::Source;
use crate::outside::tls::{Endpoint, Spoken, Suite, Version};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "tls-suites",
    title: "Only cipher suites are accepted that the guideline calls good or sufficient",
    sources: &[
        Source::Principle("well encrypted, preferably with an A at SSL Labs"),
        Source::Guideline("NCSC (NL), guidelines for TLS 2025-05, 3.3.3, 3.3.4 and appendix B"),
        Source::Guideline("internet.nl, web test: ciphers"),
    ],
    judge,
};

/// Good and sufficient suites (NCSC, guidelines for TLS 2025-05, appendix B).
const SUFFICIENT: [&str; 12] = [
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
];

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let faults: Vec<(&Endpoint, String)> = looked
        .seen
        .iter()
        .filter_map(|(endpoint, spoken)| {
            let weak = weak(spoken);
            (!weak.is_empty()).then(|| (*endpoint, fault(spoken, &weak)))
        })
        .collect();
    let older = looked.seen.iter().flat_map(|(_, spoken)| old_versions(spoken)).max();
    if let (true, Some(version)) = (faults.is_empty(), older) {
        return Judgement::noted(format!("the weak suites are those that {version} needs; see tls-versions"));
    }
    let mut all: Vec<Suite> =
        looked.seen.iter().flat_map(|(_, spoken)| spoken.suites.values().flatten().copied()).collect();
    all.sort_unstable();
    all.dedup();
    let kept = format!("{} suites on {}, all good or sufficient", all.len(), looked.ports());
    looked.judge(faults, kept, super::UP)
}

/// The suites of TLS 1.2 and 1.3 that are neither good nor sufficient. None that an old version can use is good, so while
/// such a version is spoken, its suites are that fault and no second one.
pub(super) fn weak(spoken: &Spoken) -> Vec<Suite> {
    let old: Vec<Suite> =
        spoken.suites.range(..Version::Tls12).flat_map(|(_, suites)| suites.iter().copied()).collect();
    let new = spoken.suites.range(Version::Tls12..).flat_map(|(_, suites)| suites.iter().copied());
    new.filter(|suite| !SUFFICIENT.contains(&suite.to_string().as_str()) && !old.contains(suite)).collect()
}

fn fault(spoken: &Spoken, weak: &[Suite]) -> String {
    let prime = spoken.finite_field.map(|bits| format!(", with a prime of {bits} bits")).unwrap_or_default();
    let cut = if spoken.cut { ", and there may be more" } else { "" };
    format!("{}{prime}{cut}", few(weak))
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged, suite};
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn good_servers_keep_it() {
        assert_eq!(judged(&PROMISE, good()), Judgement::kept("6 suites on 443 and 5349, all good or sufficient"));
    }

    #[test]
    fn the_lists_hold_real_names() {
        assert!(SUFFICIENT.iter().all(|name| Suite::named(name).is_some()));
    }

    #[test]
    fn weak_suites_are_named() {
        for name in ["TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_CCM_8_SHA256"]
        {
            let mut facts = good();
            for endpoint in &mut facts.endpoints {
                let spoken = endpoint.spoken.as_mut().unwrap();
                spoken.suites.entry(Version::Tls12).or_default().push(suite(name));
                spoken.finite_field = Some(1024);
            }
            let judgement = judged(&PROMISE, facts);
            assert_eq!(judgement.verdict, Verdict::Broken);
            let places = "port 443 of 192.0.2.1 and 2001:db8::1, port 5349 of 192.0.2.1 and 2001:db8::1";
            assert_eq!(judgement.seen, format!("{places}: {name}, with a prime of 1024 bits"));
        }
    }

    #[test]
    fn what_an_old_version_needs_is_that_versions_fault() {
        let mut facts = good();
        let spoken = facts.endpoints[0].spoken.as_mut().unwrap();
        let cbc = suite("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
        spoken.suites.insert(Version::Tls11, vec![cbc]);
        spoken.suites.entry(Version::Tls12).or_default().push(cbc);
        assert_eq!(judged(&PROMISE, facts.clone()).verdict, Verdict::Noted);
        let spoken = facts.endpoints[0].spoken.as_mut().unwrap();
        spoken.suites.entry(Version::Tls12).or_default().push(suite("TLS_RSA_WITH_AES_256_CBC_SHA256"));
        let judgement = judged(&PROMISE, facts);
        assert_eq!(judgement.seen, "port 443 of 192.0.2.1: TLS_RSA_WITH_AES_256_CBC_SHA256");
    }
}
