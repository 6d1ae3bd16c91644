//! Web server and relay show the same certificate on every address.

use super::looked::looked;
use crate::model::finding::Source;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "same-certificate",
    title: "Web server and relay show the same certificate on every address",
    sources: &[
        Source::Ours("one certificate, which web server and relay read when it is renewed"),
        Source::Guideline("internet.nl, web test: same answer over IPv4 and IPv6"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let Some(own) = looked.certificate() else { return Judgement::unseen("no certificate was shown") };
    let faults = looked.seen.iter().filter_map(|(endpoint, spoken)| {
        let shown = spoken.chain.first()?;
        (shown.serial != own.serial).then(|| (*endpoint, format!("serial {}, not {}", shown.serial, own.serial)))
    });
    let kept = format!("serial {} on {}", own.serial, looked.ports());
    let remedy = "Run `vc4all-deploy up`; if that finds nothing to do, reload nginx and coturn on the host";
    looked.judge(faults.collect(), kept, remedy)
}

#[cfg(test)]
mod tests {
    use super::super::stage::{good, judged};
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn one_serial_everywhere_keeps_it() {
        assert_eq!(judged(&PROMISE, good()), Judgement::kept("serial 0a0b on 443 and 5349"));
    }

    #[test]
    fn another_serial_breaks_it_on_any_port_and_address() {
        for (index, place) in [(1, "port 5349 of 192.0.2.1"), (2, "port 443 of 2001:db8::1")] {
            let mut facts = good();
            facts.endpoints[index].spoken.as_mut().unwrap().chain[0].serial = "0c".into();
            let judgement = judged(&PROMISE, facts);
            assert_eq!((judgement.verdict, judgement.seen), (Verdict::Broken, format!("{place}: serial 0c, not 0a0b")));
        }
    }
}
