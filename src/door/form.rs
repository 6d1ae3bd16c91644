//! Reads the fields of an address or a form (application/x-www-form-urlencoded), and takes nothing that is not well formed.

use std::collections::BTreeMap;

/// More fields than the door knows are sent by nobody who means well.
const MOST_FIELDS: usize = 20;
/// Bytes of one decoded value.
const LONGEST_VALUE: usize = 4096;

/// The text does not follow the rules of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// The fields, each of which is there once. They have no `Debug`, because a passphrase is among them.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Reads them.
    ///
    /// Broken are: a field without `=`, one that is there twice, an escape that is none, bytes that are not UTF-8,
    /// a control character, too many fields and too long values.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Broken> {
        let mut fields = BTreeMap::new();
        if text.is_empty() {
            return Ok(Self(fields));
        }
        for pair in text.split(|byte| *byte == b'&') {
            let at = pair.iter().position(|byte| *byte == b'=').ok_or(Broken)?;
            let (name, value) = (decode(&pair[..at])?, decode(&pair[at + 1..])?);
            if fields.insert(name, value).is_some() || fields.len() > MOST_FIELDS {
                return Err(Broken);
            }
        }
        Ok(Self(fields))
    }

    /// The field's value; empty where it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// Undoes `+` and `%XX` (URL Standard, "application/x-www-form-urlencoded parsing", without its leniency).
fn decode(text: &[u8]) -> Result<String, Broken> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next())? << 4 | digit(rest.next())?,
            other => other,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| Broken)?;
    let fits = text.len() <= LONGEST_VALUE && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(Broken) }
}

fn digit(byte: Option<u8>) -> Result<u8, Broken> {
    let value = byte.and_then(|byte| char::from(byte).to_digit(16)).ok_or(Broken)?;
    u8::try_from(value).map_err(|_| Broken)
}

/// Writes a value so that it may stand in an address: all but unreserved characters escaped (RFC 3986 §2.3).
pub(super) fn encode(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_read() {
        let fields = Fields::parse(b"room=een-kamer&passphrase=a+b%26c%3D%C3%A9&code=").unwrap();
        assert_eq!((fields.get("room"), fields.get("passphrase")), ("een-kamer", "a b&c=é"));
        assert_eq!((fields.get("code"), fields.get("absent")), ("", ""));
        assert_eq!(Fields::parse(b"a=b=c").unwrap().get("a"), "b=c");
    }

    #[test]
    fn what_is_not_well_formed_is_broken() {
        let long = format!("a={}", "x".repeat(LONGEST_VALUE + 1));
        let many = (0..=MOST_FIELDS).map(|n| format!("f{n}=")).collect::<Vec<_>>().join("&");
        let texts = [
            "a", "&", "a=1&", "a=1&&b=2", "a=1&a=1", "a=%", "a=%4", "a=%zz", "a=%+1", "a=%C3", "a=%FF%FE", "a=%00",
            "a=%0d%0a", "a=\n", "a=%7F", "a=%C2%85", &long, &many,
        ];
        for text in texts {
            assert_eq!(Fields::parse(text.as_bytes()).err(), Some(Broken), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn any_bytes_are_read_or_refused(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(fields) = Fields::parse(&text) {
                prop_assert!(fields.0.values().all(|value| !value.chars().any(char::is_control)));
            }
        }

        #[test]
        fn bytes_like_a_form_are_read_or_refused(text in "([a-d]=(%[0-9a-fA-F]{2}|%|[a-z+=])*&?){0,6}") {
            if let Ok(fields) = Fields::parse(text.as_bytes()) {
                prop_assert!(fields.0.len() <= text.matches('&').count() + 1);
            }
        }

        #[test]
        fn what_is_written_is_read_again(value in "\\PC{0,200}") {
            let text = format!("a={}", encode(&value));
            let fits = value.len() <= LONGEST_VALUE && !value.chars().any(char::is_control);
            prop_assert_eq!(Fields::parse(text.as_bytes()).is_ok(), fits);
            if fits {
                let fields = Fields::parse(text.as_bytes()).unwrap();
                prop_assert_eq!(fields.get("a"), value);
            }
        }
    }
}
