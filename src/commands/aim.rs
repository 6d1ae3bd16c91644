//! Where a plan shall lead: what the host is to hold, and how the difference to it is made.

use super::blueprint::Blueprint;
use super::rollback;
use crate::model::known::Moves;
use crate::model::names::PackageName;
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
    /// To other versions of Jitsi's packages, and all else as the inventory says.
    Versions(Moves),
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
            Self::Versions(_) => "upgrade".to_owned(),
            Self::Generation(goal) => format!("rollback to {}", goal.number),
        }
    }

    /// What to ask a host that is not known yet.
    pub(super) fn questions(&self, blueprint: &Blueprint) -> Result<Questions> {
        let questions = blueprint.questions()?;
        Ok(match self {
            Self::Inventory | Self::Versions(_) => questions,
            Self::Generation(goal) => questions.and(&goal.record.claims),
        })
    }

    /// What the host should hold.
    pub(super) fn claims(&self, blueprint: &Blueprint, traits: &Traits) -> Result<Vec<Claim>> {
        match self {
            Self::Inventory | Self::Versions(_) => blueprint.claims(traits),
            Self::Generation(goal) => rollback::claims(goal, blueprint, traits),
        }
    }

    /// The changes that lead there.
    pub(super) fn plan(&self, blueprint: &Blueprint, claims: &[Claim], seen: &Observed) -> Plan {
        match self {
            Self::Inventory | Self::Generation(_) => plan::diff(&blueprint.deployment, claims, seen),
            Self::Versions(moves) => plan::upgrade(&blueprint.deployment, claims, seen, moves),
        }
    }
}
