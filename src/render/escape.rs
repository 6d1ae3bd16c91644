//! One filter for each target language: a value lands inert, or the rendering fails.

use std::fmt::Write as _;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

/// The names of the filters, one of which ends every `{{ … }}` of a template.
pub const FILTERS: [&str; 12] =
    ["lua", "hocon", "js", "html", "nginx", "shell", "systemd", "line", "word", "number", "markdown", "autolink"];

pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("lua", |value: &str, _: Kwargs, _: &State| lua(value));
    tera.register_filter("hocon", |value: &Value, _: Kwargs, _: &State| json(value));
    tera.register_filter("js", |value: &Value, _: Kwargs, _: &State| js(value));
    tera.register_filter("html", |value: &str, _: Kwargs, _: &State| html(value));
    tera.register_filter("nginx", |value: &str, _: Kwargs, _: &State| nginx(value));
    tera.register_filter("shell", |value: &str, _: Kwargs, _: &State| shell(value));
    tera.register_filter("systemd", |value: &str, _: Kwargs, _: &State| systemd(value));
    tera.register_filter("line", |value: &str, _: Kwargs, _: &State| line(value));
    tera.register_filter("word", |value: &str, _: Kwargs, _: &State| word(value));
    tera.register_filter("markdown", |value: &str, _: Kwargs, _: &State| markdown(value).map_err(Error::message));
    tera.register_filter("autolink", |value: &str, _: Kwargs, _: &State| autolink(value));
    tera.register_filter("number", |value: i64, _: Kwargs, _: &State| value.to_string());
}

/// A double-quoted Lua string (Lua 5.4 manual §3.1); everything outside printable ASCII becomes a decimal escape.
fn lua(value: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in value.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=b'~' => quoted.push(char::from(byte)),
            other => {
                let _ = write!(quoted, "\\{other:03}");
            }
        }
    }
    quoted + "\""
}

/// A JSON value, which is also a HOCON value (HOCON specification, "Unchanged from JSON").
fn json(value: &Value) -> TeraResult<String> {
    serde_json::to_string(value).map_err(|error| Error::message(error.to_string()))
}

/// A JavaScript value that may stand in a `<script>` and in an SSI include.
fn js(value: &Value) -> TeraResult<String> {
    let mut text = String::new();
    for c in json(value)?.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            other => text.push(other),
        }
    }
    Ok(text)
}

/// Text or a quoted attribute of HTML.
pub fn html(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            other => text.push(other),
        }
    }
    text
}

/// A double-quoted nginx parameter. nginx has no escape for `$`, so a value with one is refused.
fn nginx(value: &str) -> TeraResult<String> {
    if value.chars().any(|c| c == '$' || c.is_control()) {
        return Err(Error::message("nginx cannot hold `$` or a control character in a parameter"));
    }
    Ok(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A single-quoted word of a POSIX shell (XCU §2.2.2).
fn shell(value: &str) -> TeraResult<String> {
    if value.contains('\0') {
        return Err(Error::message("a shell word cannot hold a NUL"));
    }
    Ok(format!("'{}'", value.replace('\'', "'\\''")))
}

/// A double-quoted word of a systemd unit (systemd.syntax(7), systemd.unit(5) "Specifiers").
fn systemd(value: &str) -> TeraResult<String> {
    if value.chars().any(char::is_control) {
        return Err(Error::message("a unit file cannot hold a control character in a value"));
    }
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    Ok(format!("\"{escaped}\""))
}

/// The rest of a line in a format without any quoting.
fn line(value: &str) -> TeraResult<String> {
    if value.trim() != value || value.chars().any(char::is_control) {
        return Err(Error::message("the value does not fit into a line of a format without quoting"));
    }
    Ok(value.to_owned())
}

/// A bare word: a name, an address, a path, a version.
fn word(value: &str) -> TeraResult<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._:@/+-[]=~".contains(&b);
    if value.is_empty() || !value.bytes().all(plain) {
        return Err(Error::message(format!("{value:?} is not a bare word")));
    }
    Ok(value.to_owned())
}

/// Text of Markdown (CommonMark 0.31 §2.4, GFM tables) that is the same in a paragraph, a heading, a list and a cell,
/// at its beginning, in its middle and at its end.
///
/// # Errors
/// When it begins or ends with a space, or holds a control character: a line has to stay one line.
pub fn markdown(value: &str) -> Result<String, &'static str> {
    if value.trim() != value || value.chars().any(char::is_control) {
        return Err("a value in Markdown is one line without spaces around it");
    }
    let mut text = String::with_capacity(value.len());
    // What opens a list, a definition or an underlined heading does so at the beginning alone.
    let number = value.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0);
    for (at, c) in value.char_indices() {
        let opens = match c {
            '-' | '+' | '=' | ':' => at == 0,
            '.' | ')' => number == Some(at) && value[at + 1..].chars().next().is_none_or(char::is_whitespace),
            other => "\\`*_[]<>|~&{}#$^!".contains(other),
        };
        if opens {
            text.push('\\');
        }
        text.push(c);
    }
    Ok(text)
}

/// An address of a site or a mailbox between angle brackets (CommonMark 0.31 §6.5); nothing in it is escaped.
fn autolink(value: &str) -> TeraResult<String> {
    let address = value.starts_with("https://") || value.starts_with("http://") || value.contains('@');
    let plain = |b: u8| b.is_ascii_graphic() && !b"<>\\\"`".contains(&b);
    // A bar ends the cell of a table even here.
    if !address || !value.bytes().all(|b| plain(b) && b != b'|') {
        return Err(Error::message(format!("{value:?} is no address for a link")));
    }
    Ok(format!("<{value}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lua_strings_hold_any_text() {
        assert_eq!(lua("a\"]]\\\n{{é"), "\"a\\\"]]\\\\\\010{{\\195\\169\"");
    }

    #[test]
    fn scripts_cannot_be_closed_from_within() {
        let value = Value::from("</script>\u{2028}");
        assert_eq!(js(&value).unwrap_or_default(), "\"\\u003c/script\\u003e\\u2028\"");
    }

    #[test]
    fn nginx_refuses_variables() {
        assert!(nginx("$host").is_err());
        assert_eq!(nginx("a\"b\\").unwrap_or_default(), "\"a\\\"b\\\\\"");
    }

    #[test]
    fn shell_words_are_inert() {
        assert_eq!(shell("a'b$(c)").unwrap_or_default(), "'a'\\''b$(c)'");
    }

    #[test]
    fn bare_words_are_bare() {
        assert!(word("a b").is_err());
        assert!(word("a;b").is_err());
        assert!(word("").is_err());
        assert!(line("a\nb").is_err());
    }
}
