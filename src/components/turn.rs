//! coturn: our own STUN and TURN, which relays to our own bridge and to nobody else.

use super::Scene;
use super::claims::{package_name, public_file, restart, running, secret_file, unit_drop_in};
use super::network::reachable;
use crate::model::deployment::NatMapping;
use crate::model::ports;
use crate::model::resource::{File, Gate, Proof, Resource};
use crate::model::values::Domain;
use crate::render::fixed;
use anyhow::Result;
use serde::Serialize;
use std::net::IpAddr;

const UNIT: &str = "coturn.service";
const PACKAGE: &str = "coturn";
/// Allocations at one time; each takes one port of the relay range.
const TOTAL_QUOTA: u16 = 400;
/// Nobody but the allowed peers: both families as a whole, from the first address to the last.
const EVERYBODY: [&str; 2] = ["0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"];

#[derive(Serialize)]
struct Scope<'a> {
    host: &'a Domain,
    listening: Vec<IpAddr>,
    external: Vec<NatMapping>,
    stun_port: u16,
    turns_port: u16,
    relay_first: u16,
    relay_last: u16,
    total_quota: u16,
    peers: Vec<IpAddr>,
    denied: [&'static str; 2],
}

/// Everything of coturn.
///
/// The peers are the same with and without peer-to-peer: the other end of a relayed call is the bridge or another relay,
/// and both stand on the host's own addresses.
pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let reached = reachable(scene);
    let scope = Scope {
        host: &scene.deployment.domain,
        listening: reached.iter().map(|mapping| mapping.local).collect(),
        external: reached.iter().copied().filter(|mapping| mapping.local != mapping.public).collect(),
        stun_port: ports::TURN,
        turns_port: ports::TURN_TLS,
        relay_first: ports::RELAY_FIRST,
        relay_last: ports::RELAY_LAST,
        total_quota: TOTAL_QUOTA,
        peers: reached.iter().map(|mapping| mapping.public).collect(),
        denied: EVERYBODY,
    };
    let conf = secret_file("/etc/turnserver.conf", "turnserver", scene.renderer.text("turn/turnserver.conf", &scope)?)?;
    let mut all =
        vec![Resource::File(File { wakes: vec![restart(UNIT)?], from: Some(package_name(PACKAGE)?), ..conf })];
    let library = public_file("/etc/turnserver-openssl.cnf", fixed("turn/openssl.cnf")?.to_owned())?;
    all.push(Resource::File(File { wakes: vec![restart(UNIT)?], ..library }));
    all.extend(unit_drop_in(UNIT, fixed("turn/unit.conf")?, Some(Proof::Systemd))?);
    all.push(running(UNIT, PACKAGE, vec![Gate::Udp(ports::TURN), Gate::Tcp(ports::TURN_TLS)])?);
    Ok(all)
}
