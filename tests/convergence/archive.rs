//! Packages in memory: what they do when they are installed.

use std::collections::BTreeMap;
use vc4all_deploy::model::names::{AccountName, HostPath, PackageName, UnitName};
use vc4all_deploy::model::observed::{SeenPath, SeenUnit};
use vc4all_deploy::model::resource::Wake;

/// What the packages of the world do when they are installed, and who reads which path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Archive {
    pub(crate) packages: BTreeMap<PackageName, Contents>,
    pub(crate) readers: BTreeMap<HostPath, Vec<Wake>>,
}

/// What one package does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents {
    /// Laid down where nothing stands, as dpkg does with configuration that was there first.
    pub(crate) lays_down: Vec<(HostPath, SeenPath)>,
    /// Changed by its scripts where a file stands, as Jicofo's do.
    pub(crate) rewrites: Vec<HostPath>,
    pub(crate) units: Vec<(UnitName, SeenUnit)>,
    pub(crate) users: Vec<AccountName>,
}
