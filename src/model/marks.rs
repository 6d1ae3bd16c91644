//! Finds the marks that stand for secrets in a text.

use super::values::SECRET_MARK;

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words that are meant as they stand.
    Text(&'a str),
    /// The name of a secret, without the mark around it.
    Secret(&'a str),
}

/// Cuts a text at its marks; what only looks like the beginning of a mark stays text.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut from) = (text, 0);
    while let Some(at) = rest[from..].find(SECRET_MARK).map(|at| at + from) {
        let after = at + SECRET_MARK.len();
        let Some(name) = name_at(&rest[after..]) else {
            from = after;
            continue;
        };
        if at > 0 {
            found.push(Piece::Text(&rest[..at]));
        }
        found.push(Piece::Secret(name));
        (rest, from) = (&rest[after + name.len() + END.len()..], 0);
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

/// The names of the secrets that a text asks for, in order of appearance, each as often as it appears.
pub fn secrets(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Secret(name) => Some(name),
        Piece::Text(_) => None,
    })
}

const END: &str = "__";

fn name_at(text: &str) -> Option<&str> {
    let length = text.bytes().take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit()).count();
    (length > 0 && text[length..].starts_with(END)).then(|| &text[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_marks() {
        let text = "a=__vc4all_secret_jvb__;b=__vc4all_secret_turn__";
        let expected = [Piece::Text("a="), Piece::Secret("jvb"), Piece::Text(";b="), Piece::Secret("turn")];
        assert_eq!(pieces(text), expected);
        assert_eq!(secrets(text).collect::<Vec<_>>(), ["jvb", "turn"]);
    }

    #[test]
    fn what_is_no_mark_stays_text() {
        for text in ["", "__vc4all_secret_", "__vc4all_secret___", "__vc4all_secret_Jvb__", "__vc4all_secret_jvb_"] {
            let whole: String = pieces(text).iter().map(|p| if let Piece::Text(t) = p { t } else { "!" }).collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn a_broken_mark_does_not_hide_a_whole_one() {
        let text = "__vc4all_secret_X__vc4all_secret_jvb__";
        assert_eq!(pieces(text), [Piece::Text("__vc4all_secret_X"), Piece::Secret("jvb")]);
    }
}
