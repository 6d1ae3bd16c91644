//! A report of `verify` as a page for the privacy officer's file, in the same layout as the papers.

use super::paper::{Sheet, page};
use crate::model::finding::{Finding, Report, Verdict};
use crate::model::values::is_invisible;
use crate::render::Renderer;
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde::Serialize;

/// What the template sees.
#[derive(Serialize)]
struct Sight<'a> {
    domain: &'a str,
    host: &'a str,
    when: String,
    seconds: String,
    generation: u32,
    all: usize,
    kept: usize,
    broken: usize,
    unseen: usize,
    noted: usize,
    chapters: Vec<Chapter<'a>>,
}

/// Findings that belong together.
#[derive(Serialize)]
struct Chapter<'a> {
    title: &'a str,
    findings: Vec<Row<'a>>,
}

/// A finding in words.
#[derive(Serialize)]
struct Row<'a> {
    promise: &'a str,
    title: &'a str,
    verdict: &'static str,
    seen: &'a str,
    remedy: Option<&'a str>,
    sources: Vec<String>,
}

/// The report as a page that needs nothing else: no script, no other file, nobody's server.
///
/// # Errors
/// When the time of the report is none, or the layout cannot hold a value.
pub fn html(report: &Report) -> Result<String> {
    let renderer = Renderer::new()?;
    let when = Timestamp::from_second(report.when).context("the time of the report")?;
    let chapters = report.chapters.iter().filter(|chapter| !chapter.findings.is_empty());
    let sight = Sight {
        domain: &report.domain,
        host: &report.host,
        when: when.strftime("%Y-%m-%d %H:%M").to_string(),
        seconds: Seconds(report.took).to_string(),
        generation: report.generation,
        all: report.findings().count(),
        kept: report.count(Verdict::Kept),
        broken: report.count(Verdict::Broken),
        unseen: report.count(Verdict::Unseen),
        noted: report.count(Verdict::Noted),
        chapters: chapters
            .map(|chapter| Chapter { title: chapter.title, findings: chapter.findings.iter().map(row).collect() })
            .collect(),
    };
    let title = format!("Promises of {}, {}", report.domain, sight.when);
    let body = renderer.text("papers/report.html", &sight)?;
    page(&Sheet { lang: "en", title: &title }, &body.replace(is_odd, "?"), &renderer)
}

/// What no text of a page should hold: a host may say anything.
fn is_odd(c: char) -> bool {
    c != '\n' && (c.is_control() || is_invisible(c))
}

/// Milliseconds as seconds with one decimal.
struct Seconds(u64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 1000, self.0 % 1000 / 100)
    }
}

fn row(finding: &Finding) -> Row<'_> {
    Row {
        promise: finding.promise,
        title: finding.title,
        verdict: finding.verdict.word(),
        seen: &finding.seen,
        remedy: finding.remedy.as_deref(),
        sources: finding.sources.iter().map(ToString::to_string).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{self, Source};

    fn finding(verdict: Verdict, seen: &str) -> Finding {
        Finding {
            promise: "tls-versions",
            title: "Old versions of TLS are refused",
            verdict,
            seen: seen.to_owned(),
            remedy: (verdict == Verdict::Broken).then(|| "Run `vc4all-deploy up`".to_owned()),
            sources: &[Source::Law("GDPR art. 32"), Source::Principle("well encrypted")],
        }
    }

    fn report(findings: Vec<Finding>) -> Report {
        Report {
            domain: "praat.example".into(),
            host: "203.0.113.10".into(),
            when: 1_793_000_000,
            took: 4321,
            generation: 7,
            chapters: vec![
                finding::Chapter { title: "Encryption", findings },
                finding::Chapter { title: "Pages", findings: Vec::new() },
            ],
        }
    }

    #[test]
    fn a_broken_promise_is_said_in_words_with_its_remedy_and_who_asks() {
        let page = html(&report(vec![finding(Verdict::Broken, "port 443 accepts TLS 1.1")])).unwrap();
        for part in [
            "1 of 1 promises is broken",
            "<td class=\"broken\">broken</td>",
            "port 443 accepts TLS 1.1",
            "To do:</strong> Run `vc4all-deploy up`",
            "GDPR art. 32; VC4ALL: well encrypted",
            "generation 7",
            "4.3 seconds",
            "2026-10-26 07:33",
            "<html lang=\"en\">",
        ] {
            assert!(page.contains(part), "{part} in\n{page}");
        }
        assert!(!page.contains(">Pages<"), "a chapter without findings has no table");
    }

    #[test]
    fn what_was_not_seen_is_not_called_kept() {
        let unseen =
            html(&report(vec![finding(Verdict::Unseen, "no answer"), finding(Verdict::Kept, "TLS 1.3")])).unwrap();
        assert!(unseen.contains("No promise is broken, but 1 of 2 could not be looked at"));
        let kept = html(&report(vec![finding(Verdict::Kept, "TLS 1.3")])).unwrap();
        assert!(kept.contains("<strong class=\"kept\">No promise is broken.</strong>"));
    }

    #[test]
    fn what_a_host_says_stays_text_and_nobody_else_is_asked() {
        let hostile = "\u{1b}[2J\u{202e}<script>alert(1)</script> <!-- paper --> {{ domain }} ]]>";
        let page = html(&report(vec![finding(Verdict::Broken, hostile)])).unwrap();
        assert!(!page.contains(['\u{1b}', '\u{202e}']));
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;") && page.contains("{{ domain }}"));
        assert!(!page.contains("src=") && !page.contains("http://") && !page.contains("https://"), "{page}");
    }
}
