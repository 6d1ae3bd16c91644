//! Each point that the law asks for has its place in the paper, by the anchor of its heading.

use super::{deployment, papers};
use vc4all_deploy::model::deployment::Language;
use vc4all_deploy::papers::Paper;

/// The paper, what asks for the points, and their anchors in the order of the law.
const POINTS: [(Paper, &str, &[&str]); 6] = [
    (Paper::Statement, "GDPR art. 13(1), (2)", &["who", "what", "why", "recipients", "rights", "see", "change"]),
    (Paper::Record, "GDPR art. 30(1)", &["a", "b", "c", "d", "e", "f", "g"]),
    (
        Paper::Agreement,
        "GDPR art. 28(3)",
        &["parties", "subject", "a", "b", "c", "d", "e", "f", "g", "h", "place", "signatures"],
    ),
    (Paper::Access, "GDPR art. 15(1), (2), (3)", &["data", "a", "b", "c", "d", "e", "f", "g", "h", "transfer", "copy"]),
    (
        Paper::Impact,
        "WP 248 rev.01, GDPR art. 35(7), (2), (9)",
        &["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "outcome", "a", "b", "c", "d", "advice"],
    ),
    (
        Paper::Accessibility,
        "Implementing Decision (EU) 2018/1523",
        &["scope", "status", "gaps", "preparation", "feedback", "enforcement"],
    ),
];

#[test]
fn every_point_of_the_law_has_its_heading() {
    for name in ["voorbeeldstad", "euregio", "portaal", "keycloak"] {
        for written in papers(&deployment(name)) {
            let Some((_, law, anchors)) = POINTS.iter().find(|(paper, ..)| *paper == written.paper) else { continue };
            let page = written.body();
            let mut rest = page.as_str();
            for anchor in *anchors {
                let sign = format!(" id=\"{anchor}\">");
                assert_eq!(page.matches(&sign).count(), 1, "{name} {}: {law}, {anchor}", written.stem());
                if !["see", "recipients", "change"].contains(anchor) && written.paper != Paper::Statement {
                    let at = rest.find(&sign).unwrap_or_else(|| panic!("{}: {anchor} is out of order", written.stem()));
                    rest = &rest[at..];
                }
            }
        }
    }
}

#[test]
fn each_point_says_something() {
    for written in papers(&deployment("voorbeeldstad")) {
        for section in written.body().split("<h").skip(1) {
            let text = section.split_once("</h").map_or("", |(_, text)| text.get(2..).unwrap_or_default());
            let followed_by_smaller = section.starts_with('2') && text.trim().is_empty();
            assert!(!text.trim().is_empty() || followed_by_smaller, "{}: <h{section}", written.stem());
        }
    }
}

#[test]
fn a_starter_says_that_it_is_one() {
    for written in papers(&deployment("voorbeeldstad")) {
        if [Paper::Impact, Paper::Agreement, Paper::Accessibility].contains(&written.paper) {
            let said = match written.language {
                Language::Nl => "een begin",
                Language::En => "a beginning",
                Language::De => "ein erster Entwurf",
                Language::Fr => "une ébauche",
            };
            assert!(written.title.ends_with(said), "{}", written.title);
        }
    }
}
