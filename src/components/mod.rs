//! Turns a deployment into the resources that a host should hold; one file a component.

mod agent;
mod base;
mod claims;
mod door;
mod firewall;
mod heaps;
mod hook;
mod identity;
mod jicofo;
mod jitsi;
mod landing;
mod logs;
mod network;
mod nginx;
mod packages;
mod papers;
mod prosody;
mod published;
mod renewal;
mod retention;
mod security;
mod source;
mod tokens;
mod turn;
mod updates;
mod videobridge;
mod web;
mod xmpp;

use crate::model::deployment::Deployment;
use crate::model::names::ComponentName;
use crate::model::program::Programs;
use crate::model::resource::{Claim, Resource};
use crate::model::traits::Traits;
use crate::render::Renderer;
use anyhow::{Context as _, Result};

/// What a component sees: the deployment, what the host is, and the templates.
pub struct Scene<'a> {
    /// What a person decided.
    pub deployment: &'a Deployment,
    /// What the host is.
    pub traits: &'a Traits,
    /// The templates.
    pub renderer: &'a Renderer,
    /// The builds of our program for hosts.
    pub programs: &'a Programs,
}

/// A component's name and what it wants.
pub type Component = (&'static str, fn(&Scene<'_>) -> Result<Vec<Resource>>);

/// All components in the order in which their resources come into force.
pub const ALL: &[Component] = &[
    ("base", base::resources),
    ("logs", logs::resources),
    ("updates", updates::resources),
    ("firewall", firewall::resources),
    ("source", source::resources),
    ("packages", packages::resources),
    ("prosody", prosody::resources),
    ("jicofo", jicofo::resources),
    ("videobridge", videobridge::resources),
    ("turn", turn::resources),
    ("agent", agent::resources),
    ("door", door::resources),
    ("hook", hook::resources),
    ("nginx", nginx::resources),
    ("renewal", renewal::resources),
    ("web", web::resources),
    ("landing", landing::resources),
    ("identity", identity::resources),
    ("papers", papers::resources),
    ("published", published::resources),
    ("security", security::resources),
];

/// Everything that the host should hold; what two components want alike stands there once.
///
/// # Errors
/// When a template cannot be rendered; the message names the component.
pub fn claims(scene: &Scene<'_>) -> Result<Vec<Claim>> {
    let mut claims: Vec<Claim> = Vec::new();
    for (name, resources) in ALL {
        let component = ComponentName::new(*name)?;
        for resource in resources(scene).with_context(|| format!("component {name}"))? {
            if !claims.iter().any(|claim| claim.resource == resource) {
                claims.push(Claim { component: component.clone(), resource });
            }
        }
    }
    Ok(claims)
}
