//! `render`: every file of a deployment in a folder for review, without a server.

use super::blueprint::Blueprint;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::resource::{Claim, Content, File, Resource};
use crate::papers::handover::Handover;
use anyhow::{Context as _, Result};
use std::fs;
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
    // A slash at the end, as shells complete it, would put the draft inside of the folder.
    let folder: &Path = &folder.components().collect::<PathBuf>();
    refuse_full(folder)?;
    let shown = folder.display();
    let mut draft = folder.as_os_str().to_owned();
    draft.push(".part");
    let draft = Path::new(&draft);
    if draft.exists() {
        fs::remove_dir_all(draft).with_context(|| format!("remove the unfinished {}", draft.display()))?;
    }
    let files: Vec<&File> = claims.iter().filter_map(|claim| file(&claim.resource)).collect();
    for file in &files {
        let path = draft.join(file.path.as_str().trim_start_matches('/'));
        let parent = path.parent().unwrap_or(draft);
        fs::create_dir_all(parent).with_context(|| format!("make the folder {}", parent.display()))?;
        fs::write(&path, file.content.text()).with_context(|| format!("write {}", path.display()))?;
    }
    if let Some(handover) = Handover::of(&blueprint.deployment) {
        let path = draft.join(handover.file);
        fs::write(&path, handover.text).with_context(|| format!("write {}", path.display()))?;
    }
    if folder.exists() {
        fs::remove_dir(folder).with_context(|| format!("replace the empty folder {shown}"))?;
    }
    fs::rename(draft, folder).with_context(|| format!("put the files at {shown}"))?;
    Ok(files.len())
}

fn refuse_full(folder: &Path) -> Result<()> {
    let full = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| format!("look at {}", folder.display())),
    };
    if full {
        let cause = format!("{} holds something already", folder.display());
        return Err(Advice::new(cause, "name a new or empty folder").into());
    }
    Ok(())
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
