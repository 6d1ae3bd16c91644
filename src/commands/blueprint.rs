//! An inventory with everything that follows from it without a host.

use super::agents::Agents;
use crate::components::{self, Scene};
use crate::inventory;
use crate::model::deployment::Deployment;
use crate::model::resource::Claim;
use crate::model::traits::{Architecture, Release, Traits};
use crate::observe::Questions;
use crate::papers;
use crate::plan;
use crate::policy::{self, instance::Instance};
use crate::render::Renderer;
use anyhow::Result;
use std::net::IpAddr;
use std::path::Path;

/// A deployment, the templates that describe it, and the programs that it needs on the host.
pub(super) struct Blueprint {
    pub(super) deployment: Deployment,
    pub(super) agents: Agents,
    pub(super) renderer: Renderer,
}

impl Blueprint {
    /// Reads the inventory, for work that puts nothing on the host.
    pub(super) fn load(path: &Path) -> Result<Self> {
        Ok(Self { deployment: inventory::load(path)?, agents: Agents::default(), renderer: Renderer::new()? })
    }

    /// Reads the inventory, and finds the programs for the host: the named one, or those beside this program.
    pub(super) fn with_agents(path: &Path, named: Option<&Path>) -> Result<Self> {
        let blueprint = Self::load(path)?;
        Ok(Self { agents: Agents::find(named)?, ..blueprint })
    }

    /// What a host with these traits should hold.
    pub(super) fn claims(&self, traits: &Traits) -> Result<Vec<Claim>> {
        let scene =
            Scene { deployment: &self.deployment, traits, renderer: &self.renderer, programs: &self.agents.programs };
        let claims = components::claims(&scene)?;
        plan::check(&claims)?;
        self.refuse_strangers(traits, &claims)?;
        Ok(claims)
    }

    /// Nobody foreign may be named who is not on the egress list.
    fn refuse_strangers(&self, traits: &Traits, claims: &[Claim]) -> Result<()> {
        let instance = Instance::of(&self.deployment, traits);
        let list = papers::egress::list(&self.deployment, traits.release);
        Ok(policy::check(&instance, &list, policy::pages(claims))?)
    }

    /// What to ask a host whose release is not known yet: everything that matters on any release.
    pub(super) fn questions(&self) -> Result<Questions> {
        let mut claims = Vec::new();
        for release in Release::ALL {
            claims.extend(self.claims(&Traits { release, ..self.declared() })?);
        }
        Ok(Questions::about(&self.deployment.domain, &claims))
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
