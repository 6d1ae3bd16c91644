//! What TLS promises.
//!
//! One fault breaks one promise. Where one setting shows in several places, it is the fault of one of them: the suites that
//! an old version needs belong to `tls-versions`; groups over a prime before TLS 1.3 belong to their suites; a chain that
//! is signed with SHA-1 belongs to `tls-signatures`; dates belong to `certificate-days` alone; whoever shows another
//! certificate than the web server breaks `same-certificate` and nothing else. `tls-grade` is broken only by what lowers the
//! grade and is no other promise's; where another promise is broken, the grade is noted.

mod certificate_days;
mod certificate_key;
mod certificate_trusted;
mod grading;
mod looked;
mod same_certificate;
#[cfg(test)]
mod stage;
mod tls_details;
mod tls_grade;
mod tls_groups;
mod tls_signatures;
mod tls_suites;
mod tls_versions;

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[
    tls_versions::PROMISE,
    tls_suites::PROMISE,
    tls_groups::PROMISE,
    tls_signatures::PROMISE,
    tls_details::PROMISE,
    tls_grade::PROMISE,
    certificate_trusted::PROMISE,
    certificate_key::PROMISE,
    certificate_days::PROMISE,
    same_certificate::PROMISE,
];

/// What to do where the host's files and the rendered ones may differ.
const UP: &str = "Run `vc4all-deploy up`; it writes the TLS settings anew";

#[cfg(test)]
mod tests {
    use super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::tls::{Facts, Group, Hash, Key, Scheme, Silence, Spoken, Trust, Version};
    use crate::verify::Judgement;

    #[test]
    fn good_servers_keep_every_promise() {
        for promise in ALL {
            assert_eq!(judged(promise, good()).verdict, Verdict::Kept, "{}", promise.name);
        }
    }

    #[test]
    fn without_a_look_nothing_is_kept() {
        for promise in ALL {
            assert_eq!(judged(promise, Facts::default()).verdict, Verdict::Unseen, "{}", promise.name);
        }
    }

    /// A fault of a whole server: web server and relay, on both addresses.
    type Fault = fn(&mut Spoken);

    const CBC: &str = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA";

    const FAULTS: [(&str, Fault); 18] = [
        ("tls-versions", |spoken| {
            spoken.suites.insert(Version::Tls10, suites(&[CBC]));
            spoken.suites.insert(Version::Tls11, suites(&[CBC]));
            spoken.suites.entry(Version::Tls12).or_default().push(suite(CBC));
        }),
        ("tls-versions", |spoken| drop(spoken.suites.insert(Version::Ssl30, suites(&["TLS_RSA_WITH_RC4_128_SHA"])))),
        ("tls-suites", |spoken| spoken.suites.entry(Version::Tls12).or_default().push(suite(CBC))),
        ("tls-suites", |spoken| {
            spoken.suites.entry(Version::Tls12).or_default().push(suite("TLS_RSA_WITH_3DES_EDE_CBC_SHA"))
        }),
        ("tls-suites", |spoken| {
            spoken.suites.entry(Version::Tls12).or_default().push(suite("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"));
            spoken.finite_field = Some(1024);
        }),
        ("tls-groups", |spoken| spoken.groups.extend([Group(0x0100)])),
        ("tls-groups", |spoken| spoken.groups.extend([Group(19)])),
        ("tls-signatures", |spoken| spoken.signatures.extend([Scheme(0x0203)])),
        ("tls-signatures", |spoken| {
            spoken.chain[0].hash = Hash::Sha1;
            spoken.trust = Trust::Untrusted("a signature that is not supported".into());
        }),
        ("tls-details", |spoken| spoken.compression = true),
        ("tls-details", |spoken| spoken.early_data = Some(true)),
        ("tls-details", |spoken| spoken.secure_renegotiation = Some(false)),
        ("tls-grade", |spoken| drop(spoken.suites.remove(&Version::Tls13))),
        ("certificate-trusted", |spoken| spoken.trust = Trust::OtherName),
        ("certificate-trusted", |spoken| {
            spoken.trust = Trust::Untrusted("it does not lead to a root that we trust".into());
            spoken.chain.truncate(1);
        }),
        ("certificate-key", |spoken| spoken.chain[0].key = Key::Rsa(1024)),
        ("certificate-days", |spoken| spoken.chain[0].not_after = NOW - DAY),
        ("certificate-days", |spoken| spoken.chain[0].not_after = NOW + DAY),
    ];

    fn broken(facts: &Facts) -> Vec<&'static str> {
        let broken = |promise: &&Promise| judged(promise, facts.clone()).verdict == Verdict::Broken;
        ALL.iter().filter(broken).map(|promise| promise.name).collect()
    }

    #[test]
    fn one_fault_breaks_one_promise_and_has_a_remedy() {
        for (index, (name, fault)) in FAULTS.into_iter().enumerate() {
            let mut facts = good();
            facts.endpoints.iter_mut().for_each(|endpoint| fault(endpoint.spoken.as_mut().unwrap()));
            assert_eq!(broken(&facts), [name], "fault {index}");
            let promise = ALL.iter().find(|promise| promise.name == name).unwrap();
            assert!(judged(promise, facts).remedy.is_some(), "fault {index}");
        }
    }

    #[test]
    fn another_certificate_at_the_relay_breaks_one_promise_whatever_it_is() {
        let mut facts = good();
        for endpoint in facts.endpoints.iter_mut().filter(|endpoint| endpoint.port == 5349) {
            let spoken = endpoint.spoken.as_mut().unwrap();
            let own = &mut spoken.chain[0];
            (own.serial, own.key, own.hash, own.not_after) = ("ff".into(), Key::Rsa(512), Hash::Md5, NOW - DAY);
            spoken.trust = Trust::Untrusted("signed by nobody".into());
        }
        assert_eq!(broken(&facts), ["same-certificate"]);
    }

    #[test]
    fn a_closed_relay_breaks_none_and_a_silent_one_leaves_all_unseen() {
        let mut facts = good();
        facts.endpoints[1].spoken = Err(Silence::Closed);
        for promise in ALL {
            let judgement = judged(promise, facts.clone());
            assert_eq!(judgement.verdict, Verdict::Kept, "{}", promise.name);
            assert!(judgement.seen.ends_with("; port 5349 of 192.0.2.1: closed"), "{judgement:?}");
        }
        facts.endpoints[1].spoken = Err(Silence::Troubled("no answer in time".into()));
        for promise in ALL {
            let judgement = judged(promise, facts.clone());
            assert_eq!(judgement, Judgement::unseen("port 5349 of 192.0.2.1: no answer in time"), "{}", promise.name);
        }
    }

    #[test]
    fn a_line_without_ipv6_is_said() {
        let mut facts = good();
        facts.endpoints.truncate(2);
        facts.unrouted = vec!["2001:db8::1".parse().unwrap()];
        for promise in ALL {
            let judgement = judged(promise, facts.clone());
            assert_eq!(judgement.verdict, Verdict::Kept);
            assert!(judgement.seen.contains("2001:db8::1 cannot be reached from here"), "{}", promise.name);
        }
    }
}
