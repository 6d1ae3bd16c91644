//! Hosts that are frozen once and booted from there for every run; what the lab does to them.

use crate::case::Frozen;
use crate::lab::{Host, lab};
use anyhow::Result;
use std::path::PathBuf;

impl Host {
    /// Its file system, seen from beside it.
    pub(crate) fn tree(&self) -> PathBuf {
        self.home.join("root")
    }

    /// The control group of everything that runs inside.
    pub(crate) fn group(&self) -> Result<PathBuf> {
        Ok(PathBuf::from(lab(&["host", "group", &self.name])?.trim()))
    }

    pub(crate) fn freeze(&self, frozen: Frozen) -> Result<()> {
        lab(&["host", "freeze", &self.name, frozen.label()]).map(drop)
    }

    pub(crate) fn thaw(&self, frozen: Frozen) -> Result<()> {
        lab(&["host", "thaw", &self.name, frozen.label()]).map(drop)
    }

    pub(crate) fn reboot(&self) -> Result<()> {
        lab(&["host", "reboot", &self.name]).map(drop)
    }

    pub(crate) fn cut_power(&self) -> Result<()> {
        lab(&["host", "cut", &self.name]).map(drop)
    }

    pub(crate) fn power_on(&self) -> Result<()> {
        lab(&["host", "restart", &self.name]).map(drop)
    }

    /// Leaves so many bytes of the disk.
    pub(crate) fn fill_disk(&self, bytes: usize) -> Result<()> {
        lab(&["host", "disk", &self.name, "full", &bytes.to_string()]).map(drop)
    }

    pub(crate) fn widen_disk(&self) -> Result<()> {
        lab(&["host", "disk", &self.name, "6g"]).map(drop)
    }
}
