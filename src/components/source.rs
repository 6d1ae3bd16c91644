//! Jitsi's apt source with its pinned key.

use super::Scene;
use super::claims::{access, directory, package, public_file};
use super::packages::JITSI_PACKAGES;
use crate::model::names::HostPath;
use crate::model::resource::{InstallStage, Resource, Source};
use anyhow::Result;
use serde::Serialize;

const KEYRINGS: &str = "/etc/apt/keyrings";
const KEYRING: &str = "/etc/apt/keyrings/vc4all-jitsi.gpg";
const LIST: &str = "/etc/apt/sources.list.d/vc4all-jitsi.sources";
const PREFERENCES: &str = "/etc/apt/preferences.d/vc4all-jitsi.pref";

/// Upstream's own server; a mirror may serve the distribution too, so only this one can be kept to four packages.
const UPSTREAM: &str = "download.jitsi.org";

/// What the check of the key needs.
const BASE: [&str; 1] = ["gpg"];

#[derive(Serialize)]
struct SourceScope<'a> {
    mirror: &'a str,
    suite: &'a str,
    keyring: &'static str,
}

#[derive(Serialize)]
struct PreferencesScope {
    origin: &'static str,
    packages: [&'static str; 4],
}

/// The source and, for upstream's own server, the preferences.
pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let wanted = &scene.deployment.packages;
    let mut all = Vec::new();
    for name in BASE {
        all.push(package(name, InstallStage::Base)?);
    }
    all.push(directory(KEYRINGS, access("root", "root", 0o755)?)?);
    let scope = SourceScope { mirror: wanted.jitsi.as_str(), suite: &wanted.suite, keyring: KEYRING };
    all.push(Resource::Source(Source {
        file: public_file(LIST, scene.renderer.text("apt/jitsi.sources", &scope)?)?,
        key_url: wanted.key_url.clone(),
        key: wanted.key.clone(),
        keyring: HostPath::new(KEYRING)?,
    }));
    if wanted.jitsi.authority() == UPSTREAM {
        let scope = PreferencesScope { origin: UPSTREAM, packages: JITSI_PACKAGES };
        all.push(Resource::File(public_file(PREFERENCES, scene.renderer.text("apt/jitsi.pref", &scope)?)?));
    }
    Ok(all)
}
