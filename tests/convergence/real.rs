//! The claims of the real components, and the packages that they are about.

use crate::archive::{Archive, Contents};
use crate::fake::{FakeUnit, Host, Need};
use vc4all_deploy::model::names::{AccountName, HostPath, PackageName};
use vc4all_deploy::model::observed::{SeenPath, SeenUnit};
use vc4all_deploy::model::resource::{Claim, Resource};
use vc4all_deploy::model::traits::Traits;

/// Users and groups that come with a package, by its `postinst`.
const USERS: [(&str, &[&str]); 6] = [
    ("prosody", &["prosody", "ssl-cert"]),
    ("coturn", &["turnserver"]),
    ("nginx", &["www-data", "adm"]),
    ("jicofo", &["jicofo", "jitsi"]),
    ("jitsi-videobridge2", &["jvb", "jitsi"]),
    ("unattended-upgrades", &[]),
];

/// Packages that lay down what must not stay, rewrite each file of ours that names them, and bring their units.
pub(crate) fn archive(claims: &[Claim]) -> Archive {
    let mut archive = Archive::default();
    let mut of = |from: &Option<PackageName>, change: &mut dyn FnMut(&mut Contents)| {
        if let Some(from) = from {
            change(archive.packages.entry(from.clone()).or_default());
        }
    };
    for claim in claims {
        match &claim.resource {
            Resource::Package(package) => of(&Some(package.name.clone()), &mut |contents| {
                let users = USERS.iter().find(|(name, _)| *name == package.name.as_str());
                let users = users.iter().flat_map(|(_, users)| *users);
                contents.users.extend(users.map(|user| AccountName::new(*user).unwrap()));
            }),
            Resource::Unit(unit) => of(&unit.from, &mut |contents| {
                contents.units.push((unit.name.clone(), SeenUnit { enabled: true, active: false }));
            }),
            Resource::Absent(absent) => of(&absent.from, &mut |contents| {
                contents.lays_down.push((absent.path.clone(), packaged()));
            }),
            Resource::File(file) => of(&file.from, &mut |contents| {
                contents.lays_down.push((file.path.clone(), packaged()));
                contents.rewrites.push(file.path.clone());
            }),
            _ => {}
        }
    }
    archive.readers = readers(claims).collect();
    archive
}

fn readers(claims: &[Claim]) -> impl Iterator<Item = (HostPath, Vec<vc4all_deploy::model::resource::Wake>)> {
    claims.iter().filter_map(|claim| match &claim.resource {
        Resource::File(file) => Some((file.path.clone(), file.wakes.clone())),
        Resource::Link(link) => Some((link.path.clone(), link.wakes.clone())),
        Resource::Absent(absent) => Some((absent.path.clone(), absent.wakes.clone())),
        _ => None,
    })
}

/// A fresh host with the units that every Debian has: those of packages that nobody has to install.
pub(crate) fn host(claims: &[Claim], traits: Traits) -> Host {
    let mut host = Host::fresh(traits);
    let installed = |name: &PackageName| {
        claims.iter().any(|claim| matches!(&claim.resource, Resource::Package(package) if package.name == *name))
    };
    for claim in claims {
        if let Resource::Unit(unit) = &claim.resource
            && !unit.from.as_ref().is_some_and(installed)
        {
            let seen = SeenUnit { enabled: true, active: true };
            host.units.insert(unit.name.clone(), FakeUnit { seen, need: Need::Nothing });
        }
    }
    host
}

fn packaged() -> SeenPath {
    let root = || "root".to_owned();
    SeenPath::File { owner: root(), group: root(), mode: 0o644, text: Some("as packaged\n".to_owned()) }
}
