//! Packs the script, its steps and their data into one archive.

use super::Run;
use super::steps::Step;
use crate::observe::PROBE;
use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;

/// The parts of the script, as files of the bundle.
const PARTS: [(&str, &str); 9] = [
    ("apply.sh", include_str!("host/apply.sh")),
    ("lock.sh", include_str!("host/lock.sh")),
    ("journal.sh", include_str!("host/journal.sh")),
    ("packages.sh", include_str!("host/packages.sh")),
    ("files.sh", include_str!("host/files.sh")),
    ("prove.sh", include_str!("host/prove.sh")),
    ("keys.sh", include_str!("host/keys.sh")),
    ("units.sh", include_str!("host/units.sh")),
    ("probe.sh", PROBE),
];

/// The archive (tar, gzip) that `start.sh` unpacks.
pub(super) fn pack(run: &Run<'_>, steps: &[Step]) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in PARTS {
        add(&mut archive, name, text)?;
    }
    let mut lines = String::new();
    for (number, step) in (1..).zip(steps) {
        let line = step.line.replace(super::steps::DATA, &number.to_string());
        writeln!(lines, "{line}")?;
        if let Some(data) = &step.data {
            add(&mut archive, &format!("data/{number}"), data)?;
        }
    }
    add(&mut archive, "steps", &lines)?;
    add(&mut archive, "units", &super::steps::units(run.plan))?;
    add(&mut archive, "questions", &run.questions.text())?;
    let expected = run.plan.based_on.as_ref().map(|digest| digest.as_str()).unwrap_or_default();
    add(&mut archive, "expected", &format!("{expected}\n"))?;
    add(&mut archive, "who", &format!("{}\nup {}\n", run.author, run.plan.domain))?;
    add(&mut archive, "plan", run.printed)?;
    Ok(archive.into_inner()?.finish()?)
}

type Archive = tar::Builder<GzEncoder<Vec<u8>>>;

fn add(archive: &mut Archive, name: &str, text: &str) -> Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, name, text.as_bytes())?;
    Ok(())
}
