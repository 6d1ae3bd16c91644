//! The archive within the sealed file: a tar whose first entry says what follows, and the reader that takes nothing odd.

use super::contents::{Contents, FORM, FORMAT, Label};
use super::entry::Entry;
use crate::model::advice::Advice;
use crate::model::digest::Digest;
use crate::model::secret::Secret;
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeMap;
use std::io::Read;
use tar::{Archive, Builder, EntryType, Header};

/// The name of the label.
const LABEL: &str = "vc4all-backup.json";
/// The most bytes of the label.
const LONGEST_LABEL: u64 = 8 * 1024 * 1024;
/// The most bytes of a whole archive.
pub(super) const LONGEST: usize = 64 * 1024 * 1024;
/// The most entries; a door has at most some thousand accounts.
const MOST_ENTRIES: usize = 20_100;

/// Packs a backup as a tar (POSIX.1-1988 ustar), which every `tar` lists.
///
/// # Errors
/// When an entry cannot be packed.
pub fn pack(contents: &Contents) -> Result<Secret<Vec<u8>>> {
    let mut archive = Builder::new(Vec::new());
    let mut add = |name: &str, bytes: &[u8]| -> Result<()> {
        let mut header = Header::new_ustar();
        // Not by way of an extension for long names: the reader takes none.
        header.set_path(name).with_context(|| format!("pack {name}"))?;
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(contents.label.made.seconds());
        header.set_cksum();
        archive.append(&header, bytes).with_context(|| format!("pack {name}"))
    };
    let mut label = serde_json::to_vec_pretty(&contents.label).context("pack the label")?;
    label.push(b'\n');
    add(LABEL, &label)?;
    for (entry, bytes) in &contents.entries {
        add(&entry.to_string(), bytes.reveal())?;
    }
    Ok(Secret::new(archive.into_inner().context("pack the backup")?))
}

/// Reads an archive; whoever knows a recipient can write one, so nothing in it is believed.
///
/// # Errors
/// When it is none of ours, of a form that this program does not know, or holds anything that does not belong there. The
/// error shows no content.
pub fn unpack(bytes: &[u8]) -> Result<Contents> {
    ensure!(bytes.len() <= LONGEST, "it is longer than {} MiB", LONGEST >> 20);
    let mut archive = Archive::new(bytes);
    let mut label: Option<Label> = None;
    let mut entries = BTreeMap::new();
    let mut digests = BTreeMap::new();
    // Raw: no long names, no extended headers, nothing that could make one entry look like another.
    for found in archive.entries().context("read it")?.raw(true) {
        let mut found = found.map_err(|_| foreign("it is no archive, or a damaged one"))?;
        let name = String::from_utf8(found.path_bytes().into_owned()).unwrap_or_default();
        ensure!(found.header().entry_type() == EntryType::Regular, "it holds something that is no plain file");
        ensure!(entries.len() < MOST_ENTRIES, "it holds more than {MOST_ENTRIES} files");
        if label.is_none() {
            label = Some(read_label(&name, &mut found)?);
            continue;
        }
        let Some(entry) = Entry::parse(&name) else { bail!("it holds a file that no backup holds") };
        let bytes = read(&mut found, entry.longest() as u64).with_context(|| entry.to_string())?;
        digests.insert(name, Digest::of(&bytes));
        let kept = entry.judge(bytes)?;
        ensure!(entries.insert(entry.clone(), kept).is_none(), "it holds {entry} twice");
    }
    let label = label.ok_or_else(|| foreign("it is empty"))?;
    ensure!(label.files == digests, "its files are not those that its label names");
    Contents::new(label, entries)
}

fn read_label(name: &str, found: &mut impl Read) -> Result<Label> {
    if name != LABEL {
        return Err(foreign("it does not begin with a label of ours"));
    }
    let bytes = read(found, LONGEST_LABEL).context("its label")?;
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| foreign("its label cannot be read"))?;
    ensure!(value.get("format").and_then(|it| it.as_str()) == Some(FORMAT), foreign("its label is none of ours"));
    let form = value.get("form").and_then(serde_json::Value::as_u64);
    if form != Some(u64::from(FORM)) {
        let form = form.map_or("an unknown form".to_owned(), |form| format!("form {form}"));
        let help = "use the version of vc4all-deploy that wrote it, or a newer one";
        return Err(Advice::new(format!("it has {form}, this program knows form {FORM}"), help).into());
    }
    serde_json::from_value(value).map_err(|_| foreign("its label cannot be read"))
}

fn read(from: &mut impl Read, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes).map_err(|_| foreign("the archive breaks off"))?;
    ensure!(bytes.len() as u64 <= most, "it is longer than {most} bytes");
    Ok(bytes)
}

fn foreign(why: &str) -> anyhow::Error {
    Advice::new(why, "name a file that `vc4all-deploy backup` wrote").into()
}
