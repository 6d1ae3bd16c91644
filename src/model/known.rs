//! Versions of Jitsi's packages that belong together, as a release of this program or an operator vouches for them.

use super::names::PackageName;
use super::traits::Release;
use super::values::Line;
use super::version::PackageVersion;
use std::collections::BTreeMap;

/// A set of versions that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSet {
    /// Its name, such as `2.0.11146`.
    pub name: PackageVersion,
    /// The day on which it was put together, such as `2026-07-30`.
    pub date: String,
    /// The suite of the repository that has it.
    pub suite: String,
    /// One version for each of Jitsi's four packages.
    pub versions: BTreeMap<PackageName, PackageVersion>,
    /// Where these very packages passed the tests.
    pub tried: Vec<Release>,
    /// What people should know of it.
    pub note: Option<Line>,
}

/// The version that a set has for one package.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pin {
    /// The set's name.
    pub set: PackageVersion,
    /// The version.
    pub version: PackageVersion,
}

/// From one version of a package to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// What is installed.
    pub from: PackageVersion,
    /// What shall be.
    pub to: PackageVersion,
}

/// The moves of several packages, by their names.
pub type Moves = BTreeMap<PackageName, Move>;
