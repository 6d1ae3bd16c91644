//! A connection to the deployment's host, and a plan from a look at it.

use super::aim::Aim;
use super::blueprint::Blueprint;
use super::certify;
use super::orphans;
use super::terminal::Terminal;
use crate::model::agreed::Agreed;
use crate::model::objection::{Objection, Weight};
use crate::model::observed::Observed;
use crate::model::plan::{Change, Plan};
use crate::model::resource::Claim;
use crate::observe::{Questions, observe};
use crate::plan;
use crate::remote::Remote;
use crate::remote::ssh::{self, Ssh};
use crate::remote::{SshConfig, Target};
use crate::view;
use anyhow::{Result, ensure};
use std::path::Path;

/// The host as it was seen, and what follows.
pub(super) struct Session<'a> {
    pub(super) blueprint: &'a Blueprint,
    pub(super) aim: &'a Aim,
    pub(super) remote: Ssh,
    pub(super) questions: Questions,
    pub(super) seen: Observed,
    /// What the host is to hold when all is done; the generation keeps it.
    pub(super) wanted: Vec<Claim>,
    /// The same, and what has to go.
    pub(super) claims: Vec<Claim>,
    pub(super) plan: Plan,
}

impl<'a> Session<'a> {
    /// Connects, looks, and plans what the inventory says.
    pub(super) fn open(blueprint: &'a Blueprint, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Self> {
        Self::towards(blueprint, &Aim::Inventory, ssh_config, terminal)
    }

    /// Connects, looks, and plans the way to an aim.
    pub(super) fn towards(
        blueprint: &'a Blueprint,
        aim: &'a Aim,
        ssh_config: Option<&Path>,
        terminal: &mut Terminal,
    ) -> Result<Self> {
        let questions = aim.questions(blueprint)?;
        let remote = connect(blueprint, ssh_config, terminal)?;
        let session = Self::look(blueprint, aim, remote, questions)?;
        aim.admit(&session.seen, session.remote.host())?;
        Ok(session)
    }

    /// The same connection, and a new look.
    pub(super) fn again(self) -> Result<Self> {
        Self::look(self.blueprint, self.aim.lasting(), self.remote, self.questions)
    }

    fn look(blueprint: &'a Blueprint, aim: &'a Aim, mut remote: Ssh, questions: Questions) -> Result<Self> {
        let mut seen = observe(&mut remote, &questions)?;
        let wanted = aim.claims(blueprint, &seen.traits)?;
        let orphans = orphans::find(&mut remote, &wanted, &seen)?;
        let asked = questions.clone();
        let questions = questions.and(&orphans);
        if questions != asked {
            let first = std::mem::replace(&mut seen, observe(&mut remote, &questions)?);
            ensure!(first.generation == seen.generation, orphans::moved(remote.host()));
        }
        let claims: Vec<Claim> = wanted.iter().cloned().chain(orphans).collect();
        seen.holdings = aim.holdings(&mut remote)?;
        let plan = aim.plan(blueprint, &claims, &seen);
        Ok(Self { blueprint, aim, remote, questions, seen, wanted, claims, plan })
    }

    /// Looks again after the authority's part of the plan; says whether the rest of it is what it was.
    pub(super) fn is_still_planned(&mut self) -> Result<bool> {
        let seen = observe(&mut self.remote, &self.questions)?;
        let seen = Observed { holdings: self.seen.holdings.clone(), ..seen };
        let plan = self.aim.plan(self.blueprint, &self.claims, &seen);
        let same = on_host(&plan).eq(on_host(&self.plan));
        if same {
            (self.plan.based_on, self.seen) = (plan.based_on, seen);
        }
        Ok(same)
    }

    /// Whether there is something to change, or something to restore after work that ended in the middle.
    pub(super) fn has_work(&self) -> bool {
        !self.plan.is_empty() || self.seen.broken_run
    }

    /// What speaks against the plan, as data; nothing where there is nothing to do.
    pub(super) fn objections(&self, agreed: Agreed) -> Vec<Objection> {
        if !self.has_work() {
            return Vec::new();
        }
        let (deployment, claims) = (&self.blueprint.deployment, &self.claims);
        let seen = &self.aim.expected(claims, &self.seen);
        let mut found = plan::objections(&plan::Case { deployment, claims, plan: &self.plan, seen, agreed });
        // What restores half-done work issues nothing.
        if !self.seen.broken_run {
            found.extend(certify::objection(&self.plan));
            found.sort_by_key(|objection| objection.weight);
        }
        found
    }

    /// Shows what speaks against the plan; says no when it must not be applied.
    pub(super) fn is_applicable(&self, agreed: Agreed, terminal: &mut Terminal) -> bool {
        let objections = self.objections(agreed);
        let text = view::objection::text(&objections, terminal.error_colour);
        if !text.is_empty() {
            terminal.note(text.trim_end());
        }
        let stops = objections.iter().any(|objection| objection.weight == Weight::Stops);
        if stops {
            terminal.note(&format!("host {}: nothing was changed", self.remote.host()));
        }
        !stops
    }
}

/// What the script on the host does.
fn on_host(plan: &Plan) -> impl Iterator<Item = &Change> {
    plan.changes.iter().filter(|change| !change.action.is_apart())
}

/// Connects to the deployment's host.
pub(super) fn connect(blueprint: &Blueprint, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Ssh> {
    let config = match ssh_config {
        Some(path) => SshConfig::file(path)?,
        None => SshConfig::of_person()?,
    };
    let target = Target::new(&blueprint.deployment.host, &config)?;
    Ok(ssh::connect(&target, terminal)?)
}
