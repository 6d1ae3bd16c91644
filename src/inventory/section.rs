//! A section of the tree as the resolver asks it: a key's value through the constructor of its type.

use super::problems::{Place, Reports, shown};
use super::tree::{Entry, Node, Value, below};
use crate::model::values::Refusal;

/// A map of keys, perhaps an absent one, which then holds nothing.
///
/// Every question answers nothing when the key is absent or its value is refused; the refusal is noted. What is missing
/// or of the wrong kind has been noted by the shape check.
pub(super) struct Section<'a> {
    entries: &'a [Entry],
    path: String,
    at: Place,
    reports: &'a Reports,
}

impl<'a> Section<'a> {
    /// The whole inventory.
    pub(super) fn root(node: &'a Node, reports: &'a Reports) -> Self {
        Self::of(node, String::new(), reports)
    }

    fn of(node: &'a Node, path: String, reports: &'a Reports) -> Self {
        let entries = match &node.value {
            Value::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        Self { entries, path, at: node.at, reports }
    }

    /// The section below a key.
    pub(super) fn section(&self, key: &str) -> Self {
        let path = below(&self.path, key);
        match self.entry(key) {
            Some(entry) => Section { at: entry.at, ..Section::of(&entry.node, path, self.reports) },
            None => Section { entries: &[], path, at: self.at, reports: self.reports },
        }
    }

    /// Whether the key is written.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The items of a list of maps.
    pub(super) fn items(&self, key: &str) -> Vec<Self> {
        let nodes = self.list(key).iter().enumerate();
        nodes.map(|(i, node)| Section::of(node, format!("{}[{i}]", below(&self.path, key)), self.reports)).collect()
    }

    /// Text through a constructor.
    pub(super) fn text<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, Refusal>) -> Option<T> {
        let node = &self.entry(key)?.node;
        let Value::Text(text) = &node.value else { return None };
        self.taken(node.at, &below(&self.path, key), text, parse(text))
    }

    /// Each text of a list through a constructor, each value at most once.
    pub(super) fn texts<T: PartialEq>(&self, key: &str, parse: impl Fn(&str) -> Result<T, Refusal>) -> Vec<T> {
        let path = below(&self.path, key);
        let mut all: Vec<T> = Vec::new();
        for node in self.list(key) {
            let Value::Text(text) = &node.value else { continue };
            let value = parse(text).and_then(|value| match all.contains(&value) {
                true => Err(Refusal::new("stands twice", "keep one of them")),
                false => Ok(value),
            });
            all.extend(self.taken(node.at, &path, text, value));
        }
        all
    }

    /// Text or a whole number through a constructor that takes its digits.
    pub(super) fn size<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, Refusal>) -> Option<T> {
        let node = &self.entry(key)?.node;
        let Value::Number { written, whole } = &node.value else { return self.text(key, parse) };
        let digits = whole.map_or_else(|| written.clone(), |whole| whole.to_string());
        self.taken(node.at, &below(&self.path, key), written, parse(&digits))
    }

    /// A whole number between two bounds.
    pub(super) fn number(&self, key: &str, least: u16, most: u16) -> Option<u16> {
        let node = &self.entry(key)?.node;
        let Value::Number { written, whole } = &node.value else { return None };
        let number = whole.and_then(|n| u16::try_from(n).ok()).filter(|n| (least..=most).contains(n));
        let refusal = || Refusal::new("is out of range", format!("write a whole number from {least} to {most}"));
        self.taken(node.at, &below(&self.path, key), written, number.ok_or_else(refusal))
    }

    /// `true` or `false`.
    pub(super) fn switch(&self, key: &str) -> Option<bool> {
        match self.entry(key)?.node.value {
            Value::Switch(value) => Some(value),
            _ => None,
        }
    }

    /// One of the words; the answer belongs to the word of the same position.
    pub(super) fn choice<T: Copy>(&self, key: &str, words: &[&str], values: &[T]) -> Option<T> {
        self.text(key, |text| among(text, words, values))
    }

    /// Several of the words, each at most once, at least one.
    pub(super) fn words<T: Copy + PartialEq>(&self, key: &str, words: &[&str], values: &[T]) -> Option<Vec<T>> {
        let entry = self.entry(key)?;
        let path = below(&self.path, key);
        let mut chosen: Vec<T> = Vec::new();
        for node in self.list(key) {
            let Value::Text(text) = &node.value else { continue };
            let value = among(text, words, values).and_then(|value| match chosen.contains(&value) {
                true => Err(Refusal::new("stands twice", "keep one of them")),
                false => Ok(value),
            });
            chosen.extend(self.taken(node.at, &path, text, value));
        }
        if self.list(key).is_empty() && matches!(entry.node.value, Value::List(_)) {
            self.reports.note(entry.node.at, &path, "is empty", format!("write at least one of {}", words.join(", ")));
        }
        Some(chosen)
    }

    /// Notes that a key's value does not fit with another one.
    pub(super) fn clash(&self, key: &str, what: &str, write: &str) {
        let at = self.entry(key).map_or(self.at, |entry| entry.node.at);
        self.reports.note(at, &below(&self.path, key), what, write);
    }

    /// Notes where one of two keys stands there without the other.
    pub(super) fn pair(&self, one: &str, other: &str) {
        for (key, missing) in [(one, other), (other, one)] {
            if self.has(key) && !self.has(missing) {
                let write = format!("write `{missing}:` as well, or take `{key}` out");
                self.clash(key, &format!("stands there without `{missing}`"), &write);
            }
        }
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn list(&self, key: &str) -> &'a [Node] {
        match self.entry(key).map(|entry| &entry.node.value) {
            Some(Value::List(nodes)) => nodes,
            _ => &[],
        }
    }

    fn taken<T>(&self, at: Place, path: &str, text: &str, value: Result<T, Refusal>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.reports.note(at, path, format!("{} {}", shown(text), refusal.what), refusal.write);
                None
            }
        }
    }
}

fn among<T: Copy>(text: &str, words: &[&str], values: &[T]) -> Result<T, Refusal> {
    let found = words.iter().position(|word| *word == text).and_then(|index| values.get(index));
    found.copied().ok_or_else(|| {
        let near = words.iter().find(|word| strsim::damerau_levenshtein(word, &text.to_lowercase()) <= 2);
        let write = match near {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("write one of {}", words.join(", ")),
        };
        Refusal::new("is not a word that this key knows", write)
    })
}
