//! Reads what a host says about what we left there; everything is bounded and nothing is believed twice.

use super::manifest;
use crate::model::digest::Digest;
use crate::model::estate::{Entry, Estate, Kind, Stands};
use crate::model::names::{HostPath, PackageName};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};

/// The most bytes of one line.
const LONGEST_LINE: usize = 8 * 1024;
/// The most lines; ours have some 700.
const MOST_LINES: usize = 50_000;

/// Reads the answer of the look.
///
/// # Errors
/// When it is damaged, too long, or names what no manifest of ours can name.
pub fn read(answer: &[u8]) -> Result<Estate> {
    let mut reading = Reading::default();
    for (number, bytes) in answer.split(|byte| *byte == b'\n').enumerate() {
        ensure!(number < MOST_LINES, "the answer has more than {MOST_LINES} lines");
        ensure!(bytes.len() <= LONGEST_LINE, "a line of the answer is longer than {LONGEST_LINE} bytes");
        let line = String::from_utf8_lossy(bytes);
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        if let Some((kind, fields)) = fields.split_first() {
            reading
                .line(kind, fields)
                .with_context(|| format!("the line {:?}", line.chars().take(200).collect::<String>()))?;
        }
        if reading.complete {
            return reading.finish();
        }
    }
    bail!("the answer breaks off")
}

#[derive(Default)]
struct Reading {
    digest: Option<Digest>,
    generation: u32,
    domain: String,
    entries: Vec<Entry>,
    standing: BTreeMap<HostPath, Stands>,
    originals: BTreeMap<HostPath, Stands>,
    packages: BTreeSet<PackageName>,
    purgeable: BTreeSet<PackageName>,
    complete: bool,
}

impl Reading {
    fn line(&mut self, kind: &str, fields: &[&str]) -> Result<()> {
        match (kind, fields) {
            ("vc4all-estate", ["1"]) => {}
            ("generation", [number]) => self.generation = number.parse().context("a generation's number")?,
            ("cause", [.., domain]) => self.domain = (*domain).to_owned(),
            ("entry", fields) => self.entries.push(manifest::entry(fields)?),
            ("stands", [path, what @ ..]) => drop(self.standing.insert(HostPath::new(*path)?, stands(what)?)),
            ("sum", [hex, path]) => sum(&mut self.standing, path, hex)?,
            ("original", [path, what @ ..]) => drop(self.originals.insert(HostPath::new(*path)?, stands(what)?)),
            ("original-sum", [hex, path]) => sum(&mut self.originals, path, hex)?,
            ("package", [name]) => drop(self.packages.insert(PackageName::new(*name)?)),
            ("purge", [name]) => drop(self.purgeable.insert(PackageName::new(*name)?)),
            ("digest", [hex]) => self.digest = Some(digest(hex)?),
            ("end", []) => self.complete = true,
            _ => bail!("it answers no question"),
        }
        Ok(())
    }

    fn finish(self) -> Result<Estate> {
        Ok(Estate {
            digest: self.digest.ok_or_else(|| anyhow!("the answer has no digest"))?,
            generation: self.generation,
            domain: self.domain,
            entries: self.entries,
            standing: self.standing,
            originals: self.originals,
            packages: self.packages,
            purgeable: self.purgeable,
        })
    }
}

fn stands(what: &[&str]) -> Result<Stands> {
    let [kind, access, target @ ..] = what else { bail!("a path without its properties") };
    let kind = match *kind {
        "f" => Kind::File(None),
        "d" => Kind::Directory,
        "l" => Kind::Link(target.join(" ")),
        _ => Kind::Other,
    };
    Ok(Stands { kind, access: (*access).to_owned() })
}

fn sum(seen: &mut BTreeMap<HostPath, Stands>, path: &str, hex: &str) -> Result<()> {
    if let Some(Stands { kind: Kind::File(held), .. }) = seen.get_mut(&HostPath::new(path)?) {
        *held = Some(digest(hex)?);
    }
    Ok(())
}

fn digest(hex: &str) -> Result<Digest> {
    Digest::from_hex(hex).ok_or_else(|| anyhow!("it is no digest"))
}
