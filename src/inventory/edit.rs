//! The inventory with another domain: the one value changes, every other byte stays.

use super::Places;
use super::letters;
use super::problems::{Problems, Reports};
use crate::model::deployment::Deployment;
use crate::model::values::Domain;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::ops::Range;

/// An inventory with a new domain.
#[derive(Debug)]
pub struct Renamed {
    /// The domain until now.
    pub before: Domain,
    /// The whole file with the new one in its place.
    pub bytes: Vec<u8>,
    /// What it says now.
    pub deployment: Deployment,
}

/// Puts another domain into an inventory. What the result says is read again: it differs in the domain alone.
///
/// # Errors
/// Every mistake of the inventory; or one, when the domain stands in a way that cannot be changed without risk.
pub fn rename(bytes: &[u8], name: &str, places: Places<'_>, domain: &Domain) -> Result<Renamed, Problems> {
    let old = super::parse(bytes, name, places)?;
    let refuse = || {
        let write = format!("write it by hand as `domain: {domain}` in a line of its own, then run `up`");
        Problems::of_file(name, "the value of `domain` cannot be changed safely in the way it stands here", write)
    };
    let text = letters::text(bytes, &Reports::default()).ok_or_else(refuse)?;
    let span = value(text, old.domain.as_str()).ok_or_else(refuse)?;
    // A byte order mark is no part of the text.
    let skipped = bytes.len() - text.len();
    let mut edited = bytes.to_vec();
    edited.splice(skipped + span.start..skipped + span.end, domain.as_str().bytes());
    let new = super::parse(&edited, name, places).map_err(|_| refuse())?;
    let expected = Deployment { domain: domain.clone(), ..old.clone() };
    if new != expected {
        return Err(refuse());
    }
    Ok(Renamed { before: old.domain, bytes: edited, deployment: new })
}

/// Where the bytes of the domain stand, without the quotes around them.
fn value(text: &str, domain: &str) -> Option<Range<usize>> {
    let (span, style) = scalar(text)?;
    let quote = match style {
        ScalarStyle::Plain => 0,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => 1,
        ScalarStyle::Literal | ScalarStyle::Folded => return None,
    };
    let start = text.char_indices().nth(span.start.index())?.0 + quote;
    let range = start..start + domain.len();
    // An escape or a line break inside of the quotes would make the bytes differ from the value.
    (text.get(range.clone()) == Some(domain)).then_some(range)
}

/// The value of `domain` in the outermost map.
fn scalar(text: &str) -> Option<(Span, ScalarStyle)> {
    let (mut depth, mut children, mut wanted) = (0_usize, 0_usize, false);
    for step in Parser::new_from_str(text) {
        let (event, span) = step.ok()?;
        let outermost = depth == 1;
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                children += usize::from(outermost);
                depth += 1;
            }
            Event::MappingEnd | Event::SequenceEnd => depth -= 1,
            Event::Scalar(_, style, ..) if outermost && wanted => return Some((span, style)),
            Event::Scalar(word, ..) if outermost => {
                children += 1;
                // Keys and values take turns.
                wanted = children % 2 == 1 && word == "domain";
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn renamed(text: &str) -> Result<String, Problems> {
        let new = Domain::parse("overleg.voorbeeldstad.example").unwrap();
        let places = Places { folder: Path::new("/srv"), home: None };
        let renamed = rename(text.as_bytes(), "host.yml", places, &new)?;
        assert_eq!(renamed.before.as_str(), "vergaderen.voorbeeldstad.nl");
        assert_eq!(renamed.deployment.domain, new);
        Ok(String::from_utf8(renamed.bytes).unwrap())
    }

    fn example(line: &str) -> String {
        let text = super::super::EXAMPLE;
        let written = text.lines().find(|line| line.starts_with("domain:")).unwrap();
        text.replacen(written, line, 1)
    }

    fn assert_changed(old: &str, new: &str) {
        assert_eq!(renamed(&example(old)).unwrap(), example(new), "{old:?}");
    }

    #[test]
    fn quotes_comments_and_spaces_stay() {
        for form in [
            "domain: NAME",
            "domain: \"NAME\"",
            "domain: 'NAME'",
            "domain:    NAME   # NAME is our name",
            "domain: \"NAME\" # 'NAME'",
            "domain:\n  NAME",
            "# domain: other.example\ndomain: NAME # é ü € before nothing",
            "'domain': NAME",
            "\"domain\" : 'NAME'",
            "? domain\n: NAME",
        ] {
            let written = |name: &str| form.replace("NAME", name);
            let new = form.replacen(": NAME", ": NEW", 1).replacen(":    NAME", ":    NEW", 1);
            let new = new.replacen(":\n  NAME", ":\n  NEW", 1);
            let new = new.replacen(": \"NAME\"", ": \"NEW\"", 1).replacen(": 'NAME'", ": 'NEW'", 1);
            let new =
                new.replace("NAME", "vergaderen.voorbeeldstad.nl").replace("NEW", "overleg.voorbeeldstad.example");
            assert_changed(&written("vergaderen.voorbeeldstad.nl"), &new);
        }
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_stay() {
        let text = format!("\u{feff}# Gemeente é\r\n{}", super::super::EXAMPLE.replace('\n', "\r\n"));
        let expected = text.replacen("domain: vergaderen.voorbeeldstad.nl", "domain: overleg.voorbeeldstad.example", 1);
        assert_eq!(renamed(&text).unwrap(), expected);
    }

    #[test]
    fn the_domain_elsewhere_in_the_file_stays() {
        let text = example("domain: vergaderen.voorbeeldstad.nl");
        let text = format!("# vergaderen.voorbeeldstad.nl\n{text}\n# domain: vergaderen.voorbeeldstad.nl\n");
        let changed = renamed(&text).unwrap();
        assert_eq!(changed.matches("overleg.voorbeeldstad.example").count(), 1);
        assert_eq!(changed.replace("overleg.voorbeeldstad.example", "vergaderen.voorbeeldstad.nl"), text);
    }

    #[test]
    fn what_would_have_to_be_guessed_is_refused_with_the_way_out() {
        for line in [
            "domain: >-\n  vergaderen.voorbeeldstad.nl",
            "domain: |-\n  vergaderen.voorbeeldstad.nl",
            "domain: \"vergaderen\\x2evoorbeeldstad.nl\"",
            "domain: \"vergaderen.\\\n  voorbeeldstad.nl\"",
        ] {
            let problems = renamed(&example(line)).unwrap_err().to_string();
            assert!(problems.contains("write it by hand"), "{line:?}: {problems}");
        }
    }

    #[test]
    fn an_inventory_with_mistakes_is_not_edited() {
        for line in [
            "domain: vergaderen.voorbeeldstad.nl\ndomain: vergaderen.voorbeeldstad.nl",
            "domain: &name vergaderen.voorbeeldstad.nl",
            "domain: !!str vergaderen.voorbeeldstad.nl",
            "domain: [vergaderen.voorbeeldstad.nl]",
            "domain:",
            "domian: vergaderen.voorbeeldstad.nl",
        ] {
            assert!(renamed(&example(line)).is_err(), "{line:?}");
        }
    }

    #[test]
    fn an_inventory_in_one_line_of_json_is_edited_too() {
        let value: serde_yaml::Value = serde_yaml::from_str(super::super::EXAMPLE).unwrap();
        let text = serde_json::to_string(&value).unwrap();
        let changed = renamed(&text).unwrap();
        let expected = text.replacen(
            "\"domain\":\"vergaderen.voorbeeldstad.nl\"",
            "\"domain\":\"overleg.voorbeeldstad.example\"",
            1,
        );
        assert_eq!(changed, expected);
    }
}
