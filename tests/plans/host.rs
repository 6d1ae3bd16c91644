//! A small language for hosts: how it began, and what was changed by hand since.

use crate::archive::{Archive, Contents};
use crate::fake::Host;
use crate::setting;
use serde::Deserialize;
use vc4all_deploy::model::digest::Digest;
use vc4all_deploy::model::names::{HostPath, PackageName, SecretName, UnitName};
use vc4all_deploy::model::observed::{Listener, SeenPath, SeenUnit, Transport};
use vc4all_deploy::model::resource::{Claim, InstallStage, Resource};
use vc4all_deploy::model::subject::SubjectName;
use vc4all_deploy::plan;

/// What the host was like.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Start {
    /// Nobody looked: a dry run.
    Unknown,
    /// Nothing was ever done on it.
    Fresh,
    /// The claims were applied to it.
    Converged,
}

/// One change by hand; the keys of the first group say to what, the others how it is now.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Edit {
    path: Option<String>,
    package: Option<String>,
    unit: Option<String>,
    secret: Option<String>,
    account: Option<String>,
    certificate: Option<SeenPair>,
    rehearsed: Option<SeenRehearsal>,
    listener: Option<String>,
    site: Option<String>,
    resolved: Option<Vec<std::net::IpAddr>>,
    memory_mib: Option<u32>,
    free_mib: Option<u64>,
    clock: Option<i64>,

    text: Option<String>,
    owner: Option<String>,
    mode: Option<u32>,
    link: Option<String>,
    kind: Option<String>,
    gone: bool,
    held: Option<bool>,
    enabled: Option<bool>,
    active: Option<bool>,
}

/// What differs at the certificate.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct SeenPair {
    days_left: Option<i64>,
    names: Option<Vec<String>>,
    issued_by: Option<String>,
    placeholder: bool,
}

/// What differs at the last rehearsal.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct SeenRehearsal {
    days_ago: Option<i64>,
    failed: Option<String>,
    /// It was of another order.
    other: bool,
}

/// The host after all that.
pub(crate) fn after(start: &Start, claims: &[Claim], edits: &[Edit]) -> Host {
    let mut host = Host::fresh(setting::traits());
    host.resolved = host.traits.addresses.clone();
    add_owners(&mut host, claims);
    if matches!(start, Start::Converged) {
        let plan = plan::diff(&setting::deployment(), claims, &host.observe());
        host.apply(&archive(claims), &plan, None).unwrap();
        host.clock += 86_400;
    }
    for edit in edits {
        edit.make(&mut host);
    }
    host
}

/// The packages bring the units that name them, and what must not be there.
fn archive(claims: &[Claim]) -> Archive {
    let mut archive = Archive::default();
    let mut add = |from: &Option<PackageName>, change: &mut dyn FnMut(&mut Contents)| {
        if let Some(from) = from {
            change(archive.packages.entry(from.clone()).or_default());
        }
    };
    for claim in claims {
        match &claim.resource {
            Resource::Unit(unit) => add(&unit.from, &mut |contents| {
                contents.units.push((unit.name.clone(), SeenUnit { enabled: true, active: false }));
            }),
            Resource::Absent(absent) => add(&absent.from, &mut |contents| {
                contents.lays_down.push((absent.path.clone(), file("as packaged\n")));
            }),
            _ => {}
        }
    }
    archive
}

fn add_owners(host: &mut Host, claims: &[Claim]) {
    for claim in claims {
        let access = match &claim.resource {
            Resource::File(file) => &file.access,
            Resource::Directory(directory) => &directory.access,
            Resource::SelfSigned(pair) => &pair.access,
            _ => continue,
        };
        host.users.extend([access.owner.clone(), access.group.clone()]);
    }
}

fn file(text: &str) -> SeenPath {
    let root = || "root".to_owned();
    SeenPath::File { owner: root(), group: root(), mode: 0o644, text: Some(text.to_owned()) }
}

impl Edit {
    fn make(&self, host: &mut Host) {
        if let Some(path) = &self.path {
            self.make_path(host, HostPath::new(&**path).unwrap());
        }
        if let Some(name) = &self.package {
            self.make_package(host, PackageName::new(&**name).unwrap());
        }
        if let Some(name) = &self.unit {
            let unit = host.units.get_mut(&UnitName::new(&**name).unwrap()).unwrap();
            unit.seen.enabled = self.enabled.unwrap_or(unit.seen.enabled);
            unit.seen.active = self.active.unwrap_or(unit.seen.active);
        }
        if let Some(name) = &self.secret {
            host.secrets.remove(&SecretName::new(&**name).unwrap()).unwrap();
        }
        if let Some(name) = &self.account {
            host.accounts.remove(name).unwrap();
        }
        if let Some(pair) = &self.certificate {
            pair.make(host);
        }
        if let Some(edit) = &self.rehearsed {
            let last = host.rehearsed.as_mut().unwrap();
            last.at = edit.days_ago.map_or(last.at, |days| host.clock - days * 86_400);
            last.why.clone_from(&edit.failed);
            if edit.other {
                last.order = Digest::of(b"another order");
            }
        }
        host.listeners.extend(self.listener.as_deref().map(listener));
        host.foreign_sites.extend(self.site.as_deref().map(|path| HostPath::new(path).unwrap()));
        if let Some(resolved) = &self.resolved {
            host.resolved.clone_from(resolved);
        }
        host.traits.memory_mib = self.memory_mib.unwrap_or(host.traits.memory_mib);
        host.free_mib = self.free_mib.unwrap_or(host.free_mib);
        host.clock = self.clock.unwrap_or(host.clock);
    }

    fn make_path(&self, host: &mut Host, path: HostPath) {
        let mut seen = host.paths.get(&path).cloned().unwrap_or_else(|| file(""));
        if let SeenPath::File { text, mode, owner, .. } = &mut seen {
            *text = self.text.clone().or(text.take());
            *mode = self.mode.unwrap_or(*mode);
            *owner = self.owner.clone().unwrap_or(std::mem::take(owner));
            if self.kind.as_deref() == Some("binary") {
                *text = None;
            }
        }
        if let Some(target) = &self.link {
            seen = SeenPath::Link(target.clone());
        }
        if self.gone {
            host.paths.remove(&path);
        } else {
            host.paths.insert(path, seen);
        }
    }

    fn make_package(&self, host: &mut Host, name: PackageName) {
        if self.gone {
            host.packages.remove(&name).unwrap();
            return;
        }
        if !host.packages.contains_key(&name) {
            host.install(&Archive::default(), &name, InstallStage::Distribution);
        }
        host.packages.insert(name, self.held.unwrap_or_default());
    }
}

impl SeenPair {
    fn make(&self, host: &mut Host) {
        let seen = host.certificate.as_mut().unwrap();
        if let Some(days) = self.days_left {
            seen.not_after = host.clock + days * 86_400;
            seen.not_before = seen.not_after - 90 * 86_400;
        }
        if let Some(names) = &self.names {
            seen.names = names.iter().map(|name| SubjectName::parse(name).unwrap()).collect();
        }
        if self.placeholder || self.issued_by.is_some() {
            seen.issued_by.clone_from(&self.issued_by);
        }
    }
}

/// Such as `tcp 80 apache2`.
fn listener(words: &str) -> Listener {
    let [transport, port, process] = words.split(' ').collect::<Vec<_>>()[..] else { panic!("{words:?}") };
    let transport = if transport == "tcp" { Transport::Tcp } else { Transport::Udp };
    Listener { transport, address: "0.0.0.0".to_owned(), port: port.parse().unwrap(), process: process.to_owned() }
}
