//! The inventory: YAML as a person writes it → a deployment, or every mistake at once.

mod alerts;
mod attachments;
mod edit;
mod forms;
mod identity;
mod keys;
mod letters;
mod page;
mod places;
mod problems;
mod resolve;
mod schema;
mod section;
mod sets;
mod shape;
mod tls;
mod tree;
mod values;

pub use attachments::read_binding_key;
pub use edit::{Renamed, rename};
pub use page::page;
pub use problems::{Place, Problem, Problems};
pub use resolve::Places;
pub use schema::schema;
pub use sets::OURS as KNOWN_GOOD;

use crate::model::deployment::Deployment;
use crate::model::values::Domain;
use problems::Reports;
use section::Section;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The commented example that `init` writes: every key, every default.
pub const EXAMPLE: &str = include_str!("../../inventories/example.yml");

/// Most bytes of an inventory, and of each file that it names.
const MOST_BYTES: u64 = 256 * 1024;

/// Reads the inventory in this file.
///
/// # Errors
/// Every mistake of the file with its line and column; or one without a place when the file cannot be read.
pub fn load(path: &Path) -> Result<Deployment, Problems> {
    attachments::attach(opened(path, parse)?)
}

/// Reads the inventory in this file as if another domain stood in it; the file stays as it is.
///
/// # Errors
/// As [`load`] and [`rename`].
pub fn load_renamed(path: &Path, domain: &Domain) -> Result<Renamed, Problems> {
    let renamed = opened(path, |bytes, name, places| rename(bytes, name, places, domain))?;
    Ok(Renamed { deployment: attachments::attach(renamed.deployment)?, ..renamed })
}

fn opened<T>(path: &Path, read_as: impl Fn(&[u8], &str, Places<'_>) -> Result<T, Problems>) -> Result<T, Problems> {
    let name = path.display().to_string();
    let bytes = read(path).map_err(|error| {
        let write = "name an inventory that you may read; `vc4all-deploy init` writes a new one";
        Problems::of_file(&name, format!("cannot be read: {error}"), write)
    })?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let home = std::env::home_dir();
    read_as(&bytes, &name, Places { folder, home: home.as_deref() })
}

/// Reads an inventory from its bytes; `name` is what messages call the file. Pure.
///
/// # Errors
/// Every mistake with its line and column.
pub fn parse(bytes: &[u8], name: &str, places: Places<'_>) -> Result<Deployment, Problems> {
    let reports = Reports::default();
    match resolve(bytes, places, &reports) {
        Some(deployment) if reports.is_empty() => Ok(deployment),
        _ => Err(reports.into_problems(name)),
    }
}

fn resolve(bytes: &[u8], places: Places<'_>, reports: &Reports) -> Option<Deployment> {
    let text = letters::text(bytes, reports)?;
    letters::check(text, reports);
    let root = tree::read(text, reports)?;
    shape::check(&root, keys::INVENTORY, reports);
    resolve::deployment(&Section::root(&root, reports), places)
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(std::io::Error::other(format!("it is larger than {MOST_BYTES} bytes")));
    }
    Ok(bytes)
}
