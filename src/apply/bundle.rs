//! Packs the script, its steps and their data into one archive.

use super::Run;
use super::step::{Data, Step};
use crate::observe::PROBE;
use crate::record::{self, manifest};
use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The parts of the script, as files of the bundle.
const PARTS: [(&str, &str); 20] = [
    ("apply.sh", include_str!("host/apply.sh")),
    ("recover.sh", include_str!("host/recover.sh")),
    ("ground.sh", include_str!("host/ground.sh")),
    ("news.sh", include_str!("host/news.sh")),
    ("steps.sh", include_str!("host/steps.sh")),
    ("lock.sh", include_str!("host/lock.sh")),
    ("journal.sh", include_str!("host/journal.sh")),
    ("restore.sh", include_str!("host/restore.sh")),
    ("generation.sh", include_str!("host/generation.sh")),
    ("packages.sh", include_str!("host/packages.sh")),
    ("versions.sh", include_str!("host/versions.sh")),
    ("files.sh", include_str!("host/files.sh")),
    ("prove.sh", include_str!("host/prove.sh")),
    ("keys.sh", include_str!("host/keys.sh")),
    ("units.sh", include_str!("host/units.sh")),
    ("confirm.sh", include_str!("host/confirm.sh")),
    ("drain.sh", include_str!("host/drain.sh")),
    ("roster.sh", include_str!("host/roster.sh")),
    ("backup.sh", include_str!("host/backup.sh")),
    ("probe.sh", PROBE),
];

/// The archive (tar, gzip) that `start.sh` unpacks.
pub(super) fn pack(run: &Run<'_>, steps: &[Step]) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in PARTS {
        add(&mut archive, name, text.as_bytes())?;
    }
    let mut lines = String::new();
    for (number, step) in (1..).zip(steps) {
        let mut name = number.to_string();
        let bytes = match &step.data {
            Some(Data::Text(text)) => Some(Cow::Borrowed(text.as_bytes())),
            Some(Data::Program(digest)) => {
                let bytes = (run.program)(digest)?;
                // What is not at hand here is kept on the host, under its digest.
                name = if bytes.is_some() { name } else { digest.to_string() };
                bytes.map(Cow::Owned)
            }
            Some(Data::Brought(brought)) => Some(Cow::Owned((run.brought)(brought)?.reveal().clone())),
            Some(Data::Given(value)) => Some(Cow::Borrowed(value.reveal().as_bytes())),
            None => None,
        };
        if let Some(bytes) = bytes {
            add(&mut archive, &format!("data/{number}"), &bytes)?;
        }
        writeln!(lines, "{}", step.line.replace(super::step::DATA, &name))?;
    }
    add(&mut archive, "steps", lines.as_bytes())?;
    add(&mut archive, "units", super::steps::units(run.plan).as_bytes())?;
    add(&mut archive, "questions", run.questions.text().as_bytes())?;
    let expected = run.plan.based_on.as_ref().map(|digest| digest.as_str()).unwrap_or_default();
    add(&mut archive, "expected", format!("{expected}\n").as_bytes())?;
    add(&mut archive, "who", format!("{}\n{} {}\n", run.author, run.cause, run.plan.domain).as_bytes())?;
    add(&mut archive, "plan", run.printed.as_bytes())?;
    add(&mut archive, "record", &record::pack(&run.plan.domain, run.wanted)?)?;
    add(&mut archive, "wanted", manifest::wanted(run.wanted).as_bytes())?;
    add(&mut archive, "programs", manifest::programs(run.wanted).as_bytes())?;
    add(&mut archive, "keep", format!("{}\n", run.keep).as_bytes())?;
    Ok(archive.into_inner()?.finish()?)
}

/// A file of the archive: its name and its bytes.
pub(super) type Part<'a> = (&'a str, &'a [u8]);

/// The archive with other files, of which one may take the place of a part.
pub(super) fn with(files: &[Part<'_>]) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in PARTS.iter().filter(|(part, _)| !files.iter().any(|(name, _)| name == part)) {
        add(&mut archive, name, text.as_bytes())?;
    }
    for (name, bytes) in files {
        add(&mut archive, name, bytes)?;
    }
    Ok(archive.into_inner()?.finish()?)
}

type Archive = tar::Builder<GzEncoder<Vec<u8>>>;

fn add(archive: &mut Archive, name: &str, bytes: &[u8]) -> Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, name, bytes)?;
    Ok(())
}
