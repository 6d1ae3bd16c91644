//! Bytes → text: what no inventory may hold is refused at its line before any YAML is read.

use super::problems::{Place, Reports};
use crate::model::values::is_invisible;

/// The text of the file, without a byte order mark; nothing when it is not UTF-8.
pub(super) fn text<'a>(bytes: &'a [u8], reports: &Reports) -> Option<&'a str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let good = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
            reports.note(end_of(&good), "", "this is not UTF-8 text", "save the file as UTF-8");
            None
        }
    }
}

/// Notes every character that could make the file look different from what it says, comments included.
///
/// Tabs are left to the YAML readers, which refuse them where they matter.
pub(super) fn check(text: &str, reports: &Reports) {
    let mut place = Place::START;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        let fine = matches!((c, next), ('\n' | '\t', _) | ('\r', Some('\n')));
        if !fine && (c.is_control() || is_invisible(c)) {
            let what = format!("an invisible character (U+{:04X}) stands here", u32::from(c));
            reports.note(place, "", what, "delete it, or type the line anew");
        }
        place = after(place, c, next);
    }
}

fn end_of(text: &str) -> Place {
    let nexts = text.chars().skip(1).map(Some).chain([None]);
    text.chars().zip(nexts).fold(Place::START, |place, (c, next)| after(place, c, next))
}

/// The place after a character; a carriage return alone ends a line too, as in YAML (§5.4).
fn after(place: Place, c: char, next: Option<char>) -> Place {
    match (c, next) {
        ('\r', Some('\n')) => place,
        ('\n' | '\r', _) => Place { line: place.line + 1, column: 1 },
        _ => Place { line: place.line, column: place.column + 1 },
    }
}
