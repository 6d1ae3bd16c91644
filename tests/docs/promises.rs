//! The table of promises is the program's own.

use crate::pages;
use std::fmt::Write as _;
use std::fs;
use vc4all_deploy::verify;

const BEGIN: &str = "<!-- promises: written by `UPDATE_DOCS=1 cargo test --test docs` -->\n";
const END: &str = "<!-- end of promises -->";

#[test]
fn the_table_of_promises_is_that_of_the_program() {
    let page = pages::named("docs/verify.md");
    let (head, rest) = page.text.split_once(BEGIN).unwrap();
    let (table, tail) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let text = format!("{head}{BEGIN}{}{END}{tail}", written());
        fs::write(pages::root().join("docs/verify.md"), text).unwrap();
        return;
    }
    assert!(table == written(), "docs/verify.md is stale: run `UPDATE_DOCS=1 cargo test --test docs`");
}

#[test]
fn every_promise_has_a_name_of_its_own_and_somebody_who_asks_for_it() {
    let mut names: Vec<&str> = verify::promises().map(|promise| promise.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "a name stands twice");
    for promise in verify::promises() {
        assert!(!promise.sources.is_empty(), "{}: nobody asks for it", promise.name);
        assert!(!promise.title.is_empty() && !promise.title.ends_with('.'), "{}: {}", promise.name, promise.title);
        let plain = |c: char| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit();
        assert!(promise.name.chars().all(plain), "{}", promise.name);
    }
}

fn written() -> String {
    let mut text = String::new();
    for (chapter, promises) in verify::chapters() {
        let _ = write!(text, "\n### {chapter}\n\n| promise | is |\n|---|---|\n");
        for promise in promises {
            let _ = writeln!(text, "| `{}` | {} |", promise.name, promise.title);
        }
    }
    text.push('\n');
    text
}
