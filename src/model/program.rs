//! A program of ours for the host: known to plans by its digest, so that they stay small and can be compared.

use super::digest::Digest;
use super::traits::Architecture;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The builds at hand on the operator's machine.
pub type Programs = BTreeMap<Architecture, Build>;

/// What every build says of itself with `--version`, so it stands in its bytes: the version, what a host needs it for, and
/// a number that grows with what the operator's program and the host's have to agree about.
pub const SIGN: &str = concat!(env!("CARGO_PKG_VERSION"), " for door, users and renewal, 1");

/// Where it stands on a host.
pub const PATH: &str = "/usr/local/lib/vc4all/bin/vc4all-agent";

/// One build, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// How many bytes there are.
    pub bytes: u64,
}

/// The program that a host needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// What the host is.
    pub architecture: Architecture,
    /// The build for it, where one is at hand; without it a plan can be shown, but not be applied.
    pub build: Option<Build>,
}
