//! What a host keeps of its past.

use super::digest::Digest;
use super::names::PackageName;
use std::collections::{BTreeMap, BTreeSet};

/// What a host keeps of its past, and one record where it was asked for; all text is the host's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The generation in force, 0 where there is none.
    pub current: u32,
    /// The generations that are kept, the oldest first.
    pub generations: Vec<Past>,
    /// The builds of our program that are kept.
    pub programs: BTreeSet<Digest>,
    /// Units that systemd calls failed.
    pub failed: Vec<String>,
    /// The record that was asked for, where the host has it.
    pub record: Option<Recorded>,
}

/// One generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Its number.
    pub number: u32,
    /// Who made it and since when.
    pub author: String,
    /// By which verb, and for which domain.
    pub cause: String,
}

/// A record as it lies on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Whose it is.
    pub generation: u32,
    /// The packed claims.
    pub packed: Vec<u8>,
    /// The packages that were on the host then, with their versions.
    pub packages: BTreeMap<PackageName, String>,
}
