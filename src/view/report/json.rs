//! A report for programs: versioned JSON.

use super::{harmless, when};
use crate::model::finding::{Chapter, Report, Verdict};
use anyhow::{Context as _, Result};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    domain: &'a str,
    host: &'a str,
    when: String,
    took_ms: u64,
    generation: u32,
    counts: Counts,
    chapters: &'a [Chapter],
}

#[derive(Serialize)]
struct Counts {
    kept: usize,
    broken: usize,
    unseen: usize,
    noted: usize,
}

/// The report as one document with a line end at its end. Within a version, keys are only added.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn json(report: &Report) -> Result<String> {
    let report = harmless(report);
    let document = Document {
        format: "vc4all-report",
        version: 1,
        domain: &report.domain,
        host: &report.host,
        when: when(&report),
        took_ms: report.took,
        generation: report.generation,
        counts: Counts {
            kept: report.count(Verdict::Kept),
            broken: report.count(Verdict::Broken),
            unseen: report.count(Verdict::Unseen),
            noted: report.count(Verdict::Noted),
        },
        chapters: &report.chapters,
    };
    let mut text = serde_json::to_string_pretty(&document).context("write the report as JSON")?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn programs_find_format_version_counts_and_every_finding() {
        let text = json(&example::report()).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&read["format"], &read["version"]), (&"vc4all-report".into(), &1.into()));
        assert_eq!(read["when"], "2026-11-18T11:06:40Z");
        assert_eq!(read["counts"], serde_json::json!({"kept": 1, "broken": 1, "unseen": 1, "noted": 1}));
        let broken = &read["chapters"][0]["findings"][1];
        assert_eq!((&broken["promise"], &broken["verdict"]), (&"tls-suites".into(), &"broken".into()));
        assert_eq!(broken["sources"][1], serde_json::json!({"kind": "law", "place": "GDPR art. 32(1)(a)"}));
        assert!(!text.contains('\u{1b}'));
    }
}
