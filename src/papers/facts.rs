//! Everything that the text of a paper depends on, in the words of one language.

use super::countries::name;
use super::gathered::Gathered;
use super::host::HostFacts;
use super::paper::Known;
use super::statement::{Party, Statement};
use crate::model::deployment::{Deployment, Language, OperatorKind, SecurityUpdates};
use crate::policy;
use serde::Serialize;

/// What the templates of the papers see.
#[derive(Debug, Serialize)]
pub(super) struct Facts<'a> {
    #[serde(flatten)]
    statement: Statement<'a>,
    /// The country of the operator by its name.
    home: String,
    /// Most people in one room.
    participants: u16,
    /// Least guessing strength of a room's name in bits.
    room_name_bits: u16,
    /// From whom the host fetches packages, as the egress list has it; an empty country is unknown.
    packages: Vec<Party>,
    /// Whether security updates install themselves.
    updates_by_themselves: bool,
    /// What the host showed, where it was looked at.
    host: Option<&'a HostFacts>,
    /// What the host holds about one address, where somebody asked for it.
    answer: Option<&'a Gathered>,
    /// Whether this is a Dutch public body, which follows the Dutch model of an accessibility statement.
    dutch_public_body: bool,
}

impl<'a> Facts<'a> {
    /// The facts of an instance.
    pub(super) fn of(known: &Known<'a>, language: Language) -> Self {
        let deployment = known.deployment;
        let operator = &deployment.operator;
        let public = operator.kind == OperatorKind::Municipality;
        Self {
            statement: Statement::of(deployment, language),
            home: name(&operator.country, language),
            participants: deployment.media.participants,
            room_name_bits: deployment.access.room_name_bits,
            packages: packages(deployment, language),
            updates_by_themselves: deployment.updates.security == SecurityUpdates::Automatic,
            host: known.host,
            answer: known.answer,
            dutch_public_body: public && operator.country.as_str() == "NL",
        }
    }
}

fn packages(deployment: &Deployment, language: Language) -> Vec<Party> {
    let party = |asked: crate::model::egress::Asked| Party {
        name: asked.operator,
        server: asked.host,
        country: asked.country.map(|code| name(&code, language)).unwrap_or_default(),
    };
    policy::egress::packages(deployment, deployment.host.release).into_iter().map(party).collect()
}
