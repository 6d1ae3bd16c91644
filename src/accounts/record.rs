//! What the file of an account holds, and the reader that takes nothing odd.

use super::patience::Failures;
use super::{code, passphrase, sessions};
use crate::model::values::Line;
use anyhow::{Result, anyhow, ensure};
use passphrase::Maker;
use serde::{Deserialize, Serialize};

/// The most bytes of a file.
pub(super) const LONGEST: usize = 64 * 1024;

/// The file of an account. It has no `Debug`, because it holds secrets; fields that are not known are left out.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Record {
    /// How the person is called in a meeting.
    pub(super) name: String,
    /// Who they are for Jitsi; there as soon as there is a passphrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    /// The hash of the passphrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) passphrase: Option<String>,
    /// Whether the passphrase was made here.
    #[serde(default)]
    pub(super) generated: bool,
    /// The key of the authenticator app in base32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) app_key: Option<String>,
    /// The last step of the app's clock whose code was used.
    #[serde(default)]
    pub(super) last_step: u64,
    /// Digests of the recovery codes that are left.
    #[serde(default)]
    pub(super) recovery_codes: Vec<String>,
    /// Wrong attempts in a row.
    #[serde(default)]
    pub(super) failures: Failures,
    /// The day of the last log-in since 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_login_day: Option<u32>,
    /// Who stays signed in.
    #[serde(default)]
    pub(super) sessions: Vec<sessions::Session>,
}

impl Record {
    /// An account that has no passphrase yet.
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            id: None,
            passphrase: None,
            generated: false,
            app_key: None,
            last_step: 0,
            recovery_codes: Vec::new(),
            failures: Failures::default(),
            last_login_day: None,
            sessions: Vec::new(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When anything in it cannot be used; the error says where, and shows nothing of the content.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        ensure!(bytes.len() <= LONGEST, "it is longer than {LONGEST} bytes");
        ensure!(bytes.trim_ascii_start().first() == Some(&b'{'), "it does not begin with a brace");
        let record: Self = serde_json::from_slice(bytes)
            .map_err(|error| anyhow!("line {}, column {} is not as expected", error.line(), error.column()))?;
        Line::parse(&record.name).map_err(|refusal| anyhow!("the name {}", refusal.what))?;
        record.passphrase.as_deref().map_or(Ok(()), passphrase::check)?;
        record.app_key.as_deref().map_or(Ok(()), code::check)?;
        let plain = |id: &String| (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
        ensure!(record.id.as_ref().is_none_or(plain), "the id is odd");
        ensure!(record.passphrase.is_none() || record.id.is_some(), "there is a passphrase but no id");
        ensure!(record.recovery_codes.len() <= code::RECOVERY_CODES, "there are too many recovery codes");
        ensure!(record.sessions.len() <= sessions::MOST, "there are too many sessions");
        Ok(record)
    }

    /// The bytes of the file.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Who chose the passphrase.
    pub(super) fn maker(&self) -> Maker {
        if self.generated { Maker::Here } else { Maker::Person }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Cost;
    use proptest::prelude::*;

    #[test]
    fn a_name_alone_is_an_account_without_a_passphrase() {
        for text in [r#"{"name": "Jo Voorbeeld"}"#, "{\"name\":\"Jo Voorbeeld\",\"colour\":[1,{}]}\n"] {
            let record = Record::read(text.as_bytes()).unwrap();
            assert!(record.name == "Jo Voorbeeld" && record.passphrase.is_none() && record.app_key.is_none());
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let record = Record {
            id: Some("abc".to_owned()),
            passphrase: Some(Cost::default().nobodys_hash()),
            last_login_day: Some(20_000),
            ..Record::named("Noor van der Voorbeeld")
        };
        let bytes = record.bytes().unwrap();
        assert_eq!(Record::read(&bytes).unwrap().bytes().unwrap(), bytes);
    }

    #[test]
    fn odd_files_are_refused_and_not_shown() {
        let hash = Cost::default().nobodys_hash();
        for text in [
            "".to_owned(),
            "{}".to_owned(),
            "[\"hush\"]".to_owned(),
            "{\"name\":\"hush\"".to_owned(),
            "{\"name\":\"hush\"} hush".to_owned(),
            "{\"name\":\"hush\\u001b[2J\"}".to_owned(),
            "{\"name\":\"hush\",\"passphrase\":\"hush\",\"id\":\"a\"}".to_owned(),
            format!("{{\"name\":\"hush\",\"passphrase\":\"{hash}\"}}"),
            "{\"name\":\"hush\",\"app_key\":\"hush\"}".to_owned(),
            "{\"name\":\"hush\",\"generated\":\"hush\"}".to_owned(),
            "{\"name\":\"hush\",\"name\":\"hush\"}".to_owned(),
            format!("{{\"name\":\"hush\",\"recovery_codes\":[{}\"hush\"]}}", "\"hush\",".repeat(10)),
            format!("{{\"name\":\"hush\",\"rest\":{}}}", "[".repeat(10_000)),
            format!("{{\"name\":\"hush\",\"rest\":\"{}\"}}", "x".repeat(LONGEST)),
        ] {
            let Err(error) = Record::read(text.as_bytes()) else { panic!("{text} was taken") };
            assert!(!format!("{error:#}").contains("hush"), "{error:#}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Record::read(&bytes);
        }

        #[test]
        fn no_change_of_a_good_file_makes_the_reader_fall_over(at in 0_usize..400, byte in any::<u8>()) {
            let (_, digests) = code::recovery_codes().unwrap();
            let record = Record {
                id: Some("abc".to_owned()),
                passphrase: Some(Cost::default().nobodys_hash()),
                app_key: Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned()),
                recovery_codes: digests,
                ..Record::named("Jo Voorbeeld")
            };
            let mut bytes = record.bytes().unwrap();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = Record::read(&bytes);
        }
    }
}
