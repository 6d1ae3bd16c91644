//! Our own program on the host: it renews the certificate on every host, and serves the door where there is one.

use super::Scene;
use super::claims::{access, directory, restart};
use crate::model::deployment::MeetingHosts;
use crate::model::names::HostPath;
use crate::model::program::{PATH, Program};
use crate::model::resource::{Content, File, Resource, Wording};
use anyhow::Result;

/// Our programs, and the folder that they stand in; both are open for everybody to read.
const FOLDERS: [&str; 2] = ["/usr/local/lib/vc4all", "/usr/local/lib/vc4all/bin"];

/// A renewal begins with the program that stands there then, so only what runs all the time has to notice a new one.
pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let architecture = scene.traits.architecture;
    let build = scene.programs.get(&architecture).cloned();
    let wakes = match scene.deployment.access.meeting_hosts {
        MeetingHosts::Accounts { .. } => vec![restart(super::door::SERVICE)?],
        MeetingHosts::Oidc(_) | MeetingHosts::Jwt(_) => Vec::new(),
    };
    let mut all = Vec::new();
    for folder in FOLDERS {
        all.push(directory(folder, access("root", "root", 0o755)?)?);
    }
    all.push(Resource::File(File {
        path: HostPath::new(PATH)?,
        access: access("root", "root", 0o755)?,
        content: Content::Program(Program { architecture, build }),
        proof: None,
        wakes,
        from: None,
        wording: Wording::Ours,
    }));
    Ok(all)
}
