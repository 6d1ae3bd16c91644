//! What one host should hold: a closed list of kinds, so that a missing case does not compile.

use super::deployment::MeetingHost;
use super::identity::TokenWord;
use super::known::Pin;
use super::names::{AccountName, ComponentName, HostPath, PackageName, SecretName, UnitName};
use super::program::Program;
use super::secret::Secret;
use super::subject::SubjectName;
use super::tls::{Authority, ExternalAccount, Method};
use super::values::{Domain, Email, KeyFingerprint, WebAddress};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A resource and the component that wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who wants it.
    pub component: ComponentName,
    /// What is wanted.
    pub resource: Resource,
}

/// One thing that a host should hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    /// A secret that is born on the host.
    Secret(SecretName),
    /// A secret that the operator hands over. What a generation keeps leaves it out: it is the operator's to say what it is.
    #[serde(skip)]
    Given(Given),
    /// An apt source with its pinned key.
    Source(Source),
    /// An installed package.
    Package(Package),
    /// A folder.
    Directory(Directory),
    /// A file with its whole content.
    File(File),
    /// A symbolic link.
    Link(Link),
    /// A path that must not be there.
    Absent(Absent),
    /// What stood at a path before we came there.
    Original(Original),
    /// A key with a certificate that it signed itself, made on the host.
    SelfSigned(SelfSigned),
    /// An XMPP account of Prosody.
    Account(Account),
    /// An XMPP account that we made and that nobody wants any more.
    Dropped(Account),
    /// The public certificate. What a generation keeps leaves it out, for no earlier one comes back.
    #[serde(skip)]
    Certificate(Certificate),
    /// A systemd unit.
    Unit(Unit),
    /// Who has an account at the door. What a generation keeps leaves it out: nobody gets an account back by chance.
    #[serde(skip)]
    Roster(Roster),
}

/// A secret of the operator's, root's alone on the host at [`SecretName::path`]. It is theirs to change, so nobody renews it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its name on the host.
    pub name: SecretName,
    /// What it is.
    pub value: Secret<String>,
    /// What has to notice another one.
    pub wakes: Vec<Wake>,
}

/// An apt source in deb822 form (sources.list(5)) with a key that is fetched by the host and checked by fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The `.sources` file; written like any other file, after the key is in place.
    pub file: File,
    /// Where the host fetches the key.
    pub key_url: WebAddress,
    /// The fingerprint that the key must have.
    pub key: KeyFingerprint,
    /// The keyring file that holds this key alone.
    pub keyring: HostPath,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: PackageName,
    /// When it is installed.
    pub stage: InstallStage,
    /// Answers that debconf gets before the installation.
    pub preseed: Vec<Preseed>,
    /// Versions of it that belong to a known-good set, the newest first; only Jitsi's own packages have any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<Pin>,
    /// What has to notice another version of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wakes: Vec<Wake>,
}

/// When a package is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum InstallStage {
    /// Tools that the rest of the work needs.
    Base,
    /// The distribution's servers; before the files are written, because the files belong to their users.
    Distribution,
    /// Jitsi's own packages; after the files are written, so that their scripts find them. They are held.
    Jitsi,
}

/// One answer for debconf (debconf-set-selections(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preseed {
    /// The package that owns the question.
    pub owner: PackageName,
    /// The question, such as `jitsi-meet/jaas-choice`.
    pub question: String,
    /// Its type: `string`, `boolean`, `password` or `select`.
    pub kind: Cow<'static, str>,
    /// The answer; may hold secret marks.
    pub answer: Content,
}

/// Text for the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// Text that is written as it is.
    Plain(String),
    /// Text in which the host puts its secrets in the place of their marks.
    WithSecrets(String),
    /// A program, which is compared by its digest.
    Program(Program),
}

impl Content {
    /// The text with the marks; of a program, its digest, and nothing where no build is at hand.
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::WithSecrets(text) => text,
            Self::Program(program) => program.build.as_ref().map_or("", |build| build.digest.as_str()),
        }
    }
}

/// Owner, group and permission bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Owner.
    pub owner: AccountName,
    /// Group.
    pub group: AccountName,
    /// Permission bits, such as `0o640`.
    pub mode: u32,
}

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// Where.
    pub path: HostPath,
    /// Whose.
    pub access: Access,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Where.
    pub path: HostPath,
    /// Whose.
    pub access: Access,
    /// What is in it.
    pub content: Content,
    /// The parser that judges the candidate before it takes its place.
    pub proof: Option<Proof>,
    /// What has to notice a new content.
    pub wakes: Vec<Wake>,
    /// The package whose installation may lay down or rewrite this path.
    pub from: Option<PackageName>,
    /// Whose words it holds.
    pub wording: Wording,
}

/// Whose words a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wording {
    /// Ours, from a template.
    Ours,
    /// The operator's alone, from an override.
    Replaced,
    /// Ours, and after them the operator's.
    Extended,
}

/// A parser that judges candidates on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Proof {
    /// `nginx -t` over the whole configuration.
    Nginx,
    /// `luac -p` of this file.
    Lua,
    /// `prosodyctl check config` over the whole configuration.
    Prosody,
    /// `nft --check --file` of this file.
    Nftables,
    /// `systemd-analyze verify` of the unit whose drop-in this is.
    Systemd,
}

/// A symbolic link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where the link stands.
    pub path: HostPath,
    /// Where it points.
    pub target: HostPath,
    /// What has to notice it.
    pub wakes: Vec<Wake>,
    /// The package whose installation may lay down this path.
    pub from: Option<PackageName>,
}

/// A path that must not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    /// Where nothing may stand.
    pub path: HostPath,
    /// What has to notice its going.
    pub wakes: Vec<Wake>,
    /// The package whose installation may lay it down.
    pub from: Option<PackageName>,
}

/// What stood at a path before we came there for the first time; the host keeps it with owner and mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Where it stood, and shall stand again.
    pub path: HostPath,
    /// What has to notice it.
    pub wakes: Vec<Wake>,
}

/// A key and a self-signed certificate, made on the host once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfSigned {
    /// The name in the certificate.
    pub name: Domain,
    /// The private key's file.
    pub key: HostPath,
    /// The certificate's file.
    pub certificate: HostPath,
    /// Whose both files are; the certificate is readable for all.
    pub access: Access,
    /// How many days it is valid.
    pub days: u32,
    /// What has to notice a new pair.
    pub wakes: Vec<Wake>,
}

/// An XMPP account whose password is a secret of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The part before the `@`.
    pub user: AccountName,
    /// The XMPP host.
    pub domain: Domain,
    /// The password.
    pub password: SecretName,
    /// A component in whose roster it must stand (`prosodyctl mod_roster_command subscribe`).
    pub roster: Option<Domain>,
}

/// The public certificate, issued over ACME; the pair stands behind `/var/lib/vc4all/tls/live`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The names in it; the first one is the domain.
    pub names: Vec<SubjectName>,
    /// Who issues it.
    pub authority: Authority,
    /// Mail address given to the authority.
    pub contact: Option<Email>,
    /// Which of the authority's profiles; its default otherwise.
    pub profile: Option<TokenWord>,
    /// How the names are proven.
    pub method: Method,
    /// The account elsewhere that ours is bound to, where the authority wants one.
    pub external: Option<ExternalAccount>,
    /// What has to notice a new pair.
    pub wakes: Vec<Wake>,
}

/// Who has an account at the door, and nobody else. An account begins without a passphrase, so nobody can use it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The people.
    pub hosts: Vec<MeetingHost>,
}

/// A systemd unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its name.
    pub name: UnitName,
    /// How it should be.
    pub state: UnitState,
    /// Signs of health after it was woken; all must show within the gate's deadline.
    pub gates: Vec<Gate>,
    /// The package that brings it.
    pub from: Option<PackageName>,
}

/// How a unit should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnitState {
    /// Enabled and active.
    Running,
    /// Disabled and inactive.
    Stopped,
}

/// A sign of health, looked for on the host itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gate {
    /// Something listens on this TCP port.
    Tcp(u16),
    /// Something listens on this UDP port.
    Udp(u16),
    /// `GET http://127.0.0.1:PORT/PATH` answers 200.
    Http(u16, Cow<'static, str>),
}

/// Something that has to notice a change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Wake {
    /// Something global that is read anew, before any unit.
    Refresh(Refresh),
    /// The unit reads its configuration anew.
    Reload(UnitName),
    /// The unit is restarted; wins over a reload of the same unit.
    Restart(UnitName),
}

/// Something global that is read anew, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Refresh {
    /// `systemctl daemon-reload`.
    Systemd,
    /// `update-ca-certificates`, which carries our own certificate into Java's trust store.
    Trust,
    /// `sysctl --system`.
    Sysctl,
    /// `systemd-tmpfiles --create`.
    Tmpfiles,
    /// The time servers of `systemd-timesyncd`, where it runs: a container's clock is its owner's.
    Clock,
}
