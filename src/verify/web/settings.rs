//! Settings of Jitsi's web client, read without running them.
//!
//! Taken are `var NAME = VALUE;` and `NAME.KEY.KEY = VALUE;`, where a value is what JSON5 has. Whoever writes more than
//! that could make anything of it, so nothing is believed then.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Number, Value};
use std::str::CharIndices;

/// Reads all of a file: one entry for each variable.
///
/// # Errors
/// With the line at which it is something else than settings.
pub(super) fn read(text: &str) -> Result<Map<String, Value>> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let mut all = Map::new();
    let read = loop {
        match reader.statement(&mut all) {
            Ok(true) => {}
            Ok(false) => break Ok(()),
            Err(why) => break Err(why),
        }
    };
    let line = text[..reader.at.min(text.len())].lines().count().max(1);
    read.with_context(|| format!("line {line}"))?;
    Ok(all)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

/// How deep settings may lie in each other.
const DEEPEST: usize = 32;

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Passes white space and comments.
    fn pass(&mut self) -> Result<()> {
        loop {
            let trimmed = self.rest().trim_start();
            self.at = self.text.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                self.at += trimmed.find("*/").context("a comment without end")? + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn takes(&mut self, mark: &str) -> Result<bool> {
        self.pass()?;
        let there = self.rest().starts_with(mark);
        self.at += if there { mark.len() } else { 0 };
        Ok(there)
    }

    fn expect(&mut self, mark: &str) -> Result<()> {
        ensure!(self.takes(mark)?, "{mark} is missing");
        Ok(())
    }

    fn word(&mut self) -> Result<&'a str> {
        self.pass()?;
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
        ensure!(length > 0, "a name is missing");
        self.at += length;
        Ok(&rest[..length])
    }

    /// One statement; `false` at the end of the text.
    fn statement(&mut self, all: &mut Map<String, Value>) -> Result<bool> {
        while self.takes(";")? {}
        if self.rest().is_empty() {
            return Ok(false);
        }
        let mut word = self.word()?;
        if ["var", "let", "const"].contains(&word) {
            word = self.word()?;
        }
        let mut path = vec![word.to_owned()];
        loop {
            if self.takes(".")? {
                path.push(self.word()?.to_owned());
            } else if self.takes("[")? {
                path.push(self.string()?);
                self.expect("]")?;
            } else {
                break;
            }
        }
        if path.first().is_some_and(|first| first == "window") && path.len() > 1 {
            path.remove(0);
        }
        self.expect("=")?;
        let value = self.value()?;
        self.pass()?;
        let ends = self.rest().is_empty() || self.rest().starts_with(';') || self.text[..self.at].ends_with('\n');
        ensure!(ends, "a statement goes on");
        put(all, &path, value)?;
        Ok(true)
    }

    fn value(&mut self) -> Result<Value> {
        self.pass()?;
        let value = match self.rest().chars().next().context("a value is missing")? {
            '{' => self.nested(Self::object)?,
            '[' => self.nested(Self::list)?,
            '"' | '\'' | '`' => Value::String(self.string()?),
            c if c.is_ascii_digit() || "-+.".contains(c) => self.number()?,
            _ => match self.word()? {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" | "undefined" => Value::Null,
                word => bail!("{:?} is no plain value", word.chars().take(20).collect::<String>()),
            },
        };
        Ok(value)
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value>) -> Result<Value> {
        ensure!(self.depth < DEEPEST, "settings lie too deep in each other");
        (self.at, self.depth) = (self.at + 1, self.depth + 1);
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value> {
        let mut map = Map::new();
        while !self.takes("}")? {
            let quoted = self.rest().starts_with(['"', '\'']);
            let key = if quoted { self.string()? } else { self.word()?.to_owned() };
            self.expect(":")?;
            map.insert(key, self.value()?);
            if !self.takes(",")? {
                self.expect("}")?;
                break;
            }
        }
        Ok(Value::Object(map))
    }

    fn list(&mut self) -> Result<Value> {
        let mut items = Vec::new();
        while !self.takes("]")? {
            items.push(self.value()?);
            if !self.takes(",")? {
                self.expect("]")?;
                break;
            }
        }
        Ok(Value::Array(items))
    }

    /// A number, or a quotient of two, as Jitsi writes a ratio.
    fn number(&mut self) -> Result<Value> {
        let first = self.digits()?;
        let number = if self.takes("/")? { first / self.digits()? } else { first };
        let whole = number.fract() == 0.0 && number.abs() < 1e15;
        // A whole number is kept as one, so that 0 equals 0.
        Ok(if whole { Value::from(number as i64) } else { Number::from_f64(number).map_or(Value::Null, Value::Number) })
    }

    fn digits(&mut self) -> Result<f64> {
        self.pass()?;
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
        self.at += length;
        rest[..length].trim_start_matches('+').parse().context("no number")
    }

    fn string(&mut self) -> Result<String> {
        self.pass()?;
        let mut letters = self.rest().char_indices();
        let (_, quote) = letters.next().context("a text is missing")?;
        ensure!("\"'`".contains(quote), "a text is missing");
        let mut said = String::new();
        while let Some((at, c)) = letters.next() {
            match c {
                _ if c == quote => {
                    self.at += at + 1;
                    ensure!(quote != '`' || !said.contains("${"), "a text that is computed");
                    return Ok(said);
                }
                '\\' => said.push(escaped(&mut letters)?),
                '\n' if quote != '`' => break,
                _ => said.push(c),
            }
        }
        bail!("a text without end")
    }
}

fn escaped(letters: &mut CharIndices<'_>) -> Result<char> {
    let digits = match letters.next().context("a text without end")?.1 {
        'n' => return Ok('\n'),
        't' => return Ok('\t'),
        'r' => return Ok('\r'),
        'x' => 2,
        'u' => 4,
        c => return Ok(c),
    };
    let hex: String = letters.by_ref().take(digits).map(|(_, c)| c).collect();
    let number = u32::from_str_radix(&hex, 16).context("no number of a letter")?;
    // Half of a pair (UTF-16) stands for nothing that we compare.
    Ok(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// Puts a value where a path leads; what is on the way becomes an object.
fn put(all: &mut Map<String, Value>, path: &[String], value: Value) -> Result<()> {
    let (last, way) = path.split_last().context("no name")?;
    let mut map = all;
    for key in way {
        let entry = map.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
        map = entry.as_object_mut().with_context(|| format!("{key} has no settings in it"))?;
    }
    map.insert(last.clone(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_read_as_a_browser_would() {
        let text = "// Ours\nvar enableJaaS = false;\nvar config = { a: 'x\\'\\u0041', \"b-c\": [1, 2.5, -3,], d: { e: null }, /* x */ f: 16 / 9, g: `h`, };\n\
                    config.d.i = true\nwindow.config['j'] = \"//k\";";
        let read = read(text).unwrap();
        assert_eq!(read["enableJaaS"], json!(false));
        let wanted = json!({ "a": "x'A", "b-c": [1, 2.5, -3], "d": { "e": null, "i": true }, "f": 16.0 / 9.0, "g": "h", "j": "//k" });
        assert_eq!(read["config"], wanted);
    }

    #[test]
    fn what_could_be_anything_is_not_believed() {
        for (text, why) in [
            ("var config = {\n  a: load(),\n};", "line 2: \"load\" is no plain value"),
            ("var config = { a: 1 } || {};", "line 1: a statement goes on"),
            ("if (x) { config.a = 1; }", "line 1: = is missing"),
            ("var config = { ...other };", "line 1: a name is missing"),
            ("var config = { a: `${b}` };", "line 1: a text that is computed"),
            ("var config = { a: 'b", "line 1: a text without end"),
            ("var config = { a: 1,, };", "line 1: a name is missing"),
            ("var config = ", "line 1: a value is missing"),
            ("config.a = 1; config.a.b = 2;", "line 1: a has no settings in it"),
            ("/* x", "line 1: a comment without end"),
            ("var config = { a: 1x };", "line 1: no number"),
            ("var config = '\\u00zz'", "line 1: no number of a letter"),
        ] {
            let found = read(text).map(|_| ()).unwrap_err();
            assert!(format!("{found:#}").starts_with(why), "{text}: {found:#}");
        }
        let deep = format!("var a = {}", "[".repeat(100_000));
        assert!(read(&deep).is_err());
    }
}
