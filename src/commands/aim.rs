//! Where a plan shall lead: what the host is to hold, and how the difference to it is made.

use super::blueprint::Blueprint;
use super::rename::NewName;
use super::rollback;
use super::rotate::{Keys, Rotation};
use super::terminal::Terminal;
use crate::acme;
use crate::backup::{self, Contents};
use crate::model::advice::Advice;
use crate::model::backup::Brought;
use crate::model::known::Moves;
use crate::model::names::PackageName;
use crate::model::observed::Observed;
use crate::model::plan::Plan;
use crate::model::resource::Claim;
use crate::model::revocation::Holdings;
use crate::model::secret::Secret;
use crate::model::traits::Traits;
use crate::observe::Questions;
use crate::plan;
use crate::record::Record;
use crate::remote::Remote;
use anyhow::{Result, bail};
use std::collections::BTreeMap;

/// Where a plan shall lead.
pub(super) enum Aim {
    /// To what the inventory says.
    Inventory,
    /// To what the inventory says, with new secrets.
    Rotation(Rotation),
    /// To what the inventory says, with another domain than it has yet.
    NewName(NewName),
    /// To what the inventory says, on a fresh host, with the accounts and keys of a backup.
    Backup(Box<Contents>),
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
            Self::Rotation(_) => "rotate".to_owned(),
            Self::NewName(_) => "rename".to_owned(),
            Self::Backup(_) => "restore".to_owned(),
            Self::Versions(_) => "upgrade".to_owned(),
            Self::Generation(goal) => format!("rollback to {}", goal.number),
        }
    }

    /// What to ask a host that is not known yet.
    pub(super) fn questions(&self, blueprint: &Blueprint) -> Result<Questions> {
        let questions = blueprint.questions()?;
        Ok(match self {
            Self::Inventory | Self::Rotation(_) | Self::NewName(_) | Self::Backup(_) | Self::Versions(_) => questions,
            Self::Generation(goal) => questions.and(&goal.record.claims),
        })
    }

    /// What the host should hold.
    pub(super) fn claims(&self, blueprint: &Blueprint, traits: &Traits) -> Result<Vec<Claim>> {
        match self {
            Self::Inventory | Self::Rotation(_) | Self::NewName(_) | Self::Backup(_) | Self::Versions(_) => {
                blueprint.claims(traits)
            }
            Self::Generation(goal) => rollback::claims(goal, blueprint, traits),
        }
    }

    /// The changes that lead there.
    pub(super) fn plan(&self, blueprint: &Blueprint, claims: &[Claim], seen: &Observed) -> Plan {
        match self {
            Self::Backup(contents) if seen.generation == 0 => {
                backup::plan(&blueprint.deployment, contents, claims, seen)
            }
            Self::Rotation(rotation) => rotation.plan(&blueprint.deployment, claims, seen),
            Self::Versions(moves) => plan::upgrade(&blueprint.deployment, claims, seen, moves),
            Self::Inventory | Self::NewName(_) | Self::Generation(_) | Self::Backup(_) => {
                plan::diff(&blueprint.deployment, claims, seen)
            }
        }
    }

    /// The certificates of authorities that the host holds, for an aim that revokes them.
    pub(super) fn holdings(&self, remote: &mut dyn Remote) -> Result<Option<Holdings>> {
        match self {
            Self::Rotation(Rotation { keys: Keys::Compromised, .. }) => acme::holdings(remote).map(Some),
            Self::Rotation(_)
            | Self::Inventory
            | Self::NewName(_)
            | Self::Generation(_)
            | Self::Versions(_)
            | Self::Backup(_) => Ok(None),
        }
    }

    /// The host as it was seen, with what the aim itself brings: nothing of that has to be asked for elsewhere.
    pub(super) fn expected(&self, claims: &[Claim], seen: &Observed) -> Observed {
        match self {
            Self::Backup(contents) if seen.generation == 0 => backup::expected(contents, claims, seen),
            Self::Inventory
            | Self::Rotation(_)
            | Self::NewName(_)
            | Self::Generation(_)
            | Self::Versions(_)
            | Self::Backup(_) => seen.clone(),
        }
    }

    /// Refuses a host that cannot be led there.
    pub(super) fn admit(&self, seen: &Observed, host: &str) -> Result<()> {
        match self {
            Self::Backup(_) if seen.generation > 0 => {
                let cause = format!("host {host}: generation {} stands there already", seen.generation);
                let help = "restore on a fresh host; to give this one up, run `vc4all-deploy backup` and `vc4all-deploy destroy` on it first";
                Err(Advice::new(cause, help).into())
            }
            Self::Rotation(_) | Self::NewName(_) if seen.generation == 0 => {
                let cause = format!("host {host}: nothing is deployed there");
                Err(Advice::new(cause, "run `vc4all-deploy up` first").into())
            }
            Self::Inventory
            | Self::Rotation(_)
            | Self::NewName(_)
            | Self::Generation(_)
            | Self::Versions(_)
            | Self::Backup(_) => Ok(()),
        }
    }

    /// By what the host is judged once it is there: what is done once is not asked for again.
    pub(super) fn lasting(&self) -> &Self {
        match self {
            Self::Rotation(_) => &Self::Inventory,
            Self::Inventory | Self::NewName(_) | Self::Generation(_) | Self::Versions(_) | Self::Backup(_) => self,
        }
    }

    /// What is left to do on the operator's machine once the host is there.
    ///
    /// # Errors
    /// When it cannot be done; the message says what the operator has to do instead.
    pub(super) fn arrive(&self, terminal: &mut Terminal) -> Result<()> {
        match self {
            Self::Inventory | Self::Rotation(_) | Self::Generation(_) | Self::Versions(_) | Self::Backup(_) => Ok(()),
            Self::NewName(name) => name.write_down(terminal),
        }
    }

    /// The bytes of what the aim brings.
    pub(super) fn brought(&self, brought: &Brought) -> Result<Secret<Vec<u8>>> {
        match self {
            Self::Backup(contents) => backup::bytes(contents, brought),
            Self::Inventory | Self::Rotation(_) | Self::NewName(_) | Self::Generation(_) | Self::Versions(_) => {
                bail!("there is no backup to bring anything from")
            }
        }
    }
}
