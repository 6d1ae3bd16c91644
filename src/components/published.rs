//! The instance's facts for directories and for whoever wants to look at them with a program.

use super::Scene;
use super::claims::{access, directory, public_file};
use super::landing::PAGES;
use crate::model::resource::Resource;
use crate::papers::published::{PATH, document};
use anyhow::{Context as _, Result};

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let text = document(scene.deployment).context("write the published facts")?;
    Ok(vec![
        directory(&format!("{PAGES}/.well-known"), access("root", "root", 0o755)?)?,
        Resource::File(public_file(&format!("{PAGES}{PATH}"), text)?),
    ])
}
