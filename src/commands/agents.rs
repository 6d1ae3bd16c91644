//! The builds of `vc4all-agent` that are at hand for hosts.

use crate::model::advice::Advice;
use crate::model::digest::Digest;
use crate::model::program::{Build, Programs, SIGN};
use crate::model::traits::Architecture;
use anyhow::{Context as _, Result};
use object::elf::{EM_AARCH64, EM_X86_64, FileHeader64, PT_INTERP};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use object::{Endianness, elf};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What was found, and where.
#[derive(Default)]
pub(super) struct Agents {
    pub(super) programs: Programs,
    files: BTreeMap<Digest, PathBuf>,
}

impl Agents {
    /// The named build, or those beside this program: `vc4all-agent-x86_64` and `vc4all-agent-aarch64`.
    ///
    /// # Errors
    /// When the named one, or one that is there, cannot be read or is no program that runs on a host by itself.
    pub(super) fn find(named: Option<&Path>) -> Result<Self> {
        let mut agents = Self::default();
        if let Some(path) = named {
            agents.add(path)?;
            return Ok(agents);
        }
        let itself = std::env::current_exe().context("find the folder of this program")?;
        for architecture in Architecture::BUILT {
            let path = itself.with_file_name(format!("vc4all-agent-{}", architecture.word()));
            if path.is_file() {
                agents.add(&path)?;
            }
        }
        Ok(agents)
    }

    /// The bytes of a build, nothing where it is not at hand; they are read again, and refused when they are not those
    /// of the plan.
    pub(super) fn bytes(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.files.get(digest) else { return Ok(None) };
        let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
        if Digest::of(&bytes) != *digest {
            let cause = format!("{} was written anew since the plan was made", path.display());
            return Err(Advice::new(cause, "run it again").into());
        }
        Ok(Some(bytes))
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
        let architecture = built_for(&bytes).ok_or_else(|| {
            let cause = format!("{} is no static Linux program for x86_64 or aarch64", path.display());
            Advice::new(cause, "build it with `make agent`, or with `make agent ARCH=aarch64`")
        })?;
        if !bytes.windows(SIGN.len()).any(|part| part == SIGN.as_bytes()) {
            let cause = format!("{} is a build of another version than this program", path.display());
            let help = "build it from the same sources with `make agent`, or with `make agent ARCH=aarch64`";
            return Err(Advice::new(cause, help).into());
        }
        let build = Build { digest: Digest::of(&bytes), bytes: bytes.len() as u64 };
        self.files.insert(build.digest.clone(), path.to_owned());
        self.programs.insert(architecture, build);
        Ok(())
    }
}

/// What a program is built for; nothing where it is none, or needs a loader and libraries that a host may not have.
fn built_for(bytes: &[u8]) -> Option<Architecture> {
    let header = FileHeader64::<Endianness>::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, bytes).ok()?;
    // A library has no first instruction.
    let begins = matches!(header.e_type(endian), elf::ET_EXEC | elf::ET_DYN) && header.e_entry(endian) != 0;
    let runnable = begins && endian == Endianness::Little && !segments.is_empty();
    if !runnable || segments.iter().any(|segment| segment.p_type(endian) == PT_INTERP) {
        return None;
    }
    match header.e_machine(endian) {
        EM_X86_64 => Some(Architecture::X86_64),
        EM_AARCH64 => Some(Architecture::Aarch64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_loader_or_is_no_program_is_refused() {
        let itself = fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(built_for(&itself), None);
        assert_eq!(built_for(b"#!/bin/sh\n"), None);
        assert_eq!(built_for(&itself[..64]), None);
        assert_eq!(built_for(b""), None);
    }

    #[test]
    fn of_what_is_built_only_a_program_of_the_known_machines_is_taken() {
        assert_eq!(built_for(&program(|_| {})), Some(Architecture::X86_64));
        assert_eq!(built_for(&program(|bytes| bytes[18] = 183)), Some(Architecture::Aarch64));
        assert_eq!(built_for(&program(|bytes| bytes[18] = 40)), None, "32 bits of ARM");
        assert_eq!(built_for(&program(|bytes| bytes[24] = 0)), None, "a library has no entry");
        assert_eq!(built_for(&program(|bytes| bytes[64] = 3)), None, "it asks for a loader");
        assert_eq!(built_for(&program(|bytes| bytes[5] = 2)), None, "the other order of bytes");
    }

    #[test]
    fn a_build_of_another_version_is_refused_before_anything_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vc4all-agent");
        fs::write(&path, program(|_| {})).unwrap();
        let error = Agents::find(Some(&path)).err().unwrap();
        assert!(error.to_string().ends_with("vc4all-agent is a build of another version than this program"), "{error}");
        fs::write(&path, [program(|_| {}), SIGN.as_bytes().to_vec()].concat()).unwrap();
        assert!(Agents::find(Some(&path)).unwrap().programs.contains_key(&Architecture::X86_64));
    }

    /// The head of a static program for x86_64 with one segment (ELF-64 Object File Format, figures 2 and 6), changed.
    fn program(change: fn(&mut [u8])) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\0");
        for (at, value) in [(16, 2), (18, 62), (20, 1), (24, 1), (32, 64), (52, 64), (54, 56), (56, 1), (64, 1)] {
            bytes[at] = value;
        }
        change(&mut bytes);
        bytes
    }
}
