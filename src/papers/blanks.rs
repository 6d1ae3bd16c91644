//! Blanks: places in a paper that only a person can fill. A template writes `[… what …]`; a paper numbers them.

use crate::model::deployment::Language;

/// How a blank opens; a value can hold no bracket that is not escaped, so no value can look like one.
const OPEN: &str = "[… ";
/// How it closes.
const CLOSE: &str = " …]";

/// The paper with its blanks numbered, and how many there are.
pub(super) fn numbered(text: &str, language: Language) -> (String, usize) {
    opened(text, |number| format!("{OPEN}{number}, {}: ", ask(language)))
}

/// The same with each blank in a `<mark>`, for whoever makes HTML of it.
pub(super) fn marked(text: &str) -> String {
    opened(text, |_| format!("<mark>{OPEN}")).0.replace(CLOSE, &format!("{CLOSE}</mark>"))
}

/// Writes each opening anew; a bracket of a value stands behind a backslash, and opens nothing.
fn opened(text: &str, opening: impl Fn(usize) -> String) -> (String, usize) {
    let mut whole = String::with_capacity(text.len());
    let (mut rest, mut count) = (text, 0);
    while let Some(at) = rest.find(OPEN) {
        let (before, after) = (&rest[..at], &rest[at + OPEN.len()..]);
        whole.push_str(before);
        if before.ends_with('\\') {
            whole.push_str(OPEN);
        } else {
            count += 1;
            whole.push_str(&opening(count));
        }
        rest = after;
    }
    whole.push_str(rest);
    (whole, count)
}

fn ask(language: Language) -> &'static str {
    match language {
        Language::Nl => "vul in",
        Language::En => "fill in",
        Language::De => "ausfüllen",
        // A sign of French does not come loose from its word.
        Language::Fr => "à remplir\u{a0}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_numbered_counted_and_marked() {
        let (text, count) = numbered("On [… date …], by [… name …].", Language::En);
        assert_eq!((text.as_str(), count), ("On [… 1, fill in: date …], by [… 2, fill in: name …].", 2));
        assert_eq!(marked(&text).matches("<mark>").count(), 2);
        assert_eq!(marked(&text).matches("</mark>").count(), 2);
        let value = "none \\[… here …\\]";
        assert_eq!(numbered(value, Language::Nl), (value.to_owned(), 0), "a value escapes both of its brackets");
        assert_eq!(marked(value), value);
    }
}
