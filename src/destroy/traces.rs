//! What no manifest names: our own folders, and what packages of ours wrote while they ran and a purge may leave.

use crate::model::names::{HostPath, PackageName};
use crate::model::renewal::units;
use anyhow::Result;
use std::collections::BTreeSet;

/// Our own folders, apart from `/var/lib/vc4all` itself, which goes last; and the timer's stamp.
const OURS: [&str; 5] =
    ["/etc/vc4all", "/run/vc4all", "/var/lib/private/vc4all-door", units::STAMP, "/var/lib/vc4all-door"];

/// The folder with manifest, generations, certificates, keys and the accounts at certificate authorities.
pub(super) const STATE: &str = "/var/lib/vc4all";

/// A package, and what it writes that is not in it: data of people and logs.
const WRITTEN: [(&str, &str); 13] = [
    ("coturn", "/var/lib/turn"),
    ("coturn", "/var/log/coturn"),
    ("coturn", "/var/log/turnserver"),
    ("jicofo", "/run/jicofo.pid"),
    ("jicofo", "/var/log/jitsi"),
    ("jitsi-videobridge2", "/run/jitsi-videobridge"),
    ("jitsi-videobridge2", "/var/log/jitsi"),
    ("nginx", "/var/lib/nginx"),
    ("nginx", "/var/log/nginx"),
    ("prosody", "/run/prosody"),
    ("prosody", "/var/lib/prosody"),
    ("prosody", "/var/log/prosody"),
    ("unattended-upgrades", "/var/log/unattended-upgrades"),
];

/// The page that nginx's own script lays down (nginx-common, postinst); dpkg then takes its folder.
const PAGE: (&str, &str) = ("nginx", "/var/www/html/index.nginx-debian.html");

/// Folders that a package's script makes, or that dpkg leaves because a folder of ours was in them; gone when empty.
const EMPTIED: [(&str, &str); 3] = [("nginx", "/var/www/html"), ("nginx", "/var/www"), ("prosody", "/etc/prosody")];

/// What is asked of the host beside its manifest.
pub(super) fn questions() -> String {
    let ours = OURS.into_iter().chain([STATE, PAGE.1]);
    let paths: BTreeSet<&str> =
        ours.chain(WRITTEN.map(|(_, path)| path)).chain(EMPTIED.map(|(_, path)| path)).collect();
    paths.into_iter().map(|path| format!("path {path}\n")).collect()
}

/// What goes whole when these packages are purged.
pub(super) fn going_with(packages: &[PackageName]) -> Result<BTreeSet<HostPath>> {
    let written = WRITTEN.into_iter().filter(|(package, _)| is_among(package, packages)).map(|(_, path)| path);
    OURS.into_iter().chain([STATE]).chain(written).map(HostPath::new).collect()
}

/// Folders that go when these packages are purged and nothing is in them.
pub(super) fn emptied_with(packages: &[PackageName]) -> Result<Vec<HostPath>> {
    let emptied = EMPTIED.into_iter().filter(|(package, _)| is_among(package, packages));
    emptied.map(|(_, path)| HostPath::new(path)).collect()
}

/// A file that goes before these packages are purged.
pub(super) fn laid_down_by(packages: &[PackageName]) -> Result<Option<HostPath>> {
    is_among(PAGE.0, packages).then(|| HostPath::new(PAGE.1)).transpose()
}

fn is_among(name: &str, packages: &[PackageName]) -> bool {
    packages.iter().any(|package| package.as_str() == name)
}
