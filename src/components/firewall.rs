//! The firewall: what the servers need is open, and SSH always.

use super::Scene;
use super::claims::{access, directory, package, package_name, public_file, reload, running};
use crate::model::ports;
use crate::model::resource::{File, InstallStage, Proof, Refresh, Resource, Wake};
use anyhow::Result;
use serde::Serialize;

/// What the template sees.
#[derive(Serialize)]
struct Openings<'a> {
    ssh: &'a [u16],
    web: [u16; 3],
    datagrams: [u16; 2],
    relay_first: u16,
    relay_last: u16,
}

#[derive(Serialize)]
struct Nothing {}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let openings = Openings {
        ssh: &scene.traits.ssh_ports,
        web: [ports::HTTP, ports::HTTPS, ports::TURN_TLS],
        datagrams: [ports::TURN, ports::MEDIA],
        relay_first: ports::RELAY_FIRST,
        relay_last: ports::RELAY_LAST,
    };
    let rules = public_file("/etc/nftables.conf", scene.renderer.text("firewall/nftables.conf", &openings)?)?;
    let drop_in = scene.renderer.text("firewall/nftables.service", &Nothing {})?;
    let drop_in = public_file("/etc/systemd/system/nftables.service.d/vc4all.conf", drop_in)?;
    Ok(vec![
        package("nftables", InstallStage::Base)?,
        directory("/etc/systemd/system/nftables.service.d", access("root", "root", 0o755)?)?,
        Resource::File(File { proof: Some(Proof::Systemd), wakes: vec![Wake::Refresh(Refresh::Systemd)], ..drop_in }),
        Resource::File(File {
            proof: Some(Proof::Nftables),
            wakes: vec![reload("nftables.service")?],
            from: Some(package_name("nftables")?),
            ..rules
        }),
        running("nftables.service", "nftables", Vec::new())?,
    ])
}
