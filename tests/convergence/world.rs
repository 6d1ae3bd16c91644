//! Makes up claims, the packages that they name, and hosts in every state.

use crate::archive::{Archive, Contents};
use crate::dice::Dice;
use crate::fake::{FakeUnit, Host, Need};
use crate::setting;
use vc4all_deploy::model::deployment::MeetingHost;
use vc4all_deploy::model::names::{AccountName, ComponentName, HostPath, LoginName, PackageName, SecretName, UnitName};
use vc4all_deploy::model::observed::{SeenCertificate, SeenPath, SeenUnit};
use vc4all_deploy::model::resource::{
    Absent, Access, Account, Certificate, Claim, Content, Directory, File, Given, InstallStage, Link, Package, Preseed,
    Refresh, Resource, Roster, SelfSigned, Source, Unit, UnitState, Wake, Wording,
};
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::values::{Domain, KeyFingerprint, Line, WebAddress};

/// Claims and the packages that they are about.
pub(crate) struct World {
    pub(crate) claims: Vec<Claim>,
    pub(crate) archive: Archive,
    /// Units that are on every host, whatever is installed.
    standing: Vec<UnitName>,
}

const STAGES: [InstallStage; 3] = [InstallStage::Base, InstallStage::Distribution, InstallStage::Jitsi];
const REFRESHES: [Refresh; 4] = [Refresh::Systemd, Refresh::Trust, Refresh::Sysctl, Refresh::Tmpfiles];

impl World {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let mut maker = Maker { resources: Vec::new(), archive: Archive::default(), names: Names::random(dice) };
        for number in 0..maker.names.packages.len() {
            maker.package(dice, number);
        }
        for kind in [Maker::file, Maker::file, Maker::file, Maker::absent, Maker::link, Maker::other] {
            for number in 0..dice.below(4) {
                kind(&mut maker, dice, number);
            }
        }
        let secrets: Vec<Resource> = maker.names.secrets.iter().cloned().map(Resource::Secret).collect();
        maker.resources.extend(secrets);
        maker.given(dice);
        maker.units(dice);
        maker.roster(dice);
        maker.record_readers();
        dice.shuffle(&mut maker.resources);
        let claims = maker.resources.into_iter().map(|resource| {
            let component = ComponentName::new(format!("part-{}", dice.below(4))).unwrap();
            Claim { component, resource }
        });
        Self { claims: claims.collect(), archive: maker.archive, standing: maker.names.standing }
    }

    /// A host on which nothing was ever done.
    pub(crate) fn fresh_host(&self) -> Host {
        let mut host = Host::fresh(setting::traits());
        for name in &self.standing {
            host.units.insert(name.clone(), FakeUnit { seen: UP, need: Need::Nothing });
        }
        host
    }

    /// A host on which somebody did this and that by hand.
    pub(crate) fn messy_host(&self, dice: &mut Dice) -> Host {
        let mut host = self.fresh_host();
        for claim in &self.claims {
            if dice.percent(40) {
                self.mess(&mut host, dice, &claim.resource);
            }
        }
        host
    }

    /// Changes one thing that a claim is about; the host may be as wanted afterwards too. Whoever changed it saw to it
    /// that it is in force: no look could tell otherwise.
    pub(crate) fn mess(&self, host: &mut Host, dice: &mut Dice, resource: &Resource) {
        self.mess_up(host, dice, resource);
        host.overdue.clear();
        host.units.values_mut().for_each(|unit| unit.need = Need::Nothing);
    }

    fn mess_up(&self, host: &mut Host, dice: &mut Dice, resource: &Resource) {
        match resource {
            Resource::Secret(name) => {
                let value = format!("Old{}of{name}Value", dice.below(3));
                match dice.below(3) {
                    0 => _ = host.secrets.remove(name),
                    _ => _ = host.secrets.insert(name.clone(), value),
                }
            }
            Resource::Given(given) => match dice.below(3) {
                0 => _ = host.given.remove(&given.name),
                1 => _ = host.given.insert(given.name.clone(), "What it was before".to_owned()),
                _ => _ = host.given.insert(given.name.clone(), given.value.reveal().clone()),
            },
            Resource::Package(package) => {
                host.install(&self.archive, &package.name, package.stage);
                host.packages.insert(package.name.clone(), dice.percent(50));
            }
            Resource::Source(source) => mess_path(host, dice, &source.file.path),
            Resource::Directory(directory) => mess_path(host, dice, &directory.path),
            Resource::File(file) => mess_path(host, dice, &file.path),
            Resource::Link(link) => mess_path(host, dice, &link.path),
            Resource::Absent(absent) => mess_path(host, dice, &absent.path),
            Resource::Original(original) => mess_path(host, dice, &original.path),
            Resource::SelfSigned(pair) => mess_path(host, dice, &pair.key),
            Resource::Account(account) | Resource::Dropped(account) => {
                host.accounts.insert(format!("{}@{}", account.user, account.domain), "OldPassword".to_owned());
            }
            Resource::Certificate(certificate) => {
                host.certificate = Some(some_certificate(dice, certificate, host.clock))
            }
            Resource::Roster(_) => {
                let known = ["a.former.one", "jo.voorbeeld"].into_iter().filter(|_| dice.percent(50));
                host.roster.extend(known.map(|name| LoginName::new(name).unwrap()));
            }
            Resource::Unit(unit) => {
                if let Some(known) = host.units.get_mut(&unit.name) {
                    known.seen = SeenUnit { enabled: dice.percent(50), active: dice.percent(50) };
                }
            }
        }
    }
}

const UP: SeenUnit = SeenUnit { enabled: true, active: true };

fn mess_path(host: &mut Host, dice: &mut Dice, path: &HostPath) {
    let mode = *dice.pick(&[0o644, 0o640, 0o600]);
    let owner = || "root".to_owned();
    let seen = match dice.below(7) {
        0 => SeenPath::Nothing,
        1 => SeenPath::Link("/dev/null".to_owned()),
        2 => SeenPath::Other,
        3 => SeenPath::File { owner: owner(), group: owner(), mode, text: None },
        4 => SeenPath::Directory { owner: owner(), group: owner(), mode },
        _ => SeenPath::File { owner: owner(), group: owner(), mode, text: Some(some_text(dice)) },
    };
    match seen {
        SeenPath::Nothing => _ = host.paths.remove(path),
        seen => _ = host.paths.insert(path.clone(), seen),
    }
}

fn some_text(dice: &mut Dice) -> String {
    const WORDS: [&str; 8] = ["listen", "é€", "\u{1b}[31mred", "\u{202e}turned", "a\tb", "x\r", "", "{{ y }}"];
    let lines: Vec<&str> = (0..dice.below(90)).map(|_| *dice.pick(&WORDS)).collect();
    lines.join("\n")
}

fn some_certificate(dice: &mut Dice, wanted: &Certificate, clock: i64) -> SeenCertificate {
    let not_after = clock + 86_400 * i64::try_from(dice.below(90)).unwrap() - 86_400;
    let names = if dice.percent(80) { wanted.names.clone() } else { Vec::new() };
    let issued_by = dice.percent(80).then(|| wanted.authority.directory().to_owned());
    SeenCertificate { names, not_before: not_after - 90 * 86_400, not_after, serial: "07".to_owned(), issued_by }
}

struct Names {
    packages: Vec<(PackageName, InstallStage)>,
    units: Vec<(UnitName, Option<PackageName>)>,
    standing: Vec<UnitName>,
    secrets: Vec<SecretName>,
    users: Vec<AccountName>,
}

impl Names {
    fn random(dice: &mut Dice) -> Self {
        let mut names = Self {
            packages: Vec::new(),
            units: Vec::new(),
            standing: vec![UnitName::new("journal.service").unwrap()],
            secrets: Vec::new(),
            users: vec![AccountName::new("root").unwrap()],
        };
        for number in 0..2 + dice.below(5) {
            let package = PackageName::new(format!("package{number}")).unwrap();
            for unit in 0..dice.below(3) {
                let name = UnitName::new(format!("unit{number}-{unit}.service")).unwrap();
                names.units.push((name, Some(package.clone())));
            }
            names.packages.push((package, *dice.pick(&STAGES)));
        }
        names.units.extend(names.standing.iter().cloned().map(|name| (name, None)));
        names.secrets.extend((0..dice.below(4)).map(|number| SecretName::new(format!("s{number}")).unwrap()));
        names
    }
}

struct Maker {
    resources: Vec<Resource>,
    archive: Archive,
    names: Names,
}

impl Maker {
    fn package(&mut self, dice: &mut Dice, number: usize) {
        let (name, stage) = self.names.packages[number].clone();
        let mut contents = Contents::default();
        for (unit, from) in &self.names.units {
            if from.as_ref() == Some(&name) {
                let seen = SeenUnit { enabled: dice.percent(70), active: dice.percent(30) };
                contents.units.push((unit.clone(), seen));
            }
        }
        if dice.percent(40) {
            let user = AccountName::new(format!("user{number}")).unwrap();
            contents.users.push(user.clone());
            self.names.users.push(user);
        }
        self.archive.packages.insert(name.clone(), contents);
        let answer = Preseed {
            owner: name.clone(),
            question: format!("{name}/answer"),
            kind: "string".into(),
            answer: self.content(dice),
        };
        let preseed = if dice.percent(30) { vec![answer] } else { Vec::new() };
        self.resources.push(Resource::Package(Package { name, stage, preseed, known: Vec::new(), wakes: Vec::new() }));
    }

    fn file(&mut self, dice: &mut Dice, _: usize) {
        let file = self.some_file(dice, "/etc/file");
        if let Some(from) = &file.from {
            let contents = self.archive.packages.get_mut(from).unwrap();
            match dice.below(3) {
                0 => contents.lays_down.push((file.path.clone(), laid_down())),
                1 => contents.rewrites.push(file.path.clone()),
                _ => {}
            }
        }
        self.resources.push(Resource::File(file));
    }

    fn absent(&mut self, dice: &mut Dice, _: usize) {
        let (path, from) = (self.path("/etc/absent"), self.from(dice));
        if let Some(from) = &from {
            let contents = self.archive.packages.get_mut(from).unwrap();
            contents.lays_down.push((path.clone(), laid_down()));
        }
        let wakes = self.wakes(dice);
        self.resources.push(Resource::Absent(Absent { path, wakes, from }));
    }

    fn link(&mut self, dice: &mut Dice, _: usize) {
        let (path, from) = (self.path("/etc/link"), self.from(dice));
        if let Some(from) = from.as_ref().filter(|_| dice.percent(50)) {
            let contents = self.archive.packages.get_mut(from).unwrap();
            contents.lays_down.push((path.clone(), laid_down()));
        }
        let target = HostPath::new(format!("/usr/share/{}", dice.below(3))).unwrap();
        let wakes = self.wakes(dice);
        self.resources.push(Resource::Link(Link { path, target, wakes, from }));
    }

    fn other(&mut self, dice: &mut Dice, number: usize) {
        let domain = Domain::parse("auth.meet.example.nl").unwrap();
        let resource = match number {
            0 => {
                let file = File { from: None, ..self.some_file(dice, "/etc/apt/source") };
                let key_url = WebAddress::parse("https://packages.example/key").unwrap();
                let key = KeyFingerprint::parse("0123456789ABCDEF0123456789ABCDEF01234567").unwrap();
                Resource::Source(Source { file, key_url, key, keyring: self.path("/etc/apt/keyring") })
            }
            1 => {
                let (key, certificate) = (self.path("/etc/pair/key"), self.path("/etc/pair/certificate"));
                let (access, wakes) = (self.access(dice), self.wakes(dice));
                Resource::SelfSigned(SelfSigned { name: domain, key, certificate, access, days: 3650, wakes })
            }
            _ => {
                let wakes = vec![Wake::Reload(self.names.standing[0].clone())];
                Resource::Certificate(Certificate { wakes, ..setting::certificate("meet.example.nl") })
            }
        };
        self.resources.push(resource);
        self.directory_or_account(dice);
    }

    fn directory_or_account(&mut self, dice: &mut Dice) {
        let (path, access) = (self.path("/etc/folder"), self.access(dice));
        self.resources.push(Resource::Directory(Directory { path, access }));
        if let Some(password) = self.names.secrets.get(dice.below(4)).cloned() {
            let user = AccountName::new(format!("account{}", self.resources.len())).unwrap();
            let domain = Domain::parse("auth.meet.example.nl").unwrap();
            self.resources.push(Resource::Account(Account { user, domain, password, roster: None }));
        }
    }

    /// Secrets of the operator's.
    fn given(&mut self, dice: &mut Dice) {
        for number in 0..dice.below(3) {
            let name = SecretName::new(format!("given{number}")).unwrap();
            let value = Secret::new(format!("KEY=TheOperatorsOwn{number}\nOTHER=word\n"));
            let wakes = self.wakes(dice);
            self.resources.push(Resource::Given(Given { name, value, wakes }));
        }
    }

    /// Units of packages, the standing ones, and one that a file of ours brings.
    fn units(&mut self, dice: &mut Dice) {
        for (name, from) in self.names.units.clone() {
            let stopped = from.is_some() && dice.percent(15);
            let state = if stopped { UnitState::Stopped } else { UnitState::Running };
            self.resources.push(Resource::Unit(Unit { name, state, gates: Vec::new(), from }));
        }
        if dice.percent(50) {
            let name = UnitName::new("own.service").unwrap();
            let path = HostPath::new("/etc/systemd/system/own.service").unwrap();
            let wakes = vec![Wake::Refresh(Refresh::Systemd), Wake::Restart(name.clone())];
            let file = File { path, wakes, from: None, ..self.some_file(dice, "/etc/own") };
            self.resources.push(Resource::File(file));
            let gates = Vec::new();
            self.resources.push(Resource::Unit(Unit { name, state: UnitState::Running, gates, from: None }));
        }
    }

    /// Accounts at the door.
    fn roster(&mut self, dice: &mut Dice) {
        if dice.percent(50) {
            let accounts = ["jo.voorbeeld", "sam"].into_iter().filter(|_| dice.percent(60));
            let host = |account| MeetingHost {
                account: LoginName::new(account).unwrap(),
                name: Line::parse("Jo Voorbeeld").unwrap(),
            };
            self.resources.push(Resource::Roster(Roster { hosts: accounts.map(host).collect() }));
        }
    }

    /// Whoever is woken for a path reads it.
    fn record_readers(&mut self) {
        for resource in &self.resources {
            let (path, wakes) = match resource {
                Resource::Source(source) => (&source.file.path, &source.file.wakes),
                Resource::File(file) => (&file.path, &file.wakes),
                Resource::Link(link) => (&link.path, &link.wakes),
                Resource::Absent(absent) => (&absent.path, &absent.wakes),
                Resource::SelfSigned(pair) => (&pair.certificate, &pair.wakes),
                _ => continue,
            };
            self.archive.readers.insert(path.clone(), wakes.clone());
        }
    }

    fn some_file(&self, dice: &mut Dice, stem: &str) -> File {
        File {
            path: self.path(stem),
            access: self.access(dice),
            content: self.content(dice),
            proof: None,
            wakes: self.wakes(dice),
            from: self.from(dice),
            wording: Wording::Ours,
        }
    }

    fn content(&self, dice: &mut Dice) -> Content {
        let text = some_text(dice);
        match self.names.secrets.get(dice.below(6)) {
            Some(secret) => Content::WithSecrets(format!("{text}\npassword = {}\n", secret.mark())),
            None => Content::Plain(text),
        }
    }

    fn path(&self, stem: &str) -> HostPath {
        HostPath::new(format!("{stem}-{}", self.resources.len())).unwrap()
    }

    fn access(&self, dice: &mut Dice) -> Access {
        let owner = dice.pick(&self.names.users).clone();
        let group = dice.pick(&self.names.users).clone();
        Access { owner, group, mode: *dice.pick(&[0o644, 0o640, 0o750]) }
    }

    fn from(&self, dice: &mut Dice) -> Option<PackageName> {
        dice.percent(60).then(|| dice.pick(&self.names.packages).0.clone())
    }

    fn wakes(&self, dice: &mut Dice) -> Vec<Wake> {
        let mut wakes = Vec::new();
        for _ in 0..dice.below(3) {
            let unit = dice.pick(&self.names.units).0.clone();
            wakes.push(match dice.below(4) {
                0 => Wake::Refresh(*dice.pick(&REFRESHES)),
                1 => Wake::Reload(unit),
                _ => Wake::Restart(unit),
            });
        }
        wakes
    }
}

fn laid_down() -> SeenPath {
    let root = || "root".to_owned();
    SeenPath::File { owner: root(), group: root(), mode: 0o644, text: Some("as packaged\n".to_owned()) }
}
