//! Two readings become one tree: places from saphyr, values from `serde_yaml`; where they differ the file is refused.

use super::places::{self, Kind, Ruler, Spot};
use super::problems::{Place, Reports, shown};
use super::values::Raw;

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: Place,
    pub(super) value: Value,
}

/// What a person wrote.
#[derive(Debug)]
pub(super) enum Value {
    /// A key without a value.
    Nothing,
    /// `true` or `false`.
    Switch(bool),
    /// A number as written, and what it is where it is whole and not negative.
    Number { written: String, whole: Option<u64> },
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, each key once.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) at: Place,
    pub(super) node: Node,
}

/// Reads the text twice; nothing when it cannot be read.
pub(super) fn read(text: &str, reports: &Reports) -> Option<Node> {
    let spot = places::of(text, reports)?;
    match serde_yaml::from_str::<Raw>(text) {
        Ok(raw) => join(spot, raw, &Trail { path: "", reports }),
        Err(error) => {
            let at = error.location().map_or(spot.at, |l| Ruler::of(text).place(l.line(), l.column()));
            // The reader repeats the place at the end of its message.
            let told = error.to_string();
            let what = told.split(" at line ").next().unwrap_or_default();
            reports.note(
                at,
                "",
                format!("this is not YAML: {what}"),
                "look at the indentation, quotes and colons here",
            );
            None
        }
    }
}

struct Trail<'a> {
    path: &'a str,
    reports: &'a Reports,
}

fn join(spot: Spot, raw: Raw, trail: &Trail<'_>) -> Option<Node> {
    let at = spot.at;
    let value = match (spot.kind, raw) {
        (Kind::Scalar { plain: true, .. }, Raw::Nothing) => Value::Nothing,
        (Kind::Scalar { plain: true, .. }, Raw::Switch(value)) => Value::Switch(value),
        (Kind::Scalar { plain: true, text }, Raw::Number(number)) => {
            Value::Number { written: text, whole: number.as_u64() }
        }
        (Kind::Scalar { text, .. }, Raw::Text(same)) if text == same => Value::Text(text),
        (Kind::List(spots), Raw::List(raws)) if spots.len() == raws.len() => {
            let nodes = spots.into_iter().zip(raws).map(|(spot, raw)| join(spot, raw, trail));
            Value::List(nodes.collect::<Option<_>>()?)
        }
        (Kind::Map(spots), Raw::Map(raws)) if spots.len() == raws.len() => Value::Map(entries(spots, raws, trail)?),
        _ => {
            let write = "write the value in double quotes on one line";
            trail.reports.note(at, trail.path, "two YAML readers do not agree on what this says", write);
            return None;
        }
    };
    Some(Node { at, value })
}

fn entries(spots: Vec<(Spot, Spot)>, raws: Vec<(Raw, Raw)>, trail: &Trail<'_>) -> Option<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::with_capacity(spots.len());
    for ((key, spot), (raw_key, raw)) in spots.into_iter().zip(raws) {
        let at = key.at;
        let Some(Node { value: Value::Text(key), .. }) = join(key, raw_key, trail) else {
            trail.reports.note(at, trail.path, "this key is not a word", "write a key of the inventory here");
            continue;
        };
        let path = below(trail.path, &key);
        let node = join(spot, raw, &Trail { path: &path, reports: trail.reports })?;
        if let Some(first) = entries.iter().find(|entry| entry.key == key) {
            let what = format!("{} stands twice, first in line {}", shown(&key), first.at.line);
            trail.reports.note(at, &path, what, "keep one of them");
            continue;
        }
        entries.push(Entry { key, at, node });
    }
    Some(entries)
}

/// The path of a key below a path.
pub(super) fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
