//! A host in memory: it carries out plans, and shows itself as a probe would.

use crate::archive::{Archive, Contents};
use std::collections::{BTreeMap, BTreeSet};
use vc4all_deploy::model::digest::Digest;
use vc4all_deploy::model::ledger::{Ledger, Rehearsal};
use vc4all_deploy::model::marks;
use vc4all_deploy::model::names::{AccountName, HostPath, LoginName, PackageName, SecretName, UnitName};
use vc4all_deploy::model::observed::{
    InstalledPackage, Listener, Observed, SeenCertificate, SeenGiven, SeenPath, SeenUnit,
};
use vc4all_deploy::model::plan::{Action, Plan, UnitAct};
use vc4all_deploy::model::resource::{Access, Certificate, Content, InstallStage, Package, Refresh, Wake};
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::standing::{self, StandingOrder};
use vc4all_deploy::model::traits::Traits;

/// What a unit has not noticed yet; a restart makes up for both, a reload only for the lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    Nothing,
    Reload,
    Restart,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FakeUnit {
    pub(crate) seen: SeenUnit,
    pub(crate) need: Need,
}

/// The host. The texts in `paths` hold the secrets themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) traits: Traits,
    pub(crate) packages: BTreeMap<PackageName, bool>,
    /// Versions of the packages that have another one than at first.
    pub(crate) versions: BTreeMap<PackageName, String>,
    pub(crate) users: BTreeSet<AccountName>,
    pub(crate) paths: BTreeMap<HostPath, SeenPath>,
    pub(crate) units: BTreeMap<UnitName, FakeUnit>,
    pub(crate) secrets: BTreeMap<SecretName, String>,
    /// The secrets that the operator handed over.
    pub(crate) given: BTreeMap<SecretName, String>,
    pub(crate) accounts: BTreeMap<String, String>,
    /// What debconf was told; the secrets themselves stand in it.
    pub(crate) answers: BTreeMap<String, String>,
    pub(crate) roster: BTreeSet<LoginName>,
    pub(crate) certificate: Option<SeenCertificate>,
    pub(crate) rehearsed: Option<Rehearsal>,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) foreign_sites: Vec<HostPath>,
    pub(crate) resolved: Vec<std::net::IpAddr>,
    pub(crate) free_mib: u64,
    pub(crate) clock: i64,
    pub(crate) overdue: BTreeSet<Refresh>,
    /// What stood at a path before us.
    pub(crate) originals: BTreeMap<HostPath, SeenPath>,
    pub(crate) generation: u32,
}

impl Host {
    pub(crate) fn fresh(traits: Traits) -> Self {
        Self {
            traits,
            packages: BTreeMap::new(),
            versions: BTreeMap::new(),
            users: BTreeSet::from([AccountName::new("root").unwrap()]),
            paths: BTreeMap::new(),
            units: BTreeMap::new(),
            secrets: BTreeMap::new(),
            given: BTreeMap::new(),
            accounts: BTreeMap::new(),
            answers: BTreeMap::new(),
            roster: BTreeSet::new(),
            certificate: None,
            rehearsed: None,
            listeners: Vec::new(),
            foreign_sites: Vec::new(),
            resolved: Vec::new(),
            free_mib: 20_000,
            clock: 1_800_000_000,
            overdue: BTreeSet::new(),
            originals: BTreeMap::new(),
            generation: 0,
        }
    }

    /// What a probe would return.
    pub(crate) fn observe(&self) -> Observed {
        let mut observed = Observed {
            digest: Digest::of(b""),
            traits: self.traits.clone(),
            packages: self
                .packages
                .iter()
                .map(|(name, held)| {
                    let version = self.versions.get(name).map_or("1.0", String::as_str).to_owned();
                    (name.clone(), InstalledPackage { version, held: *held })
                })
                .collect(),
            paths: self
                .secret_files()
                .chain(self.paths.iter().map(|(path, seen)| (path.clone(), self.masked(seen))))
                .collect(),
            units: self.units.iter().map(|(name, unit)| (name.clone(), unit.seen)).collect(),
            secrets: self.secrets.keys().cloned().collect(),
            given: BTreeMap::new(),
            accounts: self.accounts_in_force(),
            answers: self.answers.iter().map(|(name, answer)| (name.clone(), self.marked(answer))).collect(),
            roster: self.roster.clone(),
            certificate: self.certificate.clone(),
            renewal: None,
            renewal_timer: None,
            holdings: None,
            listeners: self.listeners.clone(),
            foreign_sites: self.foreign_sites.clone(),
            broken_run: false,
            resolved: self.resolved.clone(),
            generation: self.generation,
            standing: None,
            lock: None,
            people: None,
            free_mib: 0,
            clock: 0,
        };
        observed.digest = Digest::of(format!("{observed:?}").as_bytes());
        let renewal =
            self.rehearsed.clone().map(|rehearsed| Ledger { rehearsed: Some(rehearsed), ..Ledger::default() });
        // Like the clock, secrets of the operator's are no part of the digest.
        let given = self.given.iter().map(|(name, value)| (name.clone(), seen_given(value))).collect();
        Observed { given, free_mib: self.free_mib, clock: self.clock, renewal, ..observed }
    }

    /// The files of the secrets; nobody is shown what stands in them.
    fn secret_files(&self) -> impl Iterator<Item = (HostPath, SeenPath)> {
        let root = || "root".to_owned();
        let hidden = move || SeenPath::File { owner: root(), group: root(), mode: 0o600, text: None };
        self.secrets.keys().chain(self.given.keys()).map(move |name| (secret_path(name), hidden()))
    }

    /// Accounts whose password is one of the secrets that are in force.
    fn accounts_in_force(&self) -> BTreeSet<String> {
        let in_force = |password: &String| self.secrets.values().any(|secret| secret == password);
        self.accounts.iter().filter(|(_, password)| in_force(password)).map(|(name, _)| name.clone()).collect()
    }

    fn masked(&self, seen: &SeenPath) -> SeenPath {
        let mut seen = seen.clone();
        if let SeenPath::File { text: Some(text), .. } = &mut seen {
            *text = self.marked(text);
        }
        seen
    }

    fn marked(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, (name, secret)| text.replace(secret, &name.mark()))
    }

    /// Carries out a plan as one transaction; before the step `fails_at` something breaks, and everything is restored.
    pub(crate) fn apply(&mut self, archive: &Archive, plan: &Plan, fails_at: Option<usize>) -> Result<(), String> {
        self.texts_are_as_shown(plan)?;
        let before = self.clone();
        let result = self.carry_out(archive, plan, fails_at);
        match &result {
            Ok(()) => self.come_into_force(plan),
            Err(_) => self.restore(&before, plan),
        }
        result
    }

    /// Accounts of daemons go when nothing can fail any more.
    fn come_into_force(&mut self, plan: &Plan) {
        for change in &plan.changes {
            if let Action::DropAccount(account) = &change.action {
                self.accounts.remove(&format!("{}@{}", account.user, account.domain));
            }
        }
        self.generation += 1;
    }

    fn carry_out(&mut self, archive: &Archive, plan: &Plan, fails_at: Option<usize>) -> Result<(), String> {
        let is_jitsi = |action: &Action| match action {
            Action::Install(package) => package.stage == InstallStage::Jitsi,
            action => matches!(action, Action::Upgrade { .. }),
        };
        let (mut unsettled, mut woken) = (false, BTreeSet::new());
        for (number, change) in plan.changes.iter().enumerate() {
            if unsettled && !is_jitsi(&change.action) {
                self.settle(archive, plan)?;
                unsettled = false;
            }
            if fails_at == Some(number) {
                return Err("something broke".to_owned());
            }
            if let Action::SetUnit { unit, .. } = &change.action
                && !woken.insert(unit.name.clone())
            {
                return Err(format!("{} is woken twice", unit.name));
            }
            unsettled |= is_jitsi(&change.action);
            self.act(archive, &change.action).map_err(|why| format!("step {number} {:?}: {why}", change.action))?;
        }
        if unsettled {
            self.settle(archive, plan)?;
        }
        self.owners_exist(plan)
    }

    fn texts_are_as_shown(&self, plan: &Plan) -> Result<(), String> {
        for change in &plan.changes {
            let Action::WriteFile { file, before } = &change.action else { continue };
            let there = match self.paths.get(&file.path).map(|seen| self.masked(seen)) {
                Some(SeenPath::File { text, .. }) => text,
                _ => None,
            };
            ensure(there == *before, "the plan shows another text than the one that stands there")?;
        }
        Ok(())
    }

    fn owners_exist(&self, plan: &Plan) -> Result<(), String> {
        for change in &plan.changes {
            let access = match &change.action {
                Action::MakeDirectory(directory) => &directory.access,
                Action::WriteFile { file, .. } => &file.access,
                Action::MakeSelfSigned(pair) => &pair.access,
                _ => continue,
            };
            ensure(self.users.contains(&access.owner), "an owner does not exist on the host")?;
            ensure(self.users.contains(&access.group), "a group does not exist on the host")?;
        }
        Ok(())
    }

    /// Sets right what Jitsi's packages did to the files of this plan; their users are there now.
    fn settle(&mut self, archive: &Archive, plan: &Plan) -> Result<(), String> {
        for change in &plan.changes {
            match &change.action {
                Action::WriteFile { file, .. } => {
                    let text = self.expanded(&file.content)?;
                    self.put(archive, &file.path, file_of(&file.access, text));
                }
                Action::SetLink(_) | Action::Remove(_) | Action::PutOriginal(_) => self.act(archive, &change.action)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Files are as they were, and so are versions, accounts, renewed secrets, answers and the units that were touched; new
    /// packages and the first secrets stay.
    fn restore(&mut self, before: &Self, plan: &Plan) {
        self.versions.clone_from(&before.versions);
        for change in &plan.changes {
            let other = match &change.action {
                Action::AddSource(source) => Some(&source.keyring),
                Action::MakeSelfSigned(pair) => Some(&pair.key),
                _ => None,
            };
            for path in change.action.path().into_iter().chain(other) {
                match before.paths.get(path) {
                    Some(seen) => self.paths.insert(path.clone(), seen.clone()),
                    None => self.paths.remove(path),
                };
            }
        }
        for change in &plan.changes {
            // What is removed comes back; what was made stays.
            if let Action::Remove(absent) = &change.action
                && let Some((name, secret)) = before.secrets.iter().find(|(name, _)| secret_path(name) == absent.path)
            {
                self.secrets.insert(name.clone(), secret.clone());
            }
            if let Action::Remove(absent) = &change.action
                && let Some((name, given)) = before.given.iter().find(|(name, _)| secret_path(name) == absent.path)
            {
                self.given.insert(name.clone(), given.clone());
            }
        }
        self.roster.clone_from(&before.roster);
        for change in &plan.changes {
            match &change.action {
                Action::HandOver(given) => put_back(&mut self.given, &before.given, &given.name),
                Action::RenewSecret(renewal) => put_back(&mut self.secrets, &before.secrets, &renewal.name),
                Action::SetAccount(account) => {
                    put_back(&mut self.accounts, &before.accounts, &format!("{}@{}", account.user, account.domain));
                }
                Action::Answer(package) => {
                    for preseed in &package.preseed {
                        put_back(&mut self.answers, &before.answers, &preseed.question);
                    }
                }
                _ => {}
            }
        }
        self.refresh(Refresh::Systemd);
        for change in &plan.changes {
            let Action::SetUnit { unit, .. } = &change.action else { continue };
            let was = before.units.get(&unit.name).map(|unit| unit.seen);
            if let Some(unit) = self.units.get_mut(&unit.name) {
                let seen = was.unwrap_or(SeenUnit { enabled: false, active: false });
                *unit = FakeUnit { seen, need: Need::Nothing };
            }
        }
    }

    fn act(&mut self, archive: &Archive, action: &Action) -> Result<(), String> {
        match action {
            Action::CreateSecret(name) => {
                let made = format!("Secret{}of{name}Value", self.secrets.len());
                ensure(self.secrets.insert(name.clone(), made).is_none(), "it was there")?;
            }
            Action::RenewSecret(renewal) => {
                let secret = self.secrets.get_mut(&renewal.name).ok_or("it was not there")?;
                secret.push_str("Renewed");
                self.need_all(&renewal.wakes);
            }
            Action::HandOver(given) => {
                let before = self.given.insert(given.name.clone(), given.value.reveal().clone());
                ensure(before.as_ref() != Some(given.value.reveal()), "it was there")?;
                self.need_all(&given.wakes);
            }
            Action::AddSource(source) => {
                self.put(archive, &source.keyring, file_of(&source.file.access, "key".to_owned()));
                self.put(
                    archive,
                    &source.file.path,
                    file_of(&source.file.access, self.expanded(&source.file.content)?),
                );
            }
            Action::Install(package) => {
                self.answer(package)?;
                ensure(!self.packages.contains_key(&package.name), "it was installed")?;
                self.install(archive, &package.name, package.stage);
            }
            Action::Upgrade { package, step } => {
                self.install(archive, &package.name, package.stage);
                self.versions.insert(package.name.clone(), step.to.to_string());
                for (unit, _) in archive.packages.get(&package.name).into_iter().flat_map(|contents| &contents.units) {
                    self.need(unit, Need::Restart);
                }
            }
            Action::Hold(name) => *self.packages.get_mut(name).ok_or("it is not installed")? = true,
            Action::Answer(package) => {
                ensure(self.packages.contains_key(&package.name), "it is not installed")?;
                self.answer(package)?;
            }
            Action::MakeDirectory(directory) => {
                let Access { owner, group, mode } = &directory.access;
                let (owner, group) = (owner.to_string(), group.to_string());
                self.put(archive, &directory.path, SeenPath::Directory { owner, group, mode: *mode });
            }
            Action::WriteFile { file, .. } => {
                self.put(archive, &file.path, file_of(&file.access, self.expanded(&file.content)?));
            }
            Action::SetLink(link) => self.put(archive, &link.path, SeenPath::Link(link.target.to_string())),
            Action::Remove(absent) => {
                self.secrets.retain(|name, _| secret_path(name) != absent.path);
                self.given.retain(|name, _| secret_path(name) != absent.path);
                self.put(archive, &absent.path, SeenPath::Nothing);
            }
            Action::PutOriginal(original) => {
                let kept = self.originals.get(&original.path).ok_or("no original is kept")?.clone();
                self.put(archive, &original.path, kept);
            }
            Action::MakeSelfSigned(pair) => {
                for path in [&pair.key, &pair.certificate] {
                    self.put(archive, path, file_of(&pair.access, "pem".to_owned()));
                }
            }
            Action::SetAccount(account) => {
                let password = self.secrets.get(&account.password).ok_or("its secret is not there")?.clone();
                self.accounts.insert(format!("{}@{}", account.user, account.domain), password);
            }
            Action::DropAccount(account) => {
                let name = format!("{}@{}", account.user, account.domain);
                ensure(self.accounts.contains_key(&name), "the account was not there")?;
            }
            Action::Refresh(refresh) => self.refresh(*refresh),
            Action::SetUnit { unit, act } => self.set_unit(&unit.name, *act)?,
            Action::SetRoster { add, remove } => {
                for account in remove {
                    ensure(self.roster.remove(account), "the account was not there")?;
                }
                for host in add {
                    ensure(self.roster.insert(host.account.clone()), "the account was there")?;
                }
            }
            Action::BringBack(_) => return Err("there is no backup here".to_owned()),
            Action::Issue(certificate) => self.issue(certificate)?,
            Action::Revoke(_) | Action::RenewAccount(_) => return Err("there is no authority here".to_owned()),
            Action::Rehearse { directory } => self.rehearse(directory)?,
        }
        Ok(())
    }

    fn answer(&mut self, package: &Package) -> Result<(), String> {
        for preseed in &package.preseed {
            let answer = self.expanded(&preseed.answer)?;
            self.answers.insert(preseed.question.clone(), answer);
        }
        Ok(())
    }

    fn put(&mut self, archive: &Archive, path: &HostPath, seen: SeenPath) {
        let there = self.paths.get(path).unwrap_or(&SeenPath::Nothing);
        if *there == seen {
            return;
        }
        match seen {
            SeenPath::Nothing => _ = self.paths.remove(path),
            seen => _ = self.paths.insert(path.clone(), seen),
        }
        for wake in archive.readers.get(path).into_iter().flatten() {
            match wake {
                Wake::Refresh(refresh) => _ = self.overdue.insert(*refresh),
                Wake::Reload(name) => self.need(name, Need::Reload),
                Wake::Restart(name) => self.need(name, Need::Restart),
            }
        }
    }

    fn need_all(&mut self, wakes: &[Wake]) {
        for wake in wakes {
            match wake {
                Wake::Refresh(refresh) => _ = self.overdue.insert(*refresh),
                Wake::Reload(name) => self.need(name, Need::Reload),
                Wake::Restart(name) => self.need(name, Need::Restart),
            }
        }
    }

    fn need(&mut self, name: &UnitName, need: Need) {
        if let Some(unit) = self.units.get_mut(name) {
            unit.need = unit.need.max(need);
        }
    }

    pub(crate) fn install(&mut self, archive: &Archive, name: &PackageName, stage: InstallStage) {
        let nothing = Contents::default();
        let contents = archive.packages.get(name).unwrap_or(&nothing);
        self.users.extend(contents.users.iter().cloned());
        for (path, seen) in &contents.lays_down {
            if !self.paths.contains_key(path) {
                self.put(archive, path, seen.clone());
            }
        }
        for path in &contents.rewrites {
            if let Some(SeenPath::File { owner, group, mode, text: Some(text) }) = self.paths.get(path).cloned() {
                let text = Some(format!("# {name} was here\n{text}"));
                self.put(archive, path, SeenPath::File { owner, group, mode, text });
            }
        }
        for (unit, seen) in &contents.units {
            self.units.entry(unit.clone()).or_insert(FakeUnit { seen: *seen, need: Need::Restart });
        }
        self.packages.insert(name.clone(), stage == InstallStage::Jitsi);
    }

    fn expanded(&self, content: &Content) -> Result<String, String> {
        let Content::WithSecrets(text) = content else { return Ok(content.text().to_owned()) };
        let mut expanded = String::new();
        for piece in marks::pieces(text) {
            match piece {
                marks::Piece::Text(text) => expanded.push_str(text),
                marks::Piece::Secret(name) => {
                    let name = SecretName::new(name).map_err(|error| error.to_string())?;
                    expanded.push_str(self.secrets.get(&name).ok_or(format!("secret {name} is not there"))?);
                }
            }
        }
        Ok(expanded)
    }

    fn refresh(&mut self, refresh: Refresh) {
        self.overdue.remove(&refresh);
        if refresh == Refresh::Systemd {
            self.load_units();
        }
    }

    /// Units of the administrator's folder are known once systemd has read it.
    fn load_units(&mut self) {
        let folder = "/etc/systemd/system";
        let named = |path: &HostPath| path.as_str().rsplit('/').next().map(ToOwned::to_owned);
        let files = self.paths.keys().filter(|path| path.parent() == folder);
        for name in files.filter_map(named).collect::<Vec<_>>() {
            let seen = SeenUnit { enabled: false, active: false };
            let name = UnitName::new(name).unwrap();
            self.units.entry(name).or_insert(FakeUnit { seen, need: Need::Restart });
        }
    }

    fn set_unit(&mut self, name: &UnitName, act: UnitAct) -> Result<(), String> {
        let systemd_is_late = self.overdue.contains(&Refresh::Systemd);
        let unit = self.units.get_mut(name).ok_or("there is no such unit")?;
        ensure(!systemd_is_late, "systemd has not read its units")?;
        match act {
            UnitAct::Start | UnitAct::Restart => {
                *unit = FakeUnit { seen: SeenUnit { enabled: true, active: true }, need: Need::Nothing };
            }
            UnitAct::Reload => {
                ensure(unit.seen.active, "it does not run")?;
                ensure(unit.need <= Need::Reload, "a reload is not enough")?;
                unit.need = Need::Nothing;
            }
            UnitAct::Stop => unit.seen = SeenUnit { enabled: false, active: false },
        }
        Ok(())
    }

    /// By the order that stands on the host, as the host itself would.
    fn rehearse(&mut self, directory: &str) -> Result<(), String> {
        let Some(SeenPath::File { text: Some(text), .. }) = self.paths.get(&HostPath::new(standing::PATH).unwrap())
        else {
            return Err("there is no standing order".to_owned());
        };
        let order = StandingOrder::read(text).map_err(|error| error.to_string())?;
        ensure(order.rehearsal == directory, "the order names another directory")?;
        let tried = order.tried();
        self.rehearsed = Some(Rehearsal { at: self.clock, order: tried, directory: order.rehearsal, why: None });
        Ok(())
    }

    fn issue(&mut self, certificate: &Certificate) -> Result<(), String> {
        self.certificate = Some(SeenCertificate {
            names: certificate.names.clone(),
            not_before: self.clock - 3600,
            not_after: self.clock + 90 * 86_400,
            serial: "2a".to_owned(),
            issued_by: Some(certificate.authority.directory().to_owned()),
        });
        for wake in &certificate.wakes {
            match wake {
                Wake::Refresh(refresh) => self.refresh(*refresh),
                Wake::Reload(name) => self.set_unit(name, UnitAct::Reload)?,
                Wake::Restart(name) => self.set_unit(name, UnitAct::Restart)?,
            }
        }
        Ok(())
    }
}

fn seen_given(value: &str) -> SeenGiven {
    SeenGiven { digest: Secret::new(Digest::of(value.as_bytes())), private: true }
}

fn secret_path(name: &SecretName) -> HostPath {
    HostPath::new(format!("/etc/vc4all/secrets/{name}")).unwrap()
}

fn put_back<K: Ord + Clone, V: Clone>(now: &mut BTreeMap<K, V>, before: &BTreeMap<K, V>, key: &K) {
    match before.get(key) {
        Some(value) => now.insert(key.clone(), value.clone()),
        None => now.remove(key),
    };
}

fn file_of(access: &Access, text: String) -> SeenPath {
    let Access { owner, group, mode } = access;
    SeenPath::File { owner: owner.to_string(), group: group.to_string(), mode: *mode, text: Some(text) }
}

fn ensure(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}
