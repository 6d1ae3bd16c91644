//! Where a plan shall lead: what the host is to hold, and how the difference to it is made.

use super::blueprint::Blueprint;
use super::rename::NewName;
use super::rotate::Rotation;
use super::terminal::Terminal;
use crate::model::objection::Objection;
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
    /// To what the inventory says, with new secrets.
    Rotation(Rotation),
    /// To what the inventory says, with another domain than it has yet.
    NewName(NewName),
}

impl Aim {
    /// By which verb, as the host's records have it.
    pub(super) fn cause(&self) -> String {
        match self {
            Self::Inventory => "up",
            Self::Rotation(_) => "rotate",
            Self::NewName(_) => "rename",
        }
        .to_owned()
    }

    /// What the host should hold.
    pub(super) fn claims(&self, blueprint: &Blueprint, traits: &Traits) -> Result<Vec<Claim>> {
        match self {
            Self::Inventory | Self::Rotation(_) | Self::NewName(_) => blueprint.claims(traits),
        }
    }

    /// The changes that lead there.
    pub(super) fn plan(&self, blueprint: &Blueprint, claims: &[Claim], seen: &Observed) -> Plan {
        match self {
            Self::Inventory | Self::NewName(_) => plan::diff(&blueprint.deployment, claims, seen),
            Self::Rotation(rotation) => {
                plan::rotation(&blueprint.deployment, claims, seen, &rotation.secrets(claims, seen))
            }
        }
    }

    /// What speaks against going there from here, beside what speaks against any change.
    pub(super) fn objection(&self, seen: &Observed) -> Option<Objection> {
        match self {
            Self::Inventory => None,
            Self::Rotation(_) | Self::NewName(_) => plan::never_deployed(seen),
        }
    }

    /// By what the host is judged once it is there: what is done once is not asked for again.
    pub(super) fn lasting(&self) -> &Self {
        match self {
            Self::Rotation(_) => &Self::Inventory,
            Self::Inventory | Self::NewName(_) => self,
        }
    }

    /// What is left to do on the operator's machine once the host is there.
    ///
    /// # Errors
    /// When it cannot be done; the message says what the operator has to do instead.
    pub(super) fn arrive(&self, terminal: &mut Terminal) -> Result<()> {
        match self {
            Self::Inventory | Self::Rotation(_) => Ok(()),
            Self::NewName(name) => name.write_down(terminal),
        }
    }
}
