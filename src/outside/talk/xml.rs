//! XML of a server that may be hostile: read within bounds, and written with everything escaped.

use anyhow::{Result, bail, ensure};
use roxmltree::{Document, Node, ParsingOptions};
use std::borrow::Cow;

/// The most bytes of one answer; the longest real one is a list of services with some 2 kB.
pub(super) const LONGEST: usize = 256 * 1024;
const MOST_NODES: u32 = 10_000;
const DEEPEST: usize = 32;
/// The most letters that a word of the server keeps.
const WORD: usize = 64;

/// An element with all that is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name without the namespace.
    pub(super) name: String,
    /// Its namespace; empty where it has none.
    pub(super) space: String,
    attributes: Vec<(String, String)>,
    /// The elements in it.
    pub(super) children: Vec<Self>,
    /// The text directly in it.
    pub(super) text: String,
}

impl Element {
    /// An attribute without a namespace.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether it has this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The first element of this name in it.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Itself, and all elements in it at any depth.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut found = vec![self];
        let mut next = 0;
        while let Some(element) = found.get(next).copied() {
            found.extend(&element.children);
            next += 1;
        }
        found
    }

    /// The condition of an error that it carries (RFC 6120 §4.9, §6.5, §8.3): the first element that is no text.
    pub(super) fn condition(&self) -> String {
        let named = self.children.iter().find(|child| !child.is("text"));
        named.map_or_else(|| "an error without a name".to_owned(), |child| word(&child.name))
    }
}

/// Reads one document.
///
/// # Errors
/// When it is no XML, too long, too deep, or brings a document type (RFC 6120 §11.1).
pub(super) fn parse(text: &str) -> Result<Element> {
    ensure!(text.len() <= LONGEST, "an answer of {} bytes is too long", text.len());
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    // The parser's own words would quote the server.
    match Document::parse_with_options(text, options) {
        Ok(document) => element(document.root_element(), 0),
        Err(_) => bail!("the answer is no XML"),
    }
}

fn element(node: Node<'_, '_>, depth: usize) -> Result<Element> {
    ensure!(depth < DEEPEST, "the answer is nested too deeply");
    let plain = node.attributes().filter(|attribute| attribute.namespace().is_none());
    let children = node.children().filter(Node::is_element).map(|child| element(child, depth + 1));
    Ok(Element {
        name: node.tag_name().name().to_owned(),
        space: node.tag_name().namespace().unwrap_or_default().to_owned(),
        attributes: plain.map(|attribute| (attribute.name().to_owned(), attribute.value().to_owned())).collect(),
        children: children.collect::<Result<_>>()?,
        text: node.children().filter(Node::is_text).filter_map(|text| text.text()).collect(),
    })
}

/// Text that may stand between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// A word of the server, short and of plain letters, so that it may be shown.
pub(super) fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "._:@-".contains(*c)).take(WORD).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_read_with_its_names_and_attributes() {
        let text = "<body xmlns='a'><p:x xmlns:p='b' k='v' p:k='w'>t&amp;u<y/>v</p:x></body>";
        let body = parse(text).unwrap();
        let x = body.child("x").unwrap();
        assert_eq!((x.space.as_str(), x.attribute("k"), x.text.as_str()), ("b", Some("v"), "t&uv"));
        assert_eq!(body.all().len(), 3);
        assert_eq!(x.child("y").unwrap().space, "a");
    }

    #[test]
    fn what_a_hostile_server_sends_is_refused() {
        let deep = "<a>".repeat(60_000) + &"</a>".repeat(20);
        let deeper = "<a>".repeat(40) + &"</a>".repeat(40);
        let bomb = "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>";
        let wide = format!("<a>{}</a>", "<b/>".repeat(20_000));
        let long = format!("<a>{}</a>", "x".repeat(LONGEST));
        for text in [deep.as_str(), &deeper, bomb, &wide, &long, "", "<a", "<a></b>", "\u{0}", "<a/><a/>"] {
            assert!(parse(text).is_err(), "{}", &text[..text.len().min(30)]);
        }
    }

    #[test]
    fn a_condition_is_named_in_plain_letters() {
        let error = parse("<error><text>no</text><not-allowed/></error>").unwrap();
        assert_eq!(error.condition(), "not-allowed");
        assert_eq!(parse("<error/>").unwrap().condition(), "an error without a name");
        assert_eq!(word("a\u{1b}[2Jb\u{202e}c d"), "a2Jbcd");
        assert_eq!(word(&"é".repeat(9)), "");
    }

    proptest! {
        #[test]
        fn nothing_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            drop(parse(&String::from_utf8_lossy(&bytes)));
        }

        #[test]
        fn nearly_xml_makes_no_panic_either(text in "(<[a-c/:!?='\" x]{0,9}>|&[a-z#0-9]{0,4};|[a-c]){0,60}") {
            drop(parse(&text));
        }

        #[test]
        fn what_is_written_is_read_as_it_was(text in "[^\u{0}-\u{8}\u{b}-\u{1f}\r\u{fffe}\u{ffff}]{0,60}") {
            let read = parse(&format!("<a b='{0}'>{0}</a>", escape(&text))).unwrap();
            let folded: String = text.replace(['\n', '\t'], " ");
            prop_assert_eq!(read.attribute("b"), Some(folded.as_str()));
            prop_assert_eq!(&read.text, &text);
        }
    }
}
