//! The reference page of the inventory (`docs/inventory.md`), made from the table of keys.

use super::EXAMPLE;
use super::forms::MEMORY_MIB;
use super::keys::{Holds, INVENTORY, Key, Presence};
use super::shape::{example, wanted};
use super::tree::below;
use std::fmt::Write as _;

const OPENING: &str = "\
# The inventory

<!-- Made from the table of keys in src/inventory/keys.rs; `cargo test` says when it is stale. -->

One YAML file says everything about one private Jitsi Meet. What must be said is who is responsible, the domain and the
host; every other key has a private default.

* `vc4all-deploy init` writes the example at the end of this page. `vc4all-deploy schema` prints a JSON Schema, with which
  an editor completes and checks while you write.
* All mistakes are reported at once, each with line, column and what to write instead. A key that is not on this page is
  a mistake.
* Files are UTF-8 of at most 256 KiB. Anchors, aliases, tags and several documents in one file are refused, and so are
  invisible characters, in comments too.
* `operator.country`, `host.provider.country` and the countries of STUN servers, identity provider, portal and those who are
  told of failures are inside the European Economic Area, because the GDPR holds there.

";

/// The page as Markdown.
pub fn page() -> String {
    let mut page = OPENING.to_owned();
    page += "| key | holds | without it |\n|---|---|---|\n";
    rows(&mut page, "", INVENTORY);
    page += "\n";
    details(&mut page, "", INVENTORY);
    page += "## The example\n\n```yaml\n";
    page += EXAMPLE;
    page += "```\n";
    page
}

fn rows(page: &mut String, path: &str, keys: &[Key]) {
    for key in keys {
        let path = below(path, key.name);
        // Writing into a string cannot fail.
        let _ = writeln!(page, "| [`{path}`](#{}) | {} | {} |", anchor(&path), holds(key), without(key));
        rows(page, &inside(&path, key), under(key));
    }
}

fn details(page: &mut String, path: &str, keys: &[Key]) {
    for key in keys {
        let path = below(path, key.name);
        let _ = writeln!(page, "## {path}\n\n{}\n", key.help);
        if under(key).is_empty() {
            let _ =
                writeln!(page, "Holds {}. {}. Such as `{}: {}`.\n", holds(key), sentence(key), key.name, example(key));
        } else {
            let _ = writeln!(page, "Holds {}. {}.\n", holds(key), sentence(key));
        }
        details(page, &inside(&path, key), under(key));
    }
}

fn under(key: &Key) -> &'static [Key] {
    match key.holds {
        Holds::Section(keys) | Holds::Items(keys) => keys,
        _ => &[],
    }
}

fn inside(path: &str, key: &Key) -> String {
    if matches!(key.holds, Holds::Items(_)) { format!("{path}[]") } else { path.to_owned() }
}

/// The anchor that a Markdown renderer gives to a heading with this text.
fn anchor(path: &str) -> String {
    path.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn holds(key: &Key) -> String {
    match &key.holds {
        Holds::Choice(words) => format!("one of {}", words.join(", ")),
        Holds::Words(words) => format!("a list of {}", words.join(", ")),
        Holds::Number { least, most } => format!("a whole number from {least} to {most}"),
        Holds::Memory => {
            format!("MiB as a number or such as 4 GiB, from {} to {} MiB", MEMORY_MIB.start(), MEMORY_MIB.end())
        }
        _ => wanted(key).to_owned(),
    }
}

fn without(key: &Key) -> String {
    match key.presence {
        Presence::Required => "(must be written)".to_owned(),
        Presence::Default(value) => format!("`{value}`"),
        Presence::Optional(what) => what.to_owned(),
    }
}

fn sentence(key: &Key) -> String {
    match key.presence {
        Presence::Required => "Must be written".to_owned(),
        Presence::Default(value) => format!("Default `{value}`"),
        Presence::Optional(what) => format!("Without it, {what}"),
    }
}
