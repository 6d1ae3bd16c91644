//! How a host stands, for programs: versioned JSON.

use super::super::inert;
use super::renewal::Renewal;
use super::{Status, table};
use crate::model::history::Past;
use crate::model::observed::People;
use anyhow::{Context as _, Result};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    domain: &'a str,
    host: &'a str,
    /// Nothing where nothing is deployed.
    generation: Option<Generation>,
    changes_not_applied: usize,
    /// Nothing where the generation has no manifest.
    drift: Option<Vec<Drift<'a>>>,
    certificate: Option<Certificate>,
    /// Nothing where the host does not renew by itself.
    renewal: Option<Renewal>,
    /// Nothing where nobody could say.
    people: Option<People>,
    failed: Vec<String>,
    packages: BTreeMap<&'a str, String>,
    lock: Option<Lock>,
    broken_run: bool,
    kept: Vec<Generation>,
}

#[derive(Serialize)]
struct Generation {
    number: u32,
    author: String,
    since: String,
    cause: String,
}

#[derive(Serialize)]
struct Drift<'a> {
    path: &'a str,
    state: &'static str,
}

#[derive(Serialize)]
struct Certificate {
    names: Vec<String>,
    days_left: i64,
    /// Nothing for the one that the host signed itself.
    authority: Option<String>,
}

#[derive(Serialize)]
struct Lock {
    owner: String,
    cause: String,
}

/// The status as one document with a line end at its end. Within a version, keys are only added.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn json(status: &Status<'_>) -> Result<String> {
    let seen = status.seen;
    let document = Document {
        format: "vc4all-status",
        version: 1,
        domain: status.plan.domain.as_str(),
        host: &status.plan.host,
        generation: status.present().map(generation),
        changes_not_applied: status.plan.changes.len(),
        drift: seen
            .standing
            .as_ref()
            .map(|_| status.drift().into_iter().map(|(path, state)| Drift { path, state }).collect()),
        certificate: seen.certificate.as_ref().map(|certificate| Certificate {
            names: certificate.names.iter().map(ToString::to_string).collect(),
            days_left: status.days(certificate),
            authority: certificate.issued_by.as_deref().map(inert::line),
        }),
        renewal: Renewal::of(seen),
        people: seen.people,
        failed: status.ill.iter().map(|name| inert::line(name)).collect(),
        packages: status.packages().into_iter().map(|(name, version)| (name, inert::line(version))).collect(),
        lock: seen.lock.as_ref().map(|lock| Lock { owner: inert::line(&lock.owner), cause: inert::line(&lock.cause) }),
        broken_run: seen.broken_run,
        kept: status.history.generations.iter().map(generation).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).context("write the status as JSON")?;
    text.push('\n');
    Ok(text)
}

fn generation(past: &Past) -> Generation {
    let (author, since) = table::author(past);
    Generation { number: past.number, author, since, cause: table::cause(past) }
}
