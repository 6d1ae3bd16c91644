//! The certificate's key is strong enough.

use super::looked::looked;
use crate::model::finding::Source;
use crate::outside::tls::{Certificate, Key};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "certificate-key",
    title: "The certificate's key is as strong as the guideline asks",
    sources: &[
        Source::Guideline("NCSC (NL), guidelines for TLS 2025-05, 3.3.2.1"),
        Source::Guideline("internet.nl, web test: public key of the certificate"),
    ],
    judge,
};

/// The smallest RSA key of a server (NCSC, guidelines for TLS 2025-05, 3.3.2.1). Up to 2048 bits they are to be phased out.
const SMALLEST_RSA: u32 = 3072;

/// What a key of an authority may still have: authorities phase 2048 bits out in their own time, and not in ours.
const SMALLEST_RSA_ABOVE: u32 = 2048;

/// P-256, P-384, P-521 and Brainpool's three.
const CURVES: std::ops::RangeInclusive<u16> = 23..=28;

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let faults = looked.showing().filter_map(|(endpoint, spoken)| {
        let (own, above) = spoken.chain.split_first()?;
        let own = weak(own, SMALLEST_RSA);
        let fault = own.or_else(|| above.iter().find_map(|certificate| weak(certificate, SMALLEST_RSA_ABOVE)));
        fault.map(|fault| (endpoint, fault))
    });
    let kept = match looked.certificate() {
        Some(certificate) => format!("{} on {}", words(&certificate.key), looked.ports()),
        None => return Judgement::unseen("no certificate was shown"),
    };
    let remedy = "Run `vc4all-deploy renew`; the host makes a new key for each certificate";
    looked.judge(faults.collect(), kept, remedy)
}

fn weak(certificate: &Certificate, smallest: u32) -> Option<String> {
    let strong = match &certificate.key {
        Key::Rsa(bits) => *bits >= smallest,
        Key::Curve(group) => group.is_some_and(|group| CURVES.contains(&group.0)),
        Key::Edwards => true,
        Key::Other(_) => false,
    };
    (!strong).then(|| format!("{} has a key of {}", certificate.subject, words(&certificate.key)))
}

fn words(key: &Key) -> String {
    match key {
        Key::Rsa(bits) => format!("RSA with {bits} bits"),
        Key::Curve(Some(group)) => format!("ECDSA on {group}"),
        Key::Curve(None) => "an unknown curve".into(),
        Key::Edwards => "EdDSA".into(),
        Key::Other(oid) => format!("an unknown kind ({oid})"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged};
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::tls::Group;

    fn with(key: Key, depth: usize) -> Judgement {
        let mut facts = good();
        for endpoint in &mut facts.endpoints {
            endpoint.spoken.as_mut().unwrap().chain[depth].key = key.clone();
        }
        judged(&PROMISE, facts)
    }

    #[test]
    fn strong_keys_keep_it() {
        assert_eq!(judged(&PROMISE, good()), Judgement::kept("ECDSA on secp256r1 on 443 and 5349"));
        for key in [Key::Rsa(3072), Key::Curve(Some(Group(24))), Key::Edwards] {
            assert_eq!(with(key, 0).verdict, Verdict::Kept);
        }
        assert_eq!(with(Key::Rsa(2048), 1).verdict, Verdict::Kept);
    }

    #[test]
    fn weak_keys_break_it() {
        for key in
            [Key::Rsa(1024), Key::Rsa(2048), Key::Curve(Some(Group(19))), Key::Curve(None), Key::Other("1.2".into())]
        {
            let judgement = with(key, 0);
            assert_eq!(judgement.verdict, Verdict::Broken);
            assert!(judgement.seen.contains("CN=meet.voorbeeldstad.example has a key of"), "{judgement:?}");
        }
        assert_eq!(with(Key::Rsa(1024), 1).verdict, Verdict::Broken);
    }

    #[test]
    fn another_certificate_is_another_promise() {
        let mut facts = good();
        let own = &mut facts.endpoints[1].spoken.as_mut().unwrap().chain[0];
        (own.serial, own.key) = ("ff".into(), Key::Rsa(1024));
        assert_eq!(judged(&PROMISE, facts).verdict, Verdict::Kept);
    }
}
