//! What a look at the living instance found, as text for people, JSON for programs, and JUnit for their servers.

mod json;
mod junit;
mod table;

pub use json::json;
pub use junit::junit;
pub use table::{brief, text};

use crate::model::finding::{Finding, Report};
use crate::view::inert;

/// The same report in which no text of the host moves a cursor or turns a line.
fn harmless(report: &Report) -> Report {
    let mut report = report.clone();
    let findings = report.chapters.iter_mut().flat_map(|chapter| &mut chapter.findings);
    for Finding { seen, remedy, .. } in findings {
        *seen = inert::line(seen);
        *remedy = remedy.as_deref().map(inert::line);
    }
    report
}

/// When the look began, as RFC 3339 has it.
fn when(report: &Report) -> String {
    jiff::Timestamp::from_second(report.when).map(|time| time.to_string()).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod example {
    use super::*;
    use crate::model::finding::{Chapter, Source, Verdict};

    /// A report with every verdict in it.
    pub(in crate::view) fn report() -> Report {
        const SOURCES: &[Source] = &[Source::Principle("well encrypted"), Source::Law("GDPR art. 32(1)(a)")];
        let finding = |promise, verdict, seen: &str, remedy: Option<&str>| Finding {
            promise,
            title: "What is promised",
            verdict,
            seen: seen.to_owned(),
            remedy: remedy.map(str::to_owned),
            sources: SOURCES,
        };
        let chapters = vec![
            Chapter {
                title: "Encryption",
                findings: vec![
                    finding("tls-versions", Verdict::Kept, "TLS 1.2 and 1.3", None),
                    finding("tls-suites", Verdict::Broken, "3DES \u{1b}[2J<&>", Some("Run `vc4all-deploy up`")),
                ],
            },
            Chapter {
                title: "Where it is",
                findings: vec![
                    finding("dnssec", Verdict::Noted, "the zone is not signed", Some("Ask for it")),
                    finding("addresses-in-eea", Verdict::Unseen, "10.0.0.1 is no public address", None),
                ],
            },
        ];
        let (domain, host) = ("vergaderen.voorbeeldstad.nl".to_owned(), "203.0.113.10".to_owned());
        Report { domain, host, when: 1_795_000_000, took: 4210, generation: 3, chapters }
    }
}
