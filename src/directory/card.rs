//! One instance on the page of many, in the words of one language.

use super::{Words, word};
use crate::invitation::strength::missing_digits;
use crate::model::deployment::Language;
use crate::papers::countries::name_of;
use crate::papers::published::Published;
use anyhow::Result;
use serde::Serialize;

/// The least digits of a room that nobody thought of, as `rooms new` and the landing page take them: 66 bits.
const DIGITS: u64 = 20;

/// What the page says of one instance.
#[derive(Serialize)]
pub(super) struct Card<'a> {
    number: usize,
    name: &'a str,
    domain: &'a str,
    /// The beginning of every room's address.
    site: &'a str,
    /// How many digits a new room's name has.
    digits: u64,
    landing: String,
    statement: String,
    country: &'a str,
    hosting: String,
    hosts: String,
    guests: &'a str,
    logs: String,
}

impl<'a> Card<'a> {
    /// The facts of an instance as sentences; its pages in that language, where it has it.
    pub(super) fn of(one: &'a Published<'a>, number: usize, language: Language, words: &'a Words) -> Result<Self> {
        let code = language.code();
        let spoken = one.languages.contains(&language);
        let named = |name: &str, country: &str| format!("{name} ({})", name_of(country, language));
        let days = match one.retention.logs_days {
            1 => word(words, "days_one")?.to_owned(),
            days => word(words, "days")?.replace("{days}", &days.to_string()),
        };
        Ok(Self {
            number,
            name: one.name,
            domain: one.domain,
            site: &one.address,
            digits: DIGITS.max(missing_digits(0, u64::from(one.access.room_name_bits))),
            landing: if spoken { format!("{}{code}/", one.address) } else { one.address.clone() },
            statement: match one.statement.get(code) {
                Some(address) => address.clone(),
                None => format!("{}privacy", one.address),
            },
            country: name_of(one.operator.country, language),
            hosting: match &one.provider {
                Some(provider) => named(provider.name, provider.country),
                None => word(words, "own")?.to_owned(),
            },
            hosts: match &one.access.login {
                Some(login) => word(words, "hosts_login")?.replace("{login}", &named(login.name, login.country)),
                None => word(words, "hosts_accounts")?.to_owned(),
            },
            guests: word(words, &format!("guests_{}", one.access.guests.word()))?,
            logs: days,
        })
    }
}
