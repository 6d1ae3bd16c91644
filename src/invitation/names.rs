//! The words by which a name is judged: `landing/names.json`, which the browser gets too.

use crate::render::fixed;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words in small letters and without accents, as [`plain`] makes them.
#[derive(Debug, Deserialize)]
pub struct Names {
    pub(super) topics: Topics,
    pub(super) people: People,
    /// Months and days of the week that mean nothing else.
    pub(super) dates: Vec<String>,
    /// Letters that Unicode does not take apart, and what stands for them in an address.
    pub(super) letters: BTreeMap<char, String>,
    /// Addresses that are no rooms.
    pub(super) pages: Vec<String>,
}

/// What a conversation may be about.
#[derive(Debug, Deserialize)]
pub(super) struct Topics {
    /// Also inside of a word, as Dutch puts words together.
    pub(super) anywhere: Vec<String>,
    /// Only where a word begins; those of up to three letters only as a whole word.
    #[serde(rename = "at the start")]
    pub(super) at_the_start: Vec<String>,
}

/// What people are called.
#[derive(Debug, Deserialize)]
pub(super) struct People {
    pub(super) titles: Vec<String>,
    pub(super) particles: Vec<String>,
    #[serde(rename = "first names")]
    pub(super) first_names: Vec<String>,
    /// Also inside of a word.
    pub(super) surnames: Vec<String>,
    /// Words with a capital that name nobody.
    #[serde(rename = "no names")]
    pub(super) no_names: Vec<String>,
}

impl Names {
    /// Reads the embedded words.
    ///
    /// # Errors
    /// When the file is not what this type says.
    pub fn new() -> Result<Self> {
        serde_json::from_str(fixed("landing/names.json")?).context("read landing/names.json")
    }
}

/// Small letters without accents.
pub(super) fn plain(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_as_they_are_compared() {
        let names = Names::new().unwrap();
        let people = &names.people;
        let lists = [&names.topics.anywhere, &names.topics.at_the_start, &people.titles, &people.particles];
        let lists = lists.into_iter().chain([&people.first_names, &people.surnames, &people.no_names, &names.dates]);
        for list in lists {
            assert!(!list.is_empty());
            for (at, word) in list.iter().enumerate() {
                assert_eq!(&plain(word), word);
                assert!(!list[..at].contains(word), "{word} stands there twice");
            }
        }
    }
}
