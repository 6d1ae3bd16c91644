//! Short words for the resources that components write down.

use crate::model::names::{AccountName, HostPath, PackageName, SecretName, UnitName};
use crate::model::resource::{
    Absent, Access, Content, Directory, File, Gate, InstallStage, Link, Package, Proof, Refresh, Resource, Unit,
    UnitState, Wake, Wording,
};
use anyhow::Result;

/// Owner, group and mode.
pub(super) fn access(owner: &str, group: &str, mode: u32) -> Result<Access> {
    Ok(Access { owner: AccountName::new(owner)?, group: AccountName::new(group)?, mode })
}

/// A file that anybody may read, owned by root.
pub(super) fn public_file(path: &str, text: String) -> Result<File> {
    Ok(File {
        path: HostPath::new(path)?,
        access: access("root", "root", 0o644)?,
        content: Content::Plain(text),
        proof: None,
        wakes: Vec::new(),
        from: None,
        wording: Wording::Ours,
    })
}

/// A file with secrets, readable for root and one group.
pub(super) fn secret_file(path: &str, group: &str, text: String) -> Result<File> {
    Ok(File {
        path: HostPath::new(path)?,
        access: access("root", group, 0o640)?,
        content: Content::WithSecrets(text),
        proof: None,
        wakes: Vec::new(),
        from: None,
        wording: Wording::Ours,
    })
}

/// A folder.
pub(super) fn directory(path: &str, access: Access) -> Result<Resource> {
    Ok(Resource::Directory(Directory { path: HostPath::new(path)?, access }))
}

/// A symbolic link.
pub(super) fn link(path: &str, target: &str, wakes: Vec<Wake>) -> Result<Resource> {
    Ok(Resource::Link(Link { path: HostPath::new(path)?, target: HostPath::new(target)?, wakes, from: None }))
}

/// A path that a package lays down and that must not stay.
pub(super) fn absent(path: &str, from: &str, wakes: Vec<Wake>) -> Result<Resource> {
    Ok(Resource::Absent(Absent { path: HostPath::new(path)?, wakes, from: Some(package_name(from)?) }))
}

/// A package without answers for debconf.
pub(super) fn package(name: &str, stage: InstallStage) -> Result<Resource> {
    Ok(Resource::Package(Package {
        name: package_name(name)?,
        stage,
        preseed: Vec::new(),
        known: Vec::new(),
        wakes: Vec::new(),
    }))
}

/// A unit that runs, with the package that brings it.
pub(super) fn running(name: &str, from: &str, gates: Vec<Gate>) -> Result<Resource> {
    let (name, from) = (UnitName::new(name)?, Some(package_name(from)?));
    Ok(Resource::Unit(Unit { name, state: UnitState::Running, gates, from }))
}

/// A unit to restart.
pub(super) fn restart(name: &str) -> Result<Wake> {
    Ok(Wake::Restart(UnitName::new(name)?))
}

/// A unit to reload.
pub(super) fn reload(name: &str) -> Result<Wake> {
    Ok(Wake::Reload(UnitName::new(name)?))
}

/// A drop-in of ours for a unit of a package; new limits need a restart. systemd can judge it where the unit is there
/// before the files are written.
pub(super) fn unit_drop_in(unit: &str, text: &str, proof: Option<Proof>) -> Result<Vec<Resource>> {
    let folder = format!("/etc/systemd/system/{unit}.d");
    let file = public_file(&format!("{folder}/vc4all.conf"), text.to_owned())?;
    let wakes = vec![Wake::Refresh(Refresh::Systemd), restart(unit)?];
    Ok(vec![directory(&folder, access("root", "root", 0o755)?)?, Resource::File(File { proof, wakes, ..file })])
}

/// A secret's name.
pub(super) fn secret_name(name: &str) -> Result<SecretName> {
    SecretName::new(name)
}

/// A package's name.
pub(super) fn package_name(name: &str) -> Result<PackageName> {
    PackageName::new(name)
}
