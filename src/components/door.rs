//! The door: where meeting hosts log in, and what it takes to run it.

use super::Scene;
use super::claims::{access, directory, public_file, restart};
use crate::model::deployment::{Language, MeetingHost, MeetingHosts, SecondFactor};
use crate::model::names::{LoginName, UnitName};
use crate::model::resource::{File, Proof, Refresh, Resource, Roster, Unit, UnitState, Wake};
use crate::render::fixed;
use anyhow::{Context as _, Result};
use serde::Serialize;
use std::collections::BTreeMap;

const SOCKET: &str = "vc4all-door.socket";
pub(super) const SERVICE: &str = "vc4all-door.service";

/// `/etc/vc4all/door.json`, as the door reads it.
#[derive(Serialize)]
struct Settings<'a> {
    domain: &'a str,
    operator: &'a str,
    languages: &'a [Language],
    second_factor: SecondFactor,
    token_minutes: u16,
    room_name_bits: u16,
    /// How the meeting hosts of the inventory are called; the accounts themselves know the names of all others.
    names: BTreeMap<&'a LoginName, &'a str>,
}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let MeetingHosts::Accounts { listed } = &scene.deployment.access.meeting_hosts else { return closed() };
    let mut all = vec![
        directory("/etc/vc4all", access("root", "root", 0o755)?)?,
        settings(scene, listed.as_deref().unwrap_or_default())?,
        unit_file(SOCKET, "agent/door.socket")?,
        unit_file(SERVICE, "agent/door.service")?,
    ];
    for name in [SOCKET, SERVICE] {
        let name = UnitName::new(name)?;
        // The service says itself when it is ready (sd_notify(3)), so its start is the sign of health.
        all.push(Resource::Unit(Unit { name, state: UnitState::Running, gates: Vec::new(), from: None }));
    }
    if let Some(listed) = listed {
        all.push(Resource::Roster(Roster { hosts: listed.clone() }));
    }
    Ok(all)
}

/// Where meeting hosts log in elsewhere, nobody has an account here: what an earlier choice left behind ends.
fn closed() -> Result<Vec<Resource>> {
    let stopped = |name| -> Result<Resource> {
        Ok(Resource::Unit(Unit {
            name: UnitName::new(name)?,
            state: UnitState::Stopped,
            gates: Vec::new(),
            from: None,
        }))
    };
    Ok(vec![stopped(SOCKET)?, stopped(SERVICE)?, Resource::Roster(Roster { hosts: Vec::new() })])
}

fn settings(scene: &Scene<'_>, listed: &[MeetingHost]) -> Result<Resource> {
    let deployment = scene.deployment;
    let settings = Settings {
        domain: deployment.domain.as_str(),
        operator: deployment.operator.name.as_str(),
        languages: &deployment.languages,
        second_factor: deployment.access.second_factor,
        token_minutes: deployment.access.token_minutes,
        room_name_bits: deployment.access.room_name_bits,
        names: listed.iter().map(|host| (&host.account, host.name.as_str())).collect(),
    };
    let text = serde_json::to_string_pretty(&settings).context("write the door's settings")? + "\n";
    let file = public_file("/etc/vc4all/door.json", text)?;
    Ok(Resource::File(File { wakes: vec![restart(SERVICE)?], ..file }))
}

fn unit_file(name: &str, template: &str) -> Result<Resource> {
    let file = public_file(&format!("/etc/systemd/system/{name}"), fixed(template)?.to_owned())?;
    let wakes = vec![Wake::Refresh(Refresh::Systemd), restart(name)?];
    Ok(Resource::File(File { proof: Some(Proof::Systemd), wakes, ..file }))
}
