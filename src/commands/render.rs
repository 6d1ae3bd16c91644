//! `render`: every file of a deployment in a folder for review, without a server.

use super::blueprint::Blueprint;
use super::folder;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::resource::{Claim, Content, File, Resource};
use crate::papers::handover::Handover;
use anyhow::Result;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &cli::Render, agent: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::with_agents(&args.inventory, agent)?;
    let claims = blueprint.claims(&blueprint.declared())?;
    let count = write(&blueprint, &claims, &args.output)?;
    terminal.note(&format!(
        "{count} files for {} on {} are in {}; __vc4all_secret_NAME__ stands for a secret that only the host knows",
        blueprint.deployment.domain,
        blueprint.deployment.host.release,
        args.output.display()
    ));
    Ok(Exit::Done)
}

/// Writes the files below `folder`, whole or not at all; gives back how many there are. What others have to be told
/// lies beside them.
pub(super) fn write(blueprint: &Blueprint, claims: &[Claim], folder: &Path) -> Result<usize> {
    let files: Vec<&File> = claims.iter().filter_map(|claim| file(&claim.resource)).collect();
    let handover = Handover::of(&blueprint.deployment);
    let place = |file: &&File| PathBuf::from(file.path.as_str().trim_start_matches('/'));
    let rendered = files.iter().map(|file| (place(file), file.content.text()));
    let told = handover.iter().map(|handover| (PathBuf::from(handover.file), handover.text.as_str()));
    folder::fill(folder, rendered.chain(told))?;
    Ok(files.len())
}

/// What can be read; a program is known by the digest that the plan shows.
fn file(resource: &Resource) -> Option<&File> {
    match resource {
        Resource::File(file) if matches!(file.content, Content::Program(_)) => None,
        Resource::File(file) => Some(file),
        Resource::Source(source) => Some(&source.file),
        _ => None,
    }
}
