//! The ground that everything stands on: folders, kernel settings, limits and the clock.

use super::Scene;
use super::claims::{access, directory, package, public_file};
use crate::model::resource::{File, InstallStage, Refresh, Resource, Wake};
use crate::papers::time::{TIME_SERVERS, TimeServer};
use anyhow::Result;
use serde::Serialize;

/// Small packages that the other components and the work on the host rely on.
const PACKAGES: [&str; 6] = ["ca-certificates", "iproute2", "logrotate", "openssl", "procps", "systemd-timesyncd"];

/// Folders with their modes. `/var/lib/vc4all` itself is made, open for passing through, before the first look of a run.
const FOLDERS: [(&str, u32); 9] = [
    ("/etc/vc4all", 0o755),
    ("/etc/vc4all/secrets", 0o700),
    ("/etc/systemd/system.conf.d", 0o755),
    ("/etc/systemd/timesyncd.conf.d", 0o755),
    ("/usr/local/share/vc4all", 0o755),
    ("/usr/local/share/vc4all/www", 0o755),
    ("/var/lib/vc4all/acme", 0o755),
    ("/var/lib/vc4all/acme/.well-known", 0o755),
    ("/var/lib/vc4all/acme/.well-known/acme-challenge", 0o755),
];

#[derive(Serialize)]
struct Clock {
    servers: [TimeServer; 3],
}

#[derive(Serialize)]
struct Nothing {}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let mut wanted = Vec::new();
    for name in PACKAGES {
        wanted.push(package(name, InstallStage::Base)?);
    }
    for (path, mode) in FOLDERS {
        wanted.push(directory(path, access("root", "root", mode)?)?);
    }
    wanted.extend(kernel_and_limits(scene)?.map(Resource::File));
    wanted.push(Resource::File(clock(scene)?));
    Ok(wanted)
}

fn kernel_and_limits(scene: &Scene<'_>) -> Result<[File; 3]> {
    let text = |name: &str| scene.renderer.text(name, &Nothing {});
    let sysctl = public_file("/etc/sysctl.d/90-vc4all.conf", text("base/sysctl.conf")?)?;
    let manager = public_file("/etc/systemd/system.conf.d/vc4all.conf", text("base/system.conf")?)?;
    let limits = public_file("/etc/security/limits.d/vc4all.conf", text("base/limits.conf")?)?;
    Ok([
        File { wakes: vec![Wake::Refresh(Refresh::Sysctl)], ..sysctl },
        File { wakes: vec![Wake::Refresh(Refresh::Systemd)], ..manager },
        limits,
    ])
}

fn clock(scene: &Scene<'_>) -> Result<File> {
    let text = scene.renderer.text("base/timesyncd.conf", &Clock { servers: TIME_SERVERS })?;
    let file = public_file("/etc/systemd/timesyncd.conf.d/vc4all.conf", text)?;
    Ok(File { wakes: vec![Wake::Refresh(Refresh::Clock)], ..file })
}
