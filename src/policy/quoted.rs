//! Which parts of a program's text are strings and comments; only there can a bare word be a host's name.

use std::ops::Range;

/// A language in which `a.b` outside of strings is a member of `a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// JavaScript.
    JavaScript,
    /// Lua.
    Lua,
    /// Style sheets.
    Css,
}

impl Code {
    /// The language of a file, where it is one of these.
    pub(super) fn of(path: &str) -> Option<Self> {
        match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("js") => Some(Self::JavaScript),
            Some("lua") => Some(Self::Lua),
            Some("css") => Some(Self::Css),
            _ => None,
        }
    }

    /// Beginnings and ends of comments and strings. A string of one line ends with its line, so that a mark which only
    /// looks like a quote (in a regular expression, say) spoils no more than that.
    fn marks(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::JavaScript => &[("//", "\n"), ("/*", "*/"), ("\"", "\""), ("'", "'"), ("`", "`")],
            Self::Lua => &[("--[[", "]]"), ("--", "\n"), ("[[", "]]"), ("\"", "\""), ("'", "'")],
            Self::Css => &[("/*", "*/"), ("\"", "\""), ("'", "'")],
        }
    }
}

/// The strings and comments of a text, in their order.
pub(super) fn spans(text: &str, code: Code) -> Vec<Range<usize>> {
    let (bytes, mut found, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let mark = code.marks().iter().find(|(begin, _)| bytes[at..].starts_with(begin.as_bytes()));
        let Some((begin, end)) = mark else {
            at += 1;
            continue;
        };
        let from = at + begin.len();
        let to = end_of(&bytes[from..], end.as_bytes()) + from;
        match *begin {
            "`" => found.extend(outside_of_places(text, from..to)),
            _ => found.push(from..to),
        }
        at = (to + end.len()).min(bytes.len()).max(from);
    }
    found
}

/// The words of a template string; `${…}` in it is a place for a value, which is code again.
fn outside_of_places(text: &str, whole: Range<usize>) -> Vec<Range<usize>> {
    let (mut words, mut from) = (Vec::new(), whole.start);
    while let Some(open) = text[from..whole.end].find("${").map(|more| more + from) {
        words.push(from..open);
        let mut depth = 1;
        let close = text.as_bytes()[open + 2..whole.end].iter().position(|b| {
            depth += i32::from(*b == b'{') - i32::from(*b == b'}');
            depth == 0
        });
        from = close.map_or(whole.end, |more| open + 2 + more);
    }
    words.push(from..whole.end);
    words
}

/// Where the end mark stands, or the end of the line for a string of one line.
fn end_of(rest: &[u8], end: &[u8]) -> usize {
    let string = matches!(end, b"\"" | b"'" | b"`");
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(end) {
            return at;
        }
        if string && rest[at] == b'\n' && end != b"`" {
            return at;
        }
        at += if string && rest[at] == b'\\' { 2 } else { 1 };
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, code: Code) -> Vec<&str> {
        spans(text, code).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn finds_strings_and_comments() {
        assert_eq!(parts("a = \"x\\\"y\" // z\nb = 'q' + `r\ns`", Code::JavaScript), ["x\\\"y", " z", "q", "r\ns"]);
        assert_eq!(parts("a = 'x' -- y\nb = [[z]] --[[ p\nq ]] c", Code::Lua), ["x", " y", "z", " p\nq "]);
        assert_eq!(parts("`a ${b.day + {c: 1}.c} d ${e`", Code::JavaScript), ["a ", "} d ", ""]);
        assert_eq!(parts("a { b: url('c') } /* d */", Code::Css), ["c", " d "]);
    }

    #[test]
    fn a_lone_quote_spoils_one_line() {
        assert_eq!(parts("x = /\"/\ny = \"z\"", Code::JavaScript), ["/", "z"]);
        assert_eq!(parts("\"é\\", Code::JavaScript), ["é\\"]);
    }
}
