//! The certificate counts today, and will for some time.

use super::looked::looked;
use crate::model::finding::Source;
use crate::outside::tls::Certificate;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "certificate-days",
    title: "The certificate counts today and will not end soon",
    sources: &[
        Source::Ours("a certificate is due when less than a third of its time is left"),
        Source::Guideline("RFC 5280 §4.1.2.5"),
    ],
    judge,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const RENEW: &str = "Run `vc4all-deploy renew`";

/// Below this the promise is broken: a week, and for certificates of a few days a ninth of their time, which is a third of
/// the time in which they are due.
fn last(certificate: &Certificate) -> i64 {
    (7 * DAY).min((certificate.not_after - certificate.not_before) / 9)
}

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let looked = match looked(evidence) {
        Ok(looked) => looked,
        Err(unseen) => return unseen,
    };
    let now = evidence.now;
    let faults: Vec<_> = looked
        .showing()
        .filter_map(|(endpoint, spoken)| {
            spoken.chain.iter().find_map(|one| fault(one, now)).map(|fault| (endpoint, fault))
        })
        .collect();
    let Some(own) = looked.certificate() else { return Judgement::unseen("no certificate was shown") };
    let (left, lifetime) = (own.not_after - now, own.not_after - own.not_before);
    let due = faults.is_empty() && left < lifetime / 3;
    let kept = format!("{} of {} left on {}", time(left), time(lifetime), looked.ports());
    let judgement = looked.judge(faults, kept, RENEW);
    if due { judgement.with_remedy(format!("{RENEW}: it is due since a third of its time is left")) } else { judgement }
}

/// A root's dates count for nobody.
fn fault(certificate: &Certificate, now: i64) -> Option<String> {
    let left = certificate.not_after - now;
    let subject = &certificate.subject;
    match () {
        () if certificate.not_before > now => Some(format!(
            "{subject} counts only in {}; is this machine's clock right?",
            time(certificate.not_before - now)
        )),
        () if left < 0 => Some(format!("{subject} expired {} ago", time(-left))),
        () if left < last(certificate) => Some(format!("{subject} expires in {}", time(left))),
        () => None,
    }
}

fn time(seconds: i64) -> String {
    match (seconds / DAY, seconds / HOUR) {
        (0, 1) => "1 hour".into(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "1 day".into(),
        (days, _) => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::{NOW, good, judged};
    use super::*;
    use crate::model::finding::Verdict;

    /// A certificate of so many days, with so many hours left.
    fn with(days: i64, hours_left: i64, depth: usize) -> Judgement {
        let mut facts = good();
        for endpoint in &mut facts.endpoints {
            let one = &mut endpoint.spoken.as_mut().unwrap().chain[depth];
            one.not_after = NOW + hours_left * HOUR;
            one.not_before = one.not_after - days * DAY;
        }
        judged(&PROMISE, facts)
    }

    #[test]
    fn it_is_kept_for_long_and_says_when_it_is_due() {
        assert_eq!(with(90, 60 * 24, 0), Judgement::kept("60 days of 90 days left on 443 and 5349"));
        let due = with(90, 20 * 24, 0);
        assert_eq!(due.verdict, Verdict::Kept);
        assert!(due.remedy.is_some());
        assert_eq!(with(6, 4 * 24, 0).remedy, None);
        assert!(with(6, 24, 0).remedy.is_some());
    }

    #[test]
    fn the_last_days_and_an_end_break_it() {
        let place = "port 443 of 192.0.2.1 and 2001:db8::1, port 5349 of 192.0.2.1 and 2001:db8::1";
        for (days, hours, seen) in [
            (90, 6 * 24, "CN=meet.voorbeeldstad.example expires in 6 days"),
            (6, 15, "CN=meet.voorbeeldstad.example expires in 15 hours"),
            (90, -25, "CN=meet.voorbeeldstad.example expired 1 day ago"),
            (1, 48, "CN=meet.voorbeeldstad.example counts only in 1 day; is this machine's clock right?"),
        ] {
            let judgement = with(days, hours, 0);
            assert_eq!((judgement.verdict, judgement.seen), (Verdict::Broken, format!("{place}: {seen}")));
        }
        assert_eq!(with(900, -1, 1).verdict, Verdict::Broken);
    }
}
