//! Whom the instance may name and ask: every foreign host with its purpose, operator and country.

pub mod address;
pub mod apt;
pub mod certificate;
pub mod country;
pub mod egress;
mod endings;
pub mod instance;
mod offence;
mod quoted;
mod scan;
mod sight;
pub mod strangers;
pub mod time;

pub use offence::{Offence, Offences};
pub use scan::{Page, Scanner};

use crate::model::egress::EgressList;
use crate::model::resource::{Claim, Content, File, Resource};
use instance::Instance;

/// Looks at every text.
///
/// # Errors
/// Every foreign name that is neither the instance itself nor on the list.
pub fn check<'a>(
    instance: &Instance,
    list: &EgressList,
    pages: impl IntoIterator<Item = Page<'a>>,
) -> Result<(), Offences> {
    let scanner = Scanner::new(instance, list);
    let found = pages.into_iter().flat_map(|page| scanner.scan(page)).collect();
    Offences::of(found).map_or(Ok(()), Err)
}

/// The texts that a host with these claims gets; a program of ours is no text.
pub fn pages(claims: &[Claim]) -> impl Iterator<Item = Page<'_>> {
    claims.iter().filter_map(|claim| file(&claim.resource)).map(|file| {
        let path = file.path.as_str();
        Page { shown: path, path, text: file.content.text() }
    })
}

fn file(resource: &Resource) -> Option<&File> {
    match resource {
        Resource::File(file) if matches!(file.content, Content::Program(_)) => None,
        Resource::File(file) => Some(file),
        Resource::Source(source) => Some(&source.file),
        _ => None,
    }
}
