//! Everything that the text of a paper depends on, in the words of one language.

use super::countries::name;
use super::host::HostFacts;
use super::paper::Known;
use super::statement::Statement;
use crate::model::deployment::{Language, SecurityUpdates};
use serde::Serialize;

/// What the templates of the papers see.
#[derive(Debug, Serialize)]
pub(super) struct Facts<'a> {
    #[serde(flatten)]
    statement: Statement<'a>,
    /// The country of the operator by its name.
    home: String,
    /// That country's code: it decides which model an accessibility statement follows.
    home_code: &'a str,
    /// Most people in one room.
    participants: u16,
    /// Minutes that a token of the door works.
    token_minutes: u16,
    /// Least guessing strength of a room's name in bits.
    room_name_bits: u16,
    /// Whether security updates install themselves.
    updates_by_themselves: bool,
    /// The distribution that the inventory names.
    release: String,
    /// What the host showed, where it was looked at.
    host: Option<&'a HostFacts>,
    /// Whether this is a Dutch public body, which follows the Dutch model of an accessibility statement.
    dutch_public_body: bool,
}

impl<'a> Facts<'a> {
    /// The facts of an instance.
    pub(super) fn of(known: &Known<'a>, language: Language) -> Self {
        let deployment = known.deployment;
        let operator = &deployment.operator;
        let public = operator.kind == crate::model::deployment::OperatorKind::Municipality;
        Self {
            statement: Statement::of(deployment, language),
            home: name(&operator.country, language),
            home_code: operator.country.as_str(),
            participants: deployment.media.participants,
            token_minutes: deployment.access.token_minutes,
            room_name_bits: deployment.access.room_name_bits,
            updates_by_themselves: deployment.updates.security == SecurityUpdates::Automatic,
            release: deployment.host.release.to_string(),
            host: known.host,
            dutch_public_body: public && operator.country.as_str() == "NL",
        }
    }
}
