//! Every log of the distribution is gone after the days that the privacy statement prints.

use super::Scene;
use super::claims::{access, directory, package_name, public_file, restart, running};
use super::retention::Keep;
use crate::model::resource::{File, Resource};
use anyhow::Result;
use serde::Serialize;

/// A logrotate file of the distribution that we write anew.
struct Rotation {
    /// Its name in `/etc/logrotate.d` and below `templates/logs/`.
    name: &'static str,
    /// The package that we install and that lays it down; the others are there from the start, or never.
    from: Option<&'static str>,
}

/// Whatever writes logs on a fresh Debian or Ubuntu, without Jitsi's own and without nginx.
const ROTATIONS: [Rotation; 9] = [
    Rotation { name: "alternatives", from: None },
    Rotation { name: "apt", from: None },
    Rotation { name: "btmp", from: Some("logrotate") },
    Rotation { name: "cloud-init", from: None },
    Rotation { name: "dpkg", from: None },
    Rotation { name: "rsyslog", from: None },
    Rotation { name: "unattended-upgrades", from: Some("unattended-upgrades") },
    Rotation { name: "wtmp", from: Some("logrotate") },
    Rotation { name: "wtmpdb", from: None },
];

/// The journal drops whole files: an entry may outlive `keep_hours` by the length of one file.
#[derive(Serialize)]
struct Journal {
    file_hours: u32,
    keep_hours: u32,
}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let mut wanted = vec![directory("/etc/systemd/journald.conf.d", access("root", "root", 0o755)?)?];
    wanted.push(Resource::File(journal(scene)?));
    for rotation in &ROTATIONS {
        let text = scene.renderer.text(&format!("logs/{}", rotation.name), &Keep::of(scene))?;
        let file = public_file(&format!("/etc/logrotate.d/{}", rotation.name), text)?;
        let from = rotation.from.map(package_name).transpose()?;
        wanted.push(Resource::File(File { from, ..file }));
    }
    wanted.push(running("systemd-journald.service", "systemd", Vec::new())?);
    wanted.push(running("logrotate.timer", "logrotate", Vec::new())?);
    Ok(wanted)
}

fn journal(scene: &Scene<'_>) -> Result<File> {
    let hours = u32::from(scene.deployment.retention.logs_days.max(1)) * 24;
    let file_hours = if hours > 24 { 24 } else { 6 };
    let scope = Journal { file_hours, keep_hours: hours - file_hours };
    let text = scene.renderer.text("logs/journald.conf", &scope)?;
    let file = public_file("/etc/systemd/journald.conf.d/vc4all.conf", text)?;
    Ok(File { wakes: vec![restart("systemd-journald.service")?], ..file })
}
