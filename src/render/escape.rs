//! One filter for each target language: a value lands inert, or the rendering fails.

use std::fmt::Write as _;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

/// The names of the filters, one of which ends every `{{ … }}` of a template.
pub const FILTERS: [&str; 10] = ["lua", "hocon", "js", "html", "nginx", "shell", "systemd", "line", "word", "number"];

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
fn html(value: &str) -> String {
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
