//! What the tests of renderings share: the deployments and what each release makes of them.

#![allow(dead_code)]

mod deployments;

use std::net::IpAddr;
use vc4all_deploy::components::{self, Scene};
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::digest::Digest;
use vc4all_deploy::model::program::{Build, Programs};
use vc4all_deploy::model::resource::{Claim, Content, File, Resource};
use vc4all_deploy::model::traits::{Architecture, Release, Traits};
use vc4all_deploy::model::values::Address;
use vc4all_deploy::render::Renderer;

pub(crate) use deployments::all as deployments;

/// What a fresh host of the release would be, as a dry run takes it.
pub(crate) fn fresh(deployment: &Deployment, release: Release) -> Traits {
    let mapped = deployment.media.nat.iter().map(|mapping| mapping.local);
    let address: Option<IpAddr> = match deployment.host.address {
        Address::Ip(ip) => Some(ip),
        Address::Name(_) => None,
    };
    let mut addresses: Vec<IpAddr> = mapped.chain(address).collect();
    addresses.sort();
    addresses.dedup();
    let ssh_ports = vec![deployment.host.port.unwrap_or(22)];
    Traits { release, architecture: Architecture::X86_64, memory_mib: deployment.host.memory_mib, addresses, ssh_ports }
}

/// Everything that a fresh host of the release should hold.
pub(crate) fn claims(renderer: &Renderer, deployment: &Deployment, release: Release) -> Vec<Claim> {
    claims_on(renderer, deployment, &fresh(deployment, release))
}

/// Everything that this host should hold.
pub(crate) fn claims_on(renderer: &Renderer, deployment: &Deployment, traits: &Traits) -> Vec<Claim> {
    components::claims(&Scene { deployment, traits, renderer, programs: &programs() }).unwrap()
}

/// A build for each architecture, the same on every machine that runs the tests.
pub(crate) fn programs() -> Programs {
    let build =
        |architecture: Architecture| Build { digest: Digest::of(architecture.word().as_bytes()), bytes: 4 << 20 };
    Architecture::BUILT.into_iter().map(|architecture| (architecture, build(architecture))).collect()
}

/// The files among the claims that hold text, with those of apt sources.
pub(crate) fn files(claims: &[Claim]) -> Vec<&File> {
    let file = |claim| match claim {
        &Claim { resource: Resource::File(ref file), .. } => Some(file),
        Claim { resource: Resource::Source(source), .. } => Some(&source.file),
        _ => None,
    };
    let text = |file: &&File| !matches!(file.content, Content::Program(_));
    claims.iter().filter_map(file).filter(text).collect()
}

/// The text of one file.
pub(crate) fn text<'a>(claims: &'a [Claim], path: &str) -> &'a str {
    let file = files(claims).into_iter().find(|file| file.path.as_str() == path);
    file.unwrap_or_else(|| panic!("no component writes {path}")).content.text()
}
