//! A value stays text wherever it lands in Markdown, and no value looks like a blank.

use super::{deployment, papers, renderer};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};
use vc4all_deploy::model::deployment::Language;
use vc4all_deploy::model::values::Line;
use vc4all_deploy::papers::{Known, Paper, Written};
use vc4all_deploy::render::markdown;

/// Where a value lands: at the beginning, in the middle and at the end of every kind of block.
const PLACES: [&str; 12] = [
    "@\n",
    "x @ y\n",
    "x @\n",
    "- @\n",
    "- **a:** @ (@)\n",
    "1. @\n",
    "# @ { #here }\n",
    "## x @\n",
    "Term\n: @\n",
    "| a | b |\n|---|---|\n| @ | x @ y |\n",
    "**@** and *@*\n",
    "x\n@\ny\n",
];

/// The shape of a text, and its words.
fn read(text: &str) -> (Vec<String>, String) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH;
    let (mut shape, mut words) = (Vec::new(), String::new());
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Text(text) => words.push_str(&text),
            other => shape.push(format!("{other:?}")),
        }
    }
    (shape, words)
}

fn lands_inert(value: &str) {
    let Ok(escaped) = markdown(value) else { return };
    for place in PLACES {
        let (shape, words) = read(&place.replace('@', &escaped));
        let (plain_shape, plain_words) = read(&place.replace('@', "Q"));
        assert_eq!(shape, plain_shape, "{value:?} as {escaped:?} in {place:?}");
        assert_eq!(words, plain_words.replace('Q', value), "{value:?} as {escaped:?} in {place:?}");
    }
}

#[test]
fn what_is_known_to_be_hostile_lands_inert() {
    for value in [
        "# a #",
        "- a",
        "+ a",
        "* a",
        "1. a",
        "12) a",
        "> a",
        "=",
        "===",
        "---",
        ": a",
        "| a | b |",
        "a\\",
        "\\|",
        "`a`",
        "**a**",
        "_a_",
        "[a](b)",
        "![a](b)",
        "<b>",
        "<https://a.example>",
        "&amp;",
        "&#60;",
        "a{ #b }",
        "~~a~~",
        "$a$",
        "^a^",
        "[x] a",
        "[^1]",
        "[… 1, vul in: a …]",
        "</mark>",
        "<!-- paper -->",
        "{{ domain }}",
        "{% if a %}",
        "a  b",
        "::",
        "100%",
        "J. de Vries-Bakker",
    ] {
        lands_inert(value);
    }
    for refused in ["a\nb", "a\r", " a", "a ", "\u{85}a", "\t"] {
        assert!(markdown(refused).is_err(), "{refused:?}");
    }
}

proptest! {
    #[test]
    fn any_value_lands_inert(value in "[-+*_#>=:.|\\\\`\\[\\](){}<>&~!$^0-9a-c… ]{1,24}|\\PC{1,40}") {
        lands_inert(&value);
    }
}

#[test]
fn no_name_of_a_person_makes_a_blank_or_a_tag() {
    let mut hostile = deployment("voorbeeldstad");
    let before: Vec<usize> = papers(&hostile).iter().map(|paper| paper.blanks).collect();
    hostile.operator.name = Line::parse("[… B.V. …] <mark>&amp; <!-- paper --> | {{ x }} `#` **Stad**").unwrap();
    let after = papers(&hostile);
    assert_eq!(after.iter().map(|paper| paper.blanks).collect::<Vec<_>>(), before);
    for paper in after {
        let page = paper.page(renderer()).unwrap();
        assert_eq!(page.matches("<mark>").count(), paper.blanks, "{}", paper.stem());
        assert!(!page.contains("{{") || page.contains("{{ x }}"));
    }
}

#[test]
fn each_blank_is_numbered_marked_and_counted() {
    for (_, deployment) in super::support::deployments() {
        for paper in papers(&deployment) {
            let ask = match paper.language {
                Language::Nl => "vul in",
                Language::En => "fill in",
                Language::De => "ausfüllen",
                Language::Fr => "à remplir\u{a0}",
            };
            let page = paper.page(renderer()).unwrap();
            for number in 1..=paper.blanks {
                let blank = format!("[… {number}, {ask}: ");
                assert_eq!(paper.markdown.matches(&blank).count(), 1, "{} {blank}", paper.stem());
                assert_eq!(page.matches(&format!("<mark>{blank}")).count(), 1, "{} {blank}", paper.stem());
            }
            for text in [&paper.markdown, &page] {
                assert_eq!(text.matches("[…").count(), paper.blanks, "{}", paper.stem());
                assert_eq!(text.matches("…]").count(), paper.blanks, "{}", paper.stem());
            }
            assert_eq!(page.matches("</mark>").count(), paper.blanks);
        }
    }
}

#[test]
fn the_statement_and_the_notice_have_no_blank() {
    for (name, deployment) in super::support::deployments() {
        for language in Language::ALL {
            for paper in [Paper::Statement, Paper::Notice] {
                let written = Written::of(paper, language, &Known::offline(&deployment), renderer()).unwrap();
                assert_eq!(written.blanks, 0, "{name} {}", written.stem());
            }
        }
    }
}
