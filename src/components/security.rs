//! `security.txt`: where to report a vulnerability (RFC 9116).

use super::Scene;
use super::claims::{access, directory, public_file};
use super::landing::PAGES;
use crate::model::deployment::Language;
use crate::model::resource::Resource;
use anyhow::Result;
use serde::Serialize;

/// What the template sees. nginx fills in `Expires` when it answers, half a year to a year ahead of its clock.
#[derive(Serialize)]
struct Contact<'a> {
    domain: &'a str,
    mail: &'a str,
    languages: &'a [Language],
}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let contact = Contact {
        domain: scene.deployment.domain.as_str(),
        mail: scene.deployment.operator.security.as_str(),
        languages: &scene.deployment.languages,
    };
    let text = scene.renderer.text("landing/security.txt", &contact)?;
    Ok(vec![
        directory(&format!("{PAGES}/.well-known"), access("root", "root", 0o755)?)?,
        Resource::File(public_file(&format!("{PAGES}/.well-known/security.txt"), text)?),
    ])
}
