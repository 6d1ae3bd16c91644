//! The bridge (JVB): receives everybody's sound and pictures and passes them on.

use super::claims::running;
use super::jitsi::Daemon;
use super::xmpp::XmppNames;
use super::{Scene, heaps};
use crate::model::deployment::NatMapping;
use crate::model::digest::Digest;
use crate::model::ports;
use crate::model::reach::is_private;
use crate::model::resource::{Gate, Resource};
use crate::model::values::Domain;
use anyhow::Result;
use serde::Serialize;
use std::net::IpAddr;

const DAEMON: Daemon = Daemon {
    package: "jitsi-videobridge2",
    user: "jvb",
    unit: "jitsi-videobridge2.service",
    folder: "videobridge",
    rotation: "jitsi-videobridge",
};

#[derive(Serialize)]
struct ConfScope<'a> {
    auth: &'a Domain,
    brewery: String,
    nickname: String,
    media_port: u16,
    private_network: bool,
    public_network: bool,
    mappings: Vec<Mapping>,
}

#[derive(Serialize)]
struct Mapping {
    local: IpAddr,
    public: IpAddr,
    name: String,
}

#[derive(Serialize)]
struct ConfigScope {
    heap: String,
}

/// Everything of the bridge.
pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let names = XmppNames::below(&scene.deployment.domain);
    let nat = &scene.deployment.media.nat;
    let private_network = nat.iter().any(|mapping| is_private(mapping.public));
    let conf = ConfScope {
        auth: &names.auth,
        brewery: names.brewery_room(),
        nickname: nickname(&scene.deployment.domain),
        media_port: ports::MEDIA,
        private_network,
        public_network: !private_network,
        mappings: nat.iter().filter(|mapping| mapping.local != mapping.public).enumerate().map(mapping).collect(),
    };
    let config = ConfigScope { heap: heaps::videobridge(scene.traits.memory_mib) };
    let mut all = DAEMON.surroundings(scene)?;
    all.push(DAEMON.secret_file("jvb.conf", scene.renderer.text("videobridge/jvb.conf", &conf)?)?);
    all.push(DAEMON.open_file("config", scene.renderer.text("videobridge/config", &config)?)?);
    let gates =
        vec![Gate::Http(8080, "about/health".into()), Gate::Udp(ports::MEDIA), Gate::Http(8888, "about/health".into())];
    all.push(running(DAEMON.unit, DAEMON.package, gates)?);
    Ok(all)
}

/// Every bridge needs a name of its own that stays; this one follows from the domain and tells nothing.
fn nickname(domain: &Domain) -> String {
    let digest = Digest::of(domain.as_str().as_bytes());
    format!("jvb-{}", digest.as_str().get(..12).unwrap_or_default())
}

fn mapping((index, mapping): (usize, &NatMapping)) -> Mapping {
    Mapping { local: mapping.local, public: mapping.public, name: format!("nat{}", index + 1) }
}
