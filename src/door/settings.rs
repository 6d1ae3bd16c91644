//! What the door is told: its configuration file, and the secret with which it signs.

use crate::model::advice::Advice;
use crate::model::deployment::{Language, SecondFactor};
use crate::model::secret::Secret;
use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Characters below which a secret is no secret: the host makes 40.
const SHORTEST_SECRET: usize = 32;

/// The configuration, which holds no secret.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name under which browsers reach the instance.
    pub domain: String,
    /// Who is responsible for the instance.
    pub operator: String,
    /// The languages of the pages; the first is for those who ask for none of them.
    pub languages: Vec<Language>,
    /// Whether a passphrase alone is enough.
    pub second_factor: SecondFactor,
    /// Minutes that a token works.
    pub token_minutes: u16,
    /// Least guessing strength of a room's name in bits; 0 takes every name.
    pub room_name_bits: u16,
    /// How the meeting hosts whom the inventory lists are called, by account; it wins over the account's own name.
    pub names: BTreeMap<String, String>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    domain: String,
    operator: String,
    languages: Vec<LanguageCode>,
    second_factor: Demand,
    token_minutes: u16,
    room_name_bits: u16,
    #[serde(default)]
    names: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum LanguageCode {
    Nl,
    En,
    De,
    Fr,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Demand {
    Required,
    Optional,
}

impl Settings {
    /// Reads the configuration file.
    ///
    /// # Errors
    /// When it cannot be read, is not JSON, lacks a key, has one too many, or a value is outside of its bounds.
    pub fn read(path: &Path) -> Result<Self> {
        let told = || format!("the configuration {}", path.display());
        let text = fs::read_to_string(path).with_context(told)?;
        let written: Written = serde_json::from_str(&text).with_context(told)?;
        Self::checked(written).with_context(told)
    }

    fn checked(written: Written) -> Result<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b);
        let domain = written.domain;
        ensure!(!domain.is_empty() && domain.bytes().all(plain), "`domain` is not a name of a host");
        ensure!(!written.operator.trim().is_empty(), "`operator` is empty");
        ensure!(!written.languages.is_empty(), "`languages` is empty");
        ensure!((5..=720).contains(&written.token_minutes), "`token_minutes` is not between 5 and 720");
        ensure!(written.room_name_bits <= 128, "`room_name_bits` is more than 128");
        let language = |code| match code {
            LanguageCode::Nl => Language::Nl,
            LanguageCode::En => Language::En,
            LanguageCode::De => Language::De,
            LanguageCode::Fr => Language::Fr,
        };
        Ok(Self {
            domain,
            operator: written.operator,
            languages: written.languages.into_iter().map(language).collect(),
            second_factor: match written.second_factor {
                Demand::Required => SecondFactor::Required,
                Demand::Optional => SecondFactor::Optional,
            },
            token_minutes: written.token_minutes,
            room_name_bits: written.room_name_bits,
            names: written.names,
        })
    }
}

/// The secret with which tokens are signed: the file `token` of the folder.
///
/// # Errors
/// When it cannot be read, or is no secret.
pub(super) fn secret(folder: &Path) -> Result<Secret<String>> {
    let path = folder.join("token");
    let text = fs::read_to_string(&path).map_err(|error| {
        let help = "the unit hands it over with LoadCredential=token:/etc/vc4all/secrets/token";
        anyhow::Error::new(Advice::new(format!("the secret {} cannot be read: {error}", path.display()), help))
    })?;
    let secret = text.trim_end_matches(['\r', '\n']);
    let well_formed = secret.len() >= SHORTEST_SECRET && secret.bytes().all(|b| b.is_ascii_graphic());
    ensure!(well_formed, "the secret {} is not {SHORTEST_SECRET} or more printable characters", path.display());
    Ok(Secret::new(secret.to_owned()))
}
