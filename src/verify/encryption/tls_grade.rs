//! The grade of the web server is A.

use super::grading::{Cap, Grade, grade};
use super::looked::looked;
use crate::model::finding::Source;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "tls-grade",
    title: "The web server's TLS has grade A, as SSL Labs computes it",
    sources: &[
        Source::Principle("well encrypted, preferably with an A at SSL Labs"),
        Source::Guideline("SSL Labs, SSL Server Rating Guide 2009r"),
    ],
    judge,
};

/// The worst grade of any address counts. What lowers it and breaks another promise is that promise's fault: then the grade
/// is only noted, so that one fault is one broken promise.
fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let web = looked.seen.iter().filter(|(endpoint, _)| endpoint.port == 443);
    let graded = web.map(|(endpoint, spoken)| (*endpoint, grade(spoken, evidence.now)));
    let Some((endpoint, (grade, caps))) = graded.max_by_key(|(_, (grade, _))| *grade) else {
        return Judgement::unseen("no port 443 showed its TLS");
    };
    if grade == Grade::A {
        let kept = "A (with HSTS, which is a promise of its own, A+)".to_owned();
        return looked.judge(Vec::new(), kept, super::UP);
    }
    let own: Vec<&Cap> = caps.iter().filter(|cap| cap.promise.is_none()).collect();
    let others = caps.iter().find_map(|cap| cap.promise);
    match (own.as_slice(), others) {
        ([], Some(promise)) => Judgement::noted(format!("{}; see {promise}", said(grade, &caps))),
        _ => Judgement::broken(format!("port 443 of {}: {}", endpoint.address, said(grade, &caps)), super::UP),
    }
}

fn said(grade: Grade, caps: &[Cap]) -> String {
    let why: Vec<&str> = caps.iter().map(|cap| cap.why).collect();
    if why.is_empty() { grade.letter().to_owned() } else { format!("{}: {}", grade.letter(), super::looked::few(&why)) }
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged, suite};
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::tls::Version;

    #[test]
    fn good_servers_keep_it() {
        assert_eq!(judged(&PROMISE, good()).verdict, Verdict::Kept);
    }

    #[test]
    fn its_own_fault_breaks_it() {
        let mut facts = good();
        facts.endpoints[2].spoken.as_mut().unwrap().suites.remove(&Version::Tls13);
        let judgement = judged(&PROMISE, facts);
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert_eq!(judgement.seen, "port 443 of 2001:db8::1: A-: TLS 1.3 is missing");
    }

    #[test]
    fn anothers_fault_is_noted() {
        let mut facts = good();
        let spoken = facts.endpoints[0].spoken.as_mut().unwrap();
        spoken.suites.entry(Version::Tls12).or_default().push(suite("TLS_RSA_WITH_3DES_EDE_CBC_SHA"));
        assert_eq!(judged(&PROMISE, facts), Judgement::noted("C: blocks of 64 bits; see tls-suites"));
    }

    #[test]
    fn the_relay_does_not_count() {
        let mut facts = good();
        facts.endpoints[1].spoken.as_mut().unwrap().suites.remove(&Version::Tls13);
        assert_eq!(judged(&PROMISE, facts).verdict, Verdict::Kept);
    }
}
