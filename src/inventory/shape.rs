//! Tree against table: unknown keys, missing keys and values of the wrong kind; what the values say is not looked at.

use super::forms::Form;
use super::keys::{Holds, Key, Presence};
use super::problems::{Place, Reports, shown};
use super::tree::{Entry, Node, Value, below};

/// Checks the whole tree.
pub(super) fn check(root: &Node, keys: &'static [Key], reports: &Reports) {
    match &root.value {
        Value::Map(entries) => section(&Spot { at: Place::START, path: "", keys, reports }, entries),
        _ => reports.note(root.at, "", "this is not a map of keys", "start from what `vc4all-deploy init` writes"),
    }
}

struct Spot<'a> {
    at: Place,
    path: &'a str,
    keys: &'static [Key],
    reports: &'a Reports,
}

fn section(spot: &Spot<'_>, entries: &[Entry]) {
    let mut meant = Vec::new();
    for entry in entries {
        match spot.keys.iter().find(|key| key.name == entry.key) {
            Some(key) => value(key, entry, spot),
            None => meant.extend(unknown(entry, spot)),
        }
    }
    for key in spot.keys.iter().filter(|key| matches!(key.presence, Presence::Required)) {
        // One slip of the finger is one mistake.
        if !meant.contains(&key.name) && !entries.iter().any(|entry| entry.key == key.name) {
            let write = match key.holds {
                Holds::Section(_) => format!("write `{}:` with its keys", key.name),
                _ => format!("write `{}: {}`", key.name, example(key)),
            };
            spot.reports.note(spot.at, &below(spot.path, key.name), "is missing", write);
        }
    }
}

/// Notes an unknown key; answers the key that was probably meant.
fn unknown(entry: &Entry, spot: &Spot<'_>) -> Option<&'static str> {
    let near = spot.keys.iter().map(|key| (strsim::damerau_levenshtein(key.name, &entry.key.to_lowercase()), key.name));
    let meant = near.min().filter(|(distance, name)| *distance <= 1 + name.len() / 4).map(|(_, name)| name);
    let write = match meant {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let names: Vec<_> = spot.keys.iter().map(|key| key.name).collect();
            format!("take it out; the keys here are {}", names.join(", "))
        }
    };
    let long = entry.key.chars().count() > 40;
    let path = if long { spot.path.to_owned() } else { below(spot.path, &entry.key) };
    spot.reports.note(entry.at, &path, format!("{} is not a key of an inventory", shown(&entry.key)), write);
    meant
}

fn value(key: &Key, entry: &Entry, spot: &Spot<'_>) {
    let path = below(spot.path, key.name);
    let inside = |keys, at| Spot { at, path: &path, keys, reports: spot.reports };
    match (&key.holds, &entry.node.value) {
        (Holds::Section(keys), Value::Map(entries)) => section(&inside(keys, entry.at), entries),
        // A section whose keys are all commented out is an empty section.
        (Holds::Section(keys), Value::Nothing) => section(&inside(keys, entry.at), &[]),
        (Holds::Items(_), Value::Nothing) => {}
        (Holds::Items(keys), Value::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}[{index}]");
                match &item.value {
                    Value::Map(entries) => {
                        section(&Spot { at: item.at, path: &path, keys, reports: spot.reports }, entries);
                    }
                    other => {
                        let what = format!("{}, not a map of keys", kind(other));
                        spot.reports.note(item.at, &path, what, format!("write `- {}`", inline(keys)));
                    }
                }
            }
        }
        (Holds::Words(_) | Holds::Texts(_), Value::List(items)) => {
            for item in items.iter().filter(|item| !matches!(item.value, Value::Text(_))) {
                wrong(key, &path, item.at, &item.value, spot.reports);
            }
        }
        (Holds::Text(_) | Holds::Choice(_) | Holds::Memory, Value::Text(_))
        | (Holds::Number { .. } | Holds::Memory, Value::Number { .. })
        | (Holds::Switch, Value::Switch(_)) => {}
        (_, Value::Nothing) => {
            let write = format!("write `{}: {}`, or take the key out", key.name, example(key));
            spot.reports.note(entry.at, &path, "has no value", write);
        }
        (_, other) => wrong(key, &path, entry.node.at, other, spot.reports),
    }
}

fn wrong(key: &Key, path: &str, at: Place, value: &Value, reports: &Reports) {
    let write = match (&key.holds, value) {
        (Holds::Text(Form::Line(_)), Value::Number { written: text, .. }) if text.len() < 40 => {
            format!("put text in quotes: \"{text}\"")
        }
        (Holds::Text(Form::Line(_)), Value::Switch(value)) => format!("put text in quotes: \"{value}\""),
        _ => format!("write `{}: {}`", key.name, example(key)),
    };
    reports.note(at, path, format!("{}, not {}", kind(value), wanted(key)), write);
}

fn kind(value: &Value) -> String {
    match value {
        Value::Nothing => "there is no value".to_owned(),
        Value::Switch(value) => format!("`{value}` is a switch"),
        Value::Number { written, .. } => format!("{} is a number", shown(written)),
        Value::Text(text) => format!("{} is text", shown(text)),
        Value::List(_) => "this is a list".to_owned(),
        Value::Map(_) => "this is a map of keys".to_owned(),
    }
}

/// What the key wants, for people.
pub(super) fn wanted(key: &Key) -> &'static str {
    match key.holds {
        Holds::Section(_) => "a map of keys",
        Holds::Items(_) => "a list of maps",
        Holds::Words(_) => "a list of words",
        Holds::Texts(form) => form.list(),
        Holds::Choice(_) => "one of the known words",
        Holds::Text(form) => form.words(),
        Holds::Number { .. } => "a whole number",
        Holds::Memory => "a size of memory",
        Holds::Switch => "true or false",
    }
}

/// A value that the key takes, as YAML.
pub(super) fn example(key: &Key) -> String {
    if let Presence::Default(value) = key.presence {
        return value.to_owned();
    }
    match &key.holds {
        Holds::Section(keys) => inline(keys),
        Holds::Items(keys) => format!("[{}]", inline(keys)),
        Holds::Choice(words) => words.first().copied().unwrap_or_default().to_owned(),
        Holds::Words(words) => format!("[{}]", words.join(", ")),
        Holds::Text(form) => form.example().to_owned(),
        Holds::Texts(form) => format!("[{}]", form.example()),
        Holds::Number { least, .. } => least.to_string(),
        Holds::Memory => "8 GiB".to_owned(),
        Holds::Switch => "false".to_owned(),
    }
}

fn inline(keys: &[Key]) -> String {
    let pairs: Vec<_> = keys.iter().map(|key| format!("{}: {}", key.name, example(key))).collect();
    format!("{{ {} }}", pairs.join(", "))
}
