//! The promises before and after an upgrade: which ones were kept, and which ones it lost.

use super::super::session::Session;
use super::super::verify::{self, Manner};
use crate::model::finding::{Report, Verdict};
use crate::view::inert;
use anyhow::Result;
use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

/// The promises that were kept, by name.
pub(super) type Kept = BTreeSet<&'static str>;

/// A promise that was kept before and is broken now.
pub(super) struct Lost {
    pub(super) promise: &'static str,
    pub(super) title: &'static str,
    pub(super) seen: String,
}

/// Which promises are kept.
pub(super) fn look(session: &mut Session<'_>) -> Result<Kept> {
    Ok(kept(&verify::look(session, &Manner::USUAL)?))
}

/// A server that has just restarted may stumble once: nothing goes back before a second look says the same.
const BREATH: Duration = Duration::from_secs(15);

/// What is found now, and what of the promises kept before is broken now, at two looks in a row.
pub(super) fn compare(before: &Kept, session: &mut Session<'_>) -> Result<(Report, Vec<Lost>)> {
    let report = verify::look(session, &Manner::USUAL)?;
    if lost(before, &report).is_empty() {
        return Ok((report, Vec::new()));
    }
    thread::sleep(BREATH);
    let report = verify::look(session, &Manner::USUAL)?;
    let lost = lost(before, &report);
    Ok((report, lost))
}

fn kept(report: &Report) -> Kept {
    report.findings().filter(|finding| finding.verdict == Verdict::Kept).map(|finding| finding.promise).collect()
}

fn lost(before: &Kept, after: &Report) -> Vec<Lost> {
    let broken = after.findings().filter(|finding| finding.verdict == Verdict::Broken);
    broken
        .filter(|finding| before.contains(finding.promise))
        .map(|finding| Lost { promise: finding.promise, title: finding.title, seen: inert::line(&finding.seen) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Chapter, Finding};

    fn report(verdicts: &[(&'static str, Verdict)]) -> Report {
        let finding = |(promise, verdict): &(&'static str, Verdict)| Finding {
            promise,
            title: "A promise",
            verdict: *verdict,
            seen: "something".to_owned(),
            remedy: None,
            sources: &[],
        };
        let findings = verdicts.iter().map(finding).collect();
        Report {
            domain: "meet.example.nl".to_owned(),
            host: "203.0.113.10".to_owned(),
            when: 0,
            took: 0,
            generation: 3,
            chapters: vec![Chapter { title: "All", findings }],
        }
    }

    #[test]
    fn only_what_was_kept_can_be_lost() {
        use Verdict::{Broken, Kept, Noted, Unseen};
        let before = kept(&report(&[("a", Kept), ("b", Broken), ("c", Unseen), ("d", Noted), ("e", Kept)]));
        let after = report(&[("a", Broken), ("b", Broken), ("c", Broken), ("d", Broken), ("e", Unseen)]);
        let names: Vec<&str> = lost(&before, &after).iter().map(|lost| lost.promise).collect();
        assert_eq!(names, ["a"]);
    }
}
