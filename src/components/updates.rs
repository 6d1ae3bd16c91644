//! Security updates of the distribution install themselves, or are left to a person.

use super::Scene;
use super::claims::{package, package_name, public_file, running};
use crate::model::deployment::SecurityUpdates;
use crate::model::resource::{File, InstallStage, Resource};
use crate::model::traits::Release;
use anyhow::Result;
use serde::Serialize;

/// What the template sees.
#[derive(Serialize)]
struct Policy {
    automatic: bool,
    ubuntu: bool,
    /// Local time `HH:MM`, empty where the host never restarts itself.
    reboot_at: String,
}

const NAME: &str = "unattended-upgrades";

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let updates = &scene.deployment.updates;
    let policy = Policy {
        automatic: updates.security == SecurityUpdates::Automatic,
        ubuntu: matches!(scene.traits.release, Release::Ubuntu2404),
        reboot_at: updates.reboot_window.map_or(String::new(), |at| format!("{:02}:{:02}", at.hour, at.minute)),
    };
    let file = |name: &str, path: &str| -> Result<Resource> {
        let text = scene.renderer.text(name, &policy)?;
        Ok(Resource::File(File { from: Some(package_name(NAME)?), ..public_file(path, text)? }))
    };
    let mut wanted = vec![file("updates/periodic", "/etc/apt/apt.conf.d/20auto-upgrades")?];
    if policy.automatic {
        wanted.insert(0, package(NAME, InstallStage::Base)?);
        wanted.push(file("updates/unattended", "/etc/apt/apt.conf.d/52vc4all-unattended-upgrades")?);
        // Lets an update that is at work finish when the host is shut down; the package starts it at the next boot alone.
        wanted.push(running("unattended-upgrades.service", NAME, Vec::new())?);
        wanted.push(running("apt-daily.timer", "apt", Vec::new())?);
        wanted.push(running("apt-daily-upgrade.timer", "apt", Vec::new())?);
    }
    Ok(wanted)
}
