//! Jitsi's web client: every value that keeps a call inside the house.

use super::Scene;
use super::claims::{access, directory, public_file};
use super::identity;
use crate::model::deployment::{Deployment, PeerToPeer};
use crate::model::ports;
use crate::model::resource::Resource;
use anyhow::Result;
use serde::Serialize;

/// A STUN server as the browser wants it (W3C WebRTC, `RTCIceServer`).
#[derive(Serialize)]
struct IceServer {
    urls: String,
}

/// What the templates see.
#[derive(Serialize)]
struct Client<'a> {
    domain: &'a str,
    guests: String,
    rooms: String,
    bosh: String,
    websocket: String,
    peer_to_peer: bool,
    /// Never missing: without the list the client asks a server of Jitsi's makers (lib-jitsi-meet, `DEFAULT_STUN_SERVERS`).
    stun: Vec<IceServer>,
    language: &'static str,
    home: String,
    privacy: String,
    security: String,
    operator: &'a str,
    /// Where a meeting host logs in; the client fills in `{room}`, `{state}` and `{code_challenge}` (jitsi-meet,
    /// `getTokenAuthUrl`).
    login: Option<String>,
    /// Where a meeting host logs out.
    logout: Option<String>,
}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let client = client(scene.deployment);
    let mut wanted = vec![directory("/etc/jitsi/meet", access("root", "root", 0o755)?)?];
    for name in ["config.js", "interface_config.js", "manifest.json"] {
        let text = scene.renderer.text(&format!("web/{name}"), &client)?;
        wanted.push(Resource::File(public_file(&format!("/etc/jitsi/meet/{}-{name}", client.domain), text)?));
    }
    Ok(wanted)
}

fn client(deployment: &Deployment) -> Client<'_> {
    let domain = deployment.domain.as_str();
    Client {
        domain,
        guests: format!("guest.{domain}"),
        rooms: format!("conference.{domain}"),
        bosh: format!("https://{domain}/http-bind"),
        websocket: format!("wss://{domain}/xmpp-websocket"),
        peer_to_peer: deployment.media.peer_to_peer == PeerToPeer::On,
        stun: stun(deployment),
        language: deployment.languages.first().map_or("nl", |language| language.code()),
        home: format!("https://{domain}/"),
        privacy: format!("https://{domain}/privacy"),
        security: format!("https://{domain}/.well-known/security.txt"),
        operator: deployment.operator.name.as_str(),
        login: identity::login(deployment),
        logout: identity::logout(deployment),
    }
}

/// Our own server first, then those that the operator named.
fn stun(deployment: &Deployment) -> Vec<IceServer> {
    let own = format!("stun:{}:{}", deployment.domain, ports::TURN);
    let foreign = deployment.media.stun.iter().map(|stun| stun.server.to_string());
    std::iter::once(own).chain(foreign).map(|urls| IceServer { urls }).collect()
}
