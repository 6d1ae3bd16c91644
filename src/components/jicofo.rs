//! Jicofo, the focus: begins meetings and invites people into the bridge.

use super::claims::running;
use super::jitsi::Daemon;
use super::xmpp::XmppNames;
use super::{Scene, heaps};
use crate::model::resource::{Gate, Resource};
use crate::model::values::Domain;
use anyhow::Result;
use serde::Serialize;

const DAEMON: Daemon =
    Daemon { package: "jicofo", user: "jicofo", unit: "jicofo.service", folder: "jicofo", rotation: "jicofo" };

#[derive(Serialize)]
struct ConfScope<'a> {
    host: &'a Domain,
    auth: &'a Domain,
    conference: &'a Domain,
    focus: &'a Domain,
    brewery: String,
    participants: u16,
}

#[derive(Serialize)]
struct ConfigScope<'a> {
    host: &'a Domain,
    auth: &'a Domain,
    heap: String,
}

/// Everything of Jicofo.
pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let names = XmppNames::below(&scene.deployment.domain);
    let conf = ConfScope {
        host: &names.host,
        auth: &names.auth,
        conference: &names.conference,
        focus: &names.focus_component,
        brewery: names.brewery_room(),
        participants: scene.deployment.media.participants,
    };
    let config = ConfigScope { host: &names.host, auth: &names.auth, heap: heaps::jicofo(scene.traits.memory_mib) };
    let mut all = DAEMON.surroundings(scene)?;
    all.push(DAEMON.secret_file("jicofo.conf", scene.renderer.text("jicofo/jicofo.conf", &conf)?)?);
    all.push(DAEMON.secret_file("config", scene.renderer.text("jicofo/config", &config)?)?);
    // Its own health wants a bridge, which starts after it: the bridge's unit asks for that.
    all.push(running(DAEMON.unit, DAEMON.package, vec![Gate::Tcp(8888)])?);
    Ok(all)
}
