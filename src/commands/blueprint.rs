//! An inventory with everything that follows from it without a host.

use super::{agents::Agents, overrides as folder};
use crate::components::{self, Scene};
use crate::inventory;
use crate::model::deployment::Deployment;
use crate::model::resource::Claim;
use crate::model::traits::{Architecture, Release, Traits};
use crate::observe::Questions;
use crate::overrides::{self, Override};
use crate::papers;
use crate::plan;
use crate::policy::{self, Offences, instance::Instance};
use crate::render::Renderer;
use anyhow::Result;
use std::net::IpAddr;
use std::path::Path;

/// A deployment, the templates that describe it, and the programs that it needs on the host.
pub(super) struct Blueprint {
    pub(super) deployment: Deployment,
    pub(super) agents: Agents,
    pub(super) renderer: Renderer,
    overrides: Vec<Override>,
}

impl Blueprint {
    /// Reads the inventory, for work that puts nothing on the host.
    pub(super) fn load(path: &Path) -> Result<Self> {
        Self::of(inventory::load(path)?)
    }

    /// What follows from a deployment, for work that puts nothing on the host.
    pub(super) fn of(deployment: Deployment) -> Result<Self> {
        let overrides = deployment.overrides.as_deref().map_or(Ok(Vec::new()), folder::read)?;
        let blueprint = Self { deployment, agents: Agents::default(), renderer: Renderer::new()?, overrides };
        if !blueprint.overrides.is_empty() {
            overrides::judge(&blueprint.overrides, &blueprint.on_all_releases(Self::ours)?)?;
            blueprint.refuse_early()?;
        }
        Ok(blueprint)
    }

    /// Reads the inventory, and finds the programs for the host: the named one, or those beside this program.
    pub(super) fn with_agents(path: &Path, named: Option<&Path>) -> Result<Self> {
        Self::load(path)?.finding_agents(named)
    }

    /// The same with the programs for the host: the named one, or those beside this program.
    pub(super) fn finding_agents(self, named: Option<&Path>) -> Result<Self> {
        Ok(Self { agents: Agents::find(named)?, ..self })
    }

    /// What a host with these traits should hold.
    ///
    /// # Errors
    /// When it names somebody foreign who is not on the egress list.
    pub(super) fn claims(&self, traits: &Traits) -> Result<Vec<Claim>> {
        let claims = self.unjudged(traits)?;
        self.judge(traits, &claims)?;
        Ok(claims)
    }

    /// Refuses what nobody has to see the host for, before any connection.
    fn refuse_early(&self) -> Result<()> {
        let declared = self.declared();
        match self.judge(&declared, &self.unjudged(&declared)?).map_err(Offences::by_name) {
            Err(Some(offences)) => Err(offences.into()),
            Ok(()) | Err(None) => Ok(()),
        }
    }

    fn judge(&self, traits: &Traits, claims: &[Claim]) -> Result<(), Offences> {
        let instance = Instance::of(&self.deployment, traits);
        let list = papers::egress::list(&self.deployment, traits.release);
        policy::check(&instance, &list, policy::pages(claims))
            .map_err(|offences| self.at_their_origin(offences, claims))
    }

    /// The same with the operator's own files in the place of the host's.
    fn at_their_origin(&self, offences: Offences, claims: &[Claim]) -> Offences {
        let origins = overrides::origins(claims, &self.overrides);
        offences.moved(|path, line| {
            let origin = origins.get(path).filter(|origin| line > origin.before)?;
            Some((origin.shown.clone(), line - origin.before))
        })
    }

    /// The claims with the operator's own files in them.
    fn unjudged(&self, traits: &Traits) -> Result<Vec<Claim>> {
        let claims = overrides::apply(self.ours(traits)?, &self.overrides);
        plan::check(&claims)?;
        Ok(claims)
    }

    /// The claims as our templates have them.
    fn ours(&self, traits: &Traits) -> Result<Vec<Claim>> {
        let (deployment, renderer, programs) = (&self.deployment, &self.renderer, &self.agents.programs);
        components::claims(&Scene { deployment, traits, renderer, programs })
    }

    fn on_all_releases(&self, claims: fn(&Self, &Traits) -> Result<Vec<Claim>>) -> Result<Vec<Claim>> {
        let mut all = Vec::new();
        for release in Release::ALL {
            all.extend(claims(self, &Traits { release, ..self.declared() })?);
        }
        Ok(all)
    }

    /// What to ask a host whose release is not known yet: everything that matters on any release.
    pub(super) fn questions(&self) -> Result<Questions> {
        Ok(Questions::about(&self.deployment.domain, &self.on_all_releases(Self::unjudged)?))
    }

    /// The host as the inventory declares it, for a look without a connection.
    pub(super) fn declared(&self) -> Traits {
        let host = &self.deployment.host;
        let mapped = self.deployment.media.nat.iter().map(|mapping| mapping.local);
        let address: Option<IpAddr> = host.address.to_string().parse().ok();
        let mut addresses: Vec<IpAddr> = mapped.chain(address).collect();
        addresses.sort();
        addresses.dedup();
        Traits {
            release: host.release,
            architecture: Architecture::X86_64,
            memory_mib: host.memory_mib,
            addresses,
            ssh_ports: vec![host.port.unwrap_or(22)],
        }
    }
}
