//! `directory`: the page of all instances in a folder of inventories, written whole or not at all.

use super::folder;
use super::terminal::Terminal;
use crate::cli;
use crate::directory;
use crate::exit::Exit;
use crate::inventory;
use crate::model::advice::Advice;
use crate::model::deployment::Deployment;
use crate::render::Renderer;
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &cli::Directory, terminal: &mut Terminal) -> Result<Exit> {
    let paths = inventories(&args.folder)?;
    let deployments = load(&args.folder, &paths, terminal)?;
    let files = directory::files(&deployments, &Renderer::new()?)?;
    folder::fill(&args.output, files.iter().map(|(name, text)| (PathBuf::from(name), text.as_str())))?;
    let (count, output) = (deployments.len(), args.output.display());
    terminal.note(&format!(
        "a page of {count} instances is in {output}; put that folder on any web server, or open index.html"
    ));
    Ok(Exit::Done)
}

/// The files that are called as inventories are, in the order of their names.
fn inventories(folder: &Path) -> Result<Vec<PathBuf>> {
    let look = || format!("look at {}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(look)? {
        let path = entry.with_context(look)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_file() && matches!(ending, Some("yml" | "yaml")) {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        let cause = format!("{} holds no inventory", folder.display());
        return Err(Advice::new(cause, "name a folder with files that end in .yml").into());
    }
    Ok(paths)
}

/// All of them, or the mistakes of each.
fn load(folder: &Path, paths: &[PathBuf], terminal: &mut Terminal) -> Result<Vec<Deployment>> {
    let (mut deployments, mut broken) = (Vec::new(), 0);
    for path in paths {
        match inventory::load(path) {
            Ok(deployment) => deployments.push(deployment),
            Err(problems) => {
                broken += 1;
                terminal.note(problems.to_string().trim_end());
            }
        }
    }
    if broken > 0 {
        let cause = format!("{broken} of {} inventories in {} have mistakes", paths.len(), folder.display());
        return Err(Advice::new(cause, "mend them, or move them out of the folder; nothing was written").into());
    }
    refuse_twins(paths, &deployments)?;
    Ok(deployments)
}

fn refuse_twins(paths: &[PathBuf], deployments: &[Deployment]) -> Result<()> {
    let mut seen = BTreeMap::new();
    for (path, deployment) in paths.iter().zip(deployments) {
        let domain = deployment.domain.as_str();
        if let Some(before) = seen.insert(domain, path) {
            let cause = format!("{} and {} both describe {domain}", before.display(), path.display());
            return Err(Advice::new(cause, "keep one of them in the folder; nothing was written").into());
        }
    }
    Ok(())
}
