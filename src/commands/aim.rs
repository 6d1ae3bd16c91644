//! Where a plan shall lead: what the host is to hold, and how the difference to it is made.

use super::blueprint::Blueprint;
use crate::model::known::Moves;
use crate::model::observed::Observed;
use crate::model::plan::Plan;
use crate::model::resource::Claim;
use crate::model::traits::Traits;
use crate::plan;
use anyhow::Result;

/// Where a plan shall lead.
pub(super) enum Aim {
    /// To what the inventory says.
    Inventory,
    /// To other versions of Jitsi's packages, and all else as the inventory says.
    Versions(Moves),
}

impl Aim {
    /// By which verb, as the host's records have it.
    pub(super) fn cause(&self) -> String {
        match self {
            Self::Inventory => "up".to_owned(),
            Self::Versions(_) => "upgrade".to_owned(),
        }
    }

    /// What the host should hold.
    pub(super) fn claims(&self, blueprint: &Blueprint, traits: &Traits) -> Result<Vec<Claim>> {
        match self {
            Self::Inventory | Self::Versions(_) => blueprint.claims(traits),
        }
    }

    /// The changes that lead there.
    pub(super) fn plan(&self, blueprint: &Blueprint, claims: &[Claim], seen: &Observed) -> Plan {
        match self {
            Self::Inventory => plan::diff(&blueprint.deployment, claims, seen),
            Self::Versions(moves) => plan::upgrade(&blueprint.deployment, claims, seen, moves),
        }
    }
}
