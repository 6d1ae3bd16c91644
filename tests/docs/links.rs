//! Follows the relative links of the documents, and looks for the headings that they name.

use super::pages::{self, Page};
use std::fs;

#[test]
fn every_relative_link_leads_somewhere() {
    let mut faults = Vec::new();
    let mut followed = 0;
    for page in pages::all() {
        for target in targets(&page) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            followed += 1;
            let (path, heading) = target.split_once('#').unwrap_or((&target, ""));
            let file = match path {
                "" => pages::root().join(&page.name),
                path => pages::root().join(&page.name).parent().unwrap().join(path),
            };
            if !file.exists() {
                faults.push(format!("{}: {target} is not there", page.name));
            } else if !heading.is_empty()
                && !headings(&fs::read_to_string(&file).unwrap()).contains(&heading.to_owned())
            {
                faults.push(format!("{}: {target} names no heading", page.name));
            }
        }
    }
    assert!(followed > 50, "only {followed} links were found");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn headings_become_anchors_as_web_sites_make_them() {
    assert_eq!(headings("# A VPS, in one evening\n## `up --yes`\n"), ["a-vps-in-one-evening", "up---yes"]);
}

/// What stands in the round brackets of links, outside of blocks.
fn targets(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in page.text.lines() {
        inside ^= line.starts_with("```");
        if inside || line.starts_with("    ") {
            continue;
        }
        found.extend(line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(to, _)| to.to_owned()));
    }
    found
}

/// The anchors of a document's headings: lower case, without punctuation, hyphens in the place of spaces.
fn headings(text: &str) -> Vec<String> {
    let titles = text
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    titles.map(|title| title.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
}
