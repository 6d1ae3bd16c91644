//! A small language for claims: one line each, with what matters for a plan.

use crate::setting;
use serde::Deserialize;
use vc4all_deploy::model::marks;
use vc4all_deploy::model::names::{AccountName, ComponentName, HostPath, PackageName, SecretName, UnitName};
use vc4all_deploy::model::resource::{
    Absent, Access, Account, Certificate, Claim, Content, Directory, File, InstallStage, Link, Package, Preseed,
    Refresh, Resource, SelfSigned, Source, Unit, UnitState, Wake, Wording,
};
use vc4all_deploy::model::values::{Domain, KeyFingerprint, WebAddress};

/// One claim; exactly one of the keys from `secret` (without `account`) to `certificate` says what kind it is.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Word {
    component: String,
    secret: Option<String>,
    source: Option<String>,
    package: Option<String>,
    directory: Option<String>,
    file: Option<String>,
    link: Option<String>,
    absent: Option<String>,
    pair: Option<String>,
    account: Option<String>,
    unit: Option<String>,
    certificate: Option<String>,
    stage: Option<String>,
    preseed: Option<String>,
    owner: Option<String>,
    group: Option<String>,
    mode: Option<u32>,
    text: String,
    to: Option<String>,
    from: Option<String>,
    wording: Option<String>,
    wakes: Vec<String>,
    state: Option<String>,
}

impl Word {
    pub(crate) fn claim(&self) -> Claim {
        Claim { component: ComponentName::new(&*self.component).unwrap(), resource: self.resource() }
    }

    fn resource(&self) -> Resource {
        let (wakes, from) = (self.wakes(), self.from.as_deref().map(|name| PackageName::new(name).unwrap()));
        if let Some(account) = &self.account {
            return Resource::Account(self.account(account));
        }
        if let Some(name) = &self.secret {
            return Resource::Secret(SecretName::new(&**name).unwrap());
        }
        if let Some(path) = &self.source {
            return Resource::Source(Source {
                file: self.file(path),
                key_url: WebAddress::parse("https://download.jitsi.org/jitsi-key.gpg.key").unwrap(),
                key: KeyFingerprint::parse("0123456789ABCDEF0123456789ABCDEF01234567").unwrap(),
                keyring: host_path(&path.replace(".sources", ".gpg")),
            });
        }
        if let Some(name) = &self.package {
            return Resource::Package(self.package(name));
        }
        if let Some(path) = &self.directory {
            return Resource::Directory(Directory { path: host_path(path), access: self.access(0o755) });
        }
        if let Some(path) = &self.file {
            return Resource::File(self.file(path));
        }
        if let Some(path) = &self.link {
            let target = host_path(self.to.as_deref().unwrap());
            return Resource::Link(Link { path: host_path(path), target, wakes, from });
        }
        if let Some(path) = &self.absent {
            return Resource::Absent(Absent { path: host_path(path), wakes, from });
        }
        if let Some(stem) = &self.pair {
            return Resource::SelfSigned(self.pair(stem));
        }
        if let Some(domain) = &self.certificate {
            return Resource::Certificate(Certificate { wakes, ..setting::certificate(domain) });
        }
        let state = if self.state.as_deref() == Some("stopped") { UnitState::Stopped } else { UnitState::Running };
        let name = UnitName::new(self.unit.as_deref().expect("a claim says what it wants")).unwrap();
        Resource::Unit(Unit { name, state, gates: Vec::new(), from })
    }

    fn account(&self, account: &str) -> Account {
        let (user, domain) = account.split_once('@').unwrap();
        Account {
            user: AccountName::new(user).unwrap(),
            domain: Domain::parse(domain).unwrap(),
            password: SecretName::new(self.secret.as_deref().unwrap()).unwrap(),
            roster: None,
        }
    }

    fn package(&self, name: &str) -> Package {
        let stage = match self.stage.as_deref() {
            Some("base") => InstallStage::Base,
            Some("jitsi") => InstallStage::Jitsi,
            _ => InstallStage::Distribution,
        };
        let name = PackageName::new(name).unwrap();
        let preseed = self.preseed.iter().map(|answer| Preseed {
            owner: name.clone(),
            question: "shared/question".to_owned(),
            kind: "string".into(),
            answer: content(answer),
        });
        Package { preseed: preseed.collect(), name, stage, known: Vec::new(), wakes: Vec::new() }
    }

    fn file(&self, path: &str) -> File {
        File {
            path: host_path(path),
            access: self.access(0o644),
            content: content(&self.text),
            proof: None,
            wakes: self.wakes(),
            from: self.from.as_deref().map(|name| PackageName::new(name).unwrap()),
            wording: match self.wording.as_deref() {
                None => Wording::Ours,
                Some("replaced") => Wording::Replaced,
                Some(other) => panic!("{other} is no wording"),
            },
        }
    }

    fn pair(&self, stem: &str) -> SelfSigned {
        SelfSigned {
            name: Domain::parse("auth.meet.example.nl").unwrap(),
            key: host_path(&format!("{stem}.key")),
            certificate: host_path(&format!("{stem}.crt")),
            access: self.access(0o640),
            days: 3650,
            wakes: self.wakes(),
        }
    }

    fn access(&self, mode: u32) -> Access {
        let name = |name: &Option<String>| AccountName::new(name.as_deref().unwrap_or("root")).unwrap();
        Access { owner: name(&self.owner), group: name(&self.group), mode: self.mode.unwrap_or(mode) }
    }

    fn wakes(&self) -> Vec<Wake> {
        self.wakes.iter().map(|words| wake(words)).collect()
    }
}

fn wake(words: &str) -> Wake {
    match words.split_once(' ') {
        Some(("restart", name)) => Wake::Restart(UnitName::new(name).unwrap()),
        Some(("reload", name)) => Wake::Reload(UnitName::new(name).unwrap()),
        Some(("refresh", "systemd")) => Wake::Refresh(Refresh::Systemd),
        Some(("refresh", "trust")) => Wake::Refresh(Refresh::Trust),
        Some(("refresh", "sysctl")) => Wake::Refresh(Refresh::Sysctl),
        _ => panic!("{words:?} wakes nothing"),
    }
}

fn content(text: &str) -> Content {
    let text = text.to_owned();
    if marks::secrets(&text).next().is_some() { Content::WithSecrets(text) } else { Content::Plain(text) }
}

fn host_path(path: &str) -> HostPath {
    HostPath::new(path).unwrap()
}
