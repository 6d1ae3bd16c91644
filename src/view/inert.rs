//! Makes text of a host harmless for a terminal, and hides secrets.

use crate::model::marks::{self, Piece};
use crate::model::values::is_invisible;

/// One line in which nothing moves the cursor, changes a colour or turns the reading direction: such characters are
/// shown by their number, as in `\u{1b}`.
pub fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The same for text of several lines: line ends and tabs stay.
pub fn lines(text: &str) -> String {
    let tabs = |part: &str| part.split('\t').map(line).collect::<Vec<_>>().join("\t");
    text.split('\n').map(tabs).collect::<Vec<_>>().join("\n")
}

/// The text with `(secret NAME)` in the place of each mark.
pub fn without_marks(text: &str) -> String {
    marks::pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Secret(name) => format!("(secret {name})"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_turning_marks_become_visible() {
        assert_eq!(line("a\u{1b}[2Jb\u{202e}c\u{9b}d\u{7f}"), "a\\u{1b}[2Jb\\u{202e}c\\u{9b}d\\u{7f}");
        assert_eq!(lines("één\ttwee\r\ndrie\u{200b}"), "één\ttwee\\u{d}\ndrie\\u{200b}");
    }

    #[test]
    fn marks_are_hidden() {
        assert_eq!(without_marks("key=\"__vc4all_secret_turn__\""), "key=\"(secret turn)\"");
    }
}
