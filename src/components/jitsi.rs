//! What Jicofo and the bridge have in common: the places of their files, quiet logs, a drop-in for the unit.

use super::Scene;
use super::claims::{access, directory, package_name, public_file, restart, unit_drop_in};
use super::retention::Keep;
use crate::model::names::HostPath;
use crate::model::resource::{Access, Content, File, Resource, Wording};
use crate::render::fixed;
use anyhow::Result;

/// One of Jitsi's two daemons.
pub(super) struct Daemon {
    /// Its package.
    pub(super) package: &'static str,
    /// Its user; the group is `jitsi`.
    pub(super) user: &'static str,
    /// Its unit.
    pub(super) unit: &'static str,
    /// Its folder below `/etc/jitsi`, and below `templates/`.
    pub(super) folder: &'static str,
    /// Its rotation of logs in `/etc/logrotate.d`, as the package calls it.
    pub(super) rotation: &'static str,
}

impl Daemon {
    /// The folder, the quiet logs and the limits.
    pub(super) fn surroundings(&self, scene: &Scene<'_>) -> Result<Vec<Resource>> {
        let levels = fixed(&format!("{}/logging.properties", self.folder))?;
        let rotation = scene.renderer.text(&format!("{}/logrotate", self.folder), &Keep::of(scene))?;
        let rotation = public_file(&format!("/etc/logrotate.d/{}", self.rotation), rotation)?;
        let mut all = vec![
            directory("/etc/jitsi", access("root", "root", 0o755)?)?,
            directory(&format!("/etc/jitsi/{}", self.folder), self.access(0o750)?)?,
            Resource::File(self.file("logging.properties", 0o644, Content::Plain(levels.to_owned()))?),
            Resource::File(File { from: Some(package_name(self.package)?), ..rotation }),
        ];
        all.extend(unit_drop_in(self.unit, fixed(&format!("{}/unit.conf", self.folder))?, None)?);
        Ok(all)
    }

    /// A file with passwords, which nobody but the daemon reads.
    pub(super) fn secret_file(&self, name: &str, text: String) -> Result<Resource> {
        Ok(Resource::File(self.file(name, 0o600, Content::WithSecrets(text))?))
    }

    /// A file without passwords.
    pub(super) fn open_file(&self, name: &str, text: String) -> Result<Resource> {
        Ok(Resource::File(self.file(name, 0o644, Content::Plain(text))?))
    }

    fn file(&self, name: &str, mode: u32, content: Content) -> Result<File> {
        Ok(File {
            path: HostPath::new(format!("/etc/jitsi/{}/{name}", self.folder))?,
            access: self.access(mode)?,
            content,
            proof: None,
            wakes: vec![restart(self.unit)?],
            from: Some(package_name(self.package)?),
            wording: Wording::Ours,
        })
    }

    /// The package's script gives the whole folder to the daemon's user each time, so that is whose it is.
    fn access(&self, mode: u32) -> Result<Access> {
        access(self.user, "jitsi", mode)
    }
}
