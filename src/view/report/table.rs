//! A report as text: what holds in one line each, what does not with its remedy and who asks for it.

use super::harmless;
use crate::model::finding::{Finding, Report, Verdict};
use crate::view::Colour;
use crate::view::paint::Paint;
use std::fmt::Write as _;

/// Columns of the verdict, and of the promise's name.
const VERDICT: usize = 8;
const NAME: usize = 30;

/// The report as text for people.
pub fn text(report: &Report, colour: Colour) -> String {
    let report = harmless(report);
    let mut text = String::new();
    for chapter in report.chapters.iter().filter(|chapter| !chapter.findings.is_empty()) {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{}", colour.paint(Paint::Title, chapter.title));
        for finding in &chapter.findings {
            add(&mut text, finding, colour);
        }
        text.push('\n');
    }
    text + &summary(&report)
}

/// The summary, and before it only what does not hold; for the end of other work.
pub fn brief(report: &Report, colour: Colour) -> String {
    let report = harmless(report);
    let mut text = String::new();
    for finding in report.findings().filter(|finding| finding.verdict == Verdict::Broken) {
        add(&mut text, finding, colour);
    }
    text + &summary(&report)
}

fn add(text: &mut String, finding: &Finding, colour: Colour) {
    let verdict = format!("{:<VERDICT$}", finding.verdict.word());
    let verdict = colour.paint(paint(finding.verdict), &verdict);
    let indent = " ".repeat(2 + VERDICT + NAME);
    let _ = writeln!(text, "  {verdict}{:<NAME$}{}", finding.promise, finding.seen);
    if finding.verdict == Verdict::Kept {
        return;
    }
    if finding.verdict == Verdict::Broken {
        let sources: Vec<String> = finding.sources.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "{indent}promised: {} ({})", finding.title, sources.join("; "));
    }
    if let Some(remedy) = &finding.remedy {
        let _ = writeln!(text, "{indent}{} {remedy}", colour.paint(Paint::Woken, "help:"));
    }
}

fn paint(verdict: Verdict) -> Paint {
    match verdict {
        Verdict::Kept => Paint::Added,
        Verdict::Broken => Paint::Removed,
        Verdict::Unseen => Paint::Changed,
        Verdict::Noted => Paint::Woken,
    }
}

/// `43 promises of vergaderen.voorbeeldstad.nl: 40 kept, 1 broken, 1 unseen, 1 noted; 4.2 s`.
fn summary(report: &Report) -> String {
    let counts: Vec<String> = [Verdict::Kept, Verdict::Broken, Verdict::Unseen, Verdict::Noted]
        .into_iter()
        .map(|verdict| (report.count(verdict), verdict.word()))
        .filter(|(count, name)| *count > 0 || *name == "broken")
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let (all, seconds, tenths) = (report.findings().count(), report.took / 1000, report.took % 1000 / 100);
    format!("{all} promises of {}: {}; {seconds}.{tenths} s\n", report.domain, counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn what_is_broken_says_why_it_matters_and_what_to_do() {
        let wanted = "\
Encryption
  kept    tls-versions                  TLS 1.2 and 1.3
  broken  tls-suites                    3DES \\u{1b}[2J<&>
                                        promised: What is promised (VC4ALL: well encrypted; GDPR art. 32(1)(a))
                                        help: Run `vc4all-deploy up`

Where it is
  noted   dnssec                        the zone is not signed
                                        help: Ask for it
  unseen  addresses-in-eea              10.0.0.1 is no public address

4 promises of vergaderen.voorbeeldstad.nl: 1 kept, 1 broken, 1 unseen, 1 noted; 4.2 s
";
        assert_eq!(text(&example::report(), Colour::Never), wanted);
        let short = brief(&example::report(), Colour::Never);
        assert!(short.starts_with("  broken  tls-suites") && short.ends_with("4.2 s\n"), "{short}");
        assert!(!short.contains("tls-versions") && !short.contains("dnssec"), "{short}");
    }
}
