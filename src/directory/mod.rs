//! The page of many instances: who runs each of them, where its statement is, and a way into a new room.

mod card;

use crate::model::deployment::{Deployment, Language};
use crate::papers::published::Published;
use crate::render::{Renderer, fixed};
use anyhow::{Context as _, Result};
use card::Card;
use serde::Serialize;
use std::collections::BTreeMap;

/// All words of one language, by their keys.
type Words = BTreeMap<String, String>;

/// Files that are the same in each directory, with their names.
const SHARED: [(&str, &str); 2] = [("landing/style.css", "style.css"), ("landing/icon.svg", "icon.svg")];

/// The parts of the page's script, in their order.
const SCRIPT: [&str; 2] = ["landing/digits.js", "directory/directory.js"];

/// `directory.json`.
#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    instances: &'a [Published<'a>],
}

/// What the page sees.
#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    here: String,
    others: Vec<Other>,
    words: &'a Words,
    count: String,
    instances: Vec<Card<'a>>,
}

/// The same page in another language.
#[derive(Serialize)]
struct Other {
    code: &'static str,
    name: &'static str,
    file: String,
}

/// Every file of the directory by its name; the instances stand in the order of their names.
///
/// # Errors
/// When a template or its words lack something.
pub fn files(deployments: &[Deployment], renderer: &Renderer) -> Result<BTreeMap<String, String>> {
    let mut instances: Vec<_> = deployments.iter().map(Published::of).collect();
    instances.sort_by_key(|one| (one.name.to_lowercase(), one.domain));
    let mut files = BTreeMap::new();
    for language in Language::ALL {
        let words = words(language)?;
        let page = page(language, &words, &instances)?;
        files.insert(file(language), renderer.text("directory/page.html", &page)?);
    }
    for (template, name) in SHARED {
        files.insert(name.to_owned(), fixed(template)?.to_owned());
    }
    let parts: Vec<&str> = SCRIPT.into_iter().map(fixed).collect::<Result<_>>()?;
    files.insert("directory.js".to_owned(), format!("\"use strict\";\n\n{}", parts.join("\n")));
    let document = Document { format: "vc4all-directory", version: 1, instances: &instances };
    let text = serde_json::to_string_pretty(&document).context("write directory.json")? + "\n";
    files.insert("directory.json".to_owned(), text);
    Ok(files)
}

/// A folder on any web server has one page to begin with.
fn file(language: Language) -> String {
    match language {
        Language::Nl => "index.html".to_owned(),
        Language::En | Language::De | Language::Fr => format!("{}.html", language.code()),
    }
}

fn words(language: Language) -> Result<Words> {
    let name = format!("directory/{}.json", language.code());
    serde_json::from_str(fixed(&name)?).with_context(|| format!("the words of {name}"))
}

fn word<'a>(words: &'a Words, key: &str) -> Result<&'a str> {
    words.get(key).map(String::as_str).with_context(|| format!("no words for {key}"))
}

fn page<'a>(language: Language, words: &'a Words, instances: &'a [Published<'a>]) -> Result<Page<'a>> {
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    let other = |other: Language| Other { code: other.code(), name: other.own_name(), file: file(other) };
    let count = match instances.len() {
        1 => word(words, "count_one")?.to_owned(),
        many => word(words, "count")?.replace("{count}", &many.to_string()),
    };
    let cards = instances.iter().zip(1..).map(|(one, number)| Card::of(one, number, language, words));
    Ok(Page {
        lang: language.code(),
        here: file(language),
        others: others.map(other).collect(),
        words,
        count,
        instances: cards.collect::<Result<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_words() {
        let known = words(Language::Nl).unwrap();
        for language in Language::ALL {
            let words = words(language).unwrap();
            assert_eq!(words.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>(), "{language:?}");
            for (key, text) in &words {
                let places = |text: &str| text.matches('{').count();
                assert_eq!(places(text), places(&known[key]), "{language:?}: {key}");
                assert!(!text.trim().is_empty(), "{language:?}: {key}");
            }
        }
    }
}
