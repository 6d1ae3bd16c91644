//! A report as JUnit, which servers that run checks every night can show: a test case for each promise.

use super::{harmless, when};
use crate::model::finding::{Chapter, Finding, Report, Verdict};
use anyhow::{Context as _, Result};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

/// The report as JUnit's XML. A broken promise is a failure, one that could not be looked at is skipped.
///
/// # Errors
/// When it cannot be written as XML.
pub fn junit(report: &Report) -> Result<String> {
    let report = harmless(report);
    let mut document = quick_junit::Report::new(format!("{} {}", report.domain, when(&report)));
    for chapter in report.chapters.iter().filter(|chapter| !chapter.findings.is_empty()) {
        document.add_test_suite(suite(chapter));
    }
    document.to_string().context("write the report as JUnit")
}

fn suite(chapter: &Chapter) -> TestSuite {
    let mut suite = TestSuite::new(chapter.title);
    for finding in &chapter.findings {
        suite.add_test_case(case(finding));
    }
    suite
}

fn case(finding: &Finding) -> TestCase {
    let status = match finding.verdict {
        Verdict::Kept | Verdict::Noted => TestCaseStatus::success(),
        Verdict::Unseen => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(finding.seen.clone());
            status
        }
        Verdict::Broken => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(finding.seen.clone());
            let sources: Vec<String> = finding.sources.iter().map(ToString::to_string).collect();
            let remedy = finding.remedy.as_deref().unwrap_or_default();
            status.set_description(format!("{} ({})\n{remedy}", finding.title, sources.join("; ")));
            status
        }
    };
    let mut case = TestCase::new(finding.promise, status);
    case.set_system_out(finding.seen.clone());
    case
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_broken_promise_fails_and_an_unseen_one_is_skipped() {
        let text = junit(&example::report()).unwrap();
        assert!(text.contains(r#"tests="4""#) && text.contains(r#"failures="1""#), "{text}");
        let read = roxmltree::Document::parse(&text).unwrap();
        let failure = read.descendants().find(|node| node.has_tag_name("failure")).unwrap();
        assert_eq!(failure.attribute("message"), Some("3DES \\u{1b}[2J<&>"));
        assert!(failure.text().unwrap().contains("GDPR art. 32(1)(a)") && failure.text().unwrap().contains("up`"));
        assert_eq!(failure.parent().unwrap().attribute("name"), Some("tls-suites"));
        assert!(read.descendants().any(|node| node.has_tag_name("skipped")));
    }
}
