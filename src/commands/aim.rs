//! Where a plan shall lead: what the host is to hold, and how the difference to it is made.

use super::blueprint::Blueprint;
use super::rename::NewName;
use super::rollback;
use super::rotate::Rotation;
use super::terminal::Terminal;
use crate::model::names::PackageName;
use crate::model::objection::Objection;
use crate::model::observed::Observed;
use crate::model::plan::Plan;
use crate::model::resource::Claim;
use crate::model::traits::Traits;
use crate::observe::Questions;
use crate::plan;
use crate::record::Record;
use anyhow::Result;
use std::collections::BTreeMap;

/// Where a plan shall lead.
pub(super) enum Aim {
    /// To what the inventory says.
    Inventory,
    /// To what the inventory says, with new secrets.
    Rotation(Rotation),
    /// To what the inventory says, with another domain than it has yet.
    NewName(NewName),
    /// To what the host was in an earlier generation.
    Generation(Goal),
}

/// An earlier generation.
pub(super) struct Goal {
    pub(super) number: u32,
    pub(super) record: Record,
    /// The packages that were on the host then, with their versions.
    pub(super) packages: BTreeMap<PackageName, String>,
}

impl Aim {
    /// By which verb, as the host's records have it.
    pub(super) fn cause(&self) -> String {
        match self {
            Self::Inventory => "up".to_owned(),
            Self::Rotation(_) => "rotate".to_owned(),
            Self::NewName(_) => "rename".to_owned(),
            Self::Generation(goal) => format!("rollback to {}", goal.number),
        }
    }

    /// What to ask a host that is not known yet.
    pub(super) fn questions(&self, blueprint: &Blueprint) -> Result<Questions> {
        let questions = blueprint.questions()?;
        Ok(match self {
            Self::Inventory | Self::Rotation(_) | Self::NewName(_) => questions,
            Self::Generation(goal) => questions.and(&goal.record.claims),
        })
    }

    /// What the host should hold.
    pub(super) fn claims(&self, blueprint: &Blueprint, traits: &Traits) -> Result<Vec<Claim>> {
        match self {
            Self::Inventory | Self::Rotation(_) | Self::NewName(_) => blueprint.claims(traits),
            Self::Generation(goal) => rollback::claims(goal, blueprint, traits),
        }
    }

    /// The changes that lead there.
    pub(super) fn plan(&self, blueprint: &Blueprint, claims: &[Claim], seen: &Observed) -> Plan {
        match self {
            Self::Inventory | Self::NewName(_) | Self::Generation(_) => plan::diff(&blueprint.deployment, claims, seen),
            Self::Rotation(rotation) => {
                plan::rotation(&blueprint.deployment, claims, seen, &rotation.secrets(claims, seen))
            }
        }
    }

    /// What speaks against going there from here, beside what speaks against any change.
    pub(super) fn objection(&self, seen: &Observed) -> Option<Objection> {
        match self {
            Self::Inventory | Self::Generation(_) => None,
            Self::Rotation(_) | Self::NewName(_) => plan::never_deployed(seen),
        }
    }

    /// By what the host is judged once it is there: what is done once is not asked for again.
    pub(super) fn lasting(&self) -> &Self {
        match self {
            Self::Rotation(_) => &Self::Inventory,
            Self::Inventory | Self::NewName(_) | Self::Generation(_) => self,
        }
    }

    /// What is left to do on the operator's machine once the host is there.
    ///
    /// # Errors
    /// When it cannot be done; the message says what the operator has to do instead.
    pub(super) fn arrive(&self, terminal: &mut Terminal) -> Result<()> {
        match self {
            Self::Inventory | Self::Rotation(_) | Self::Generation(_) => Ok(()),
            Self::NewName(name) => name.write_down(terminal),
        }
    }
}
