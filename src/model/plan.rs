//! A plan: the changes that lead from what was seen to what is wanted, as plain data.

use super::backup::Brought;
use super::deployment::MeetingHost;
use super::digest::Digest;
use super::known::Move;
use super::names::{ComponentName, HostPath, LoginName, PackageName, SecretName};
use super::resource::{
    Absent, Account, Certificate, Directory, File, Given, Link, Original, Package, Refresh, SelfSigned, Source, Unit,
    Wake,
};
use super::revocation::Revocable;
use super::values::Domain;

/// What will be done to one host; the printed plan is the executed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The deployment's domain.
    pub domain: Domain,
    /// The domain that the host has until now, where that is another one.
    pub formerly: Option<Domain>,
    /// The host's address, as the inventory has it.
    pub host: String,
    /// Digest of what was seen; nothing for a dry run against a fresh host.
    pub based_on: Option<Digest>,
    /// The changes in the order of execution.
    pub changes: Vec<Change>,
    /// How many resources are already as wanted.
    pub unchanged: usize,
}

impl Plan {
    /// Whether nothing is to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether a mistake in it could leave nobody a way in: it changes the firewall or the SSH server.
    pub fn may_lock_out(&self) -> bool {
        self.changes.iter().any(|change| change.action.may_lock_out())
    }
}

/// Seconds within which a second connection has to confirm what may lock people out; after that the host goes back.
pub const CONFIRM_SECONDS: u32 = 90;

/// Files that decide who gets in, and folders of such files.
const DOORS: [&str; 2] = ["/etc/nftables.conf", "/etc/ssh/"];
/// Units that decide who gets in; their own files and drop-ins count too.
const DOOR_UNITS: [&str; 4] = ["nftables.service", "ssh.service", "ssh.socket", "sshd.service"];

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The component that wants it.
    pub component: ComponentName,
    /// Why it is needed.
    pub why: Why,
    /// What is done.
    pub action: Action,
}

/// Why a change is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is not there.
    Missing,
    /// It is there, and differs in these fields.
    Differs(Vec<Field>),
    /// It is there and must not be.
    Unwanted,
    /// The package is about to be installed and may lay it down or change it.
    MayBeLaidDownBy(PackageName),
    /// The certificate runs out in so many days.
    RunsOut {
        /// Days left, negative when it is over.
        days: i64,
    },
    /// The certificate on the host is not from the wanted authority.
    OtherAuthority,
    /// The certificate lacks a wanted name.
    OtherNames,
    /// The last rehearsal was of another standing order.
    OtherOrder,
    /// The last rehearsal failed.
    Failed,
    /// The last rehearsal was so many days ago.
    LongAgo {
        /// Days since then.
        days: i64,
    },
    /// A unit has to notice these changes.
    WokenBy(Vec<String>),
    /// A unit is not as it should be.
    NotAsWanted,
    /// These secrets, which it is or holds, are made anew.
    Renewed(Vec<SecretName>),
    /// Somebody else may have its key.
    Compromised,
}

/// A field of a file, folder, link or package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Text or link target.
    Content,
    /// Owner.
    Owner,
    /// Group.
    Group,
    /// Permission bits.
    Mode,
    /// File, folder or link.
    Kind,
    /// Whether dpkg holds it.
    Hold,
    /// What debconf was told.
    Answers,
    /// A package's version.
    Version,
}

/// What is done; one variant a kind of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Makes a secret.
    CreateSecret(SecretName),
    /// Makes a secret anew that is there.
    RenewSecret(Renewal),
    /// Puts a secret of the operator's on the host.
    HandOver(Given),
    /// Fetches and checks a key and writes a source.
    AddSource(Source),
    /// Installs a package.
    Install(Package),
    /// Takes an installed package from one version to another.
    Upgrade {
        /// The package.
        package: Package,
        /// From which version to which.
        step: Move,
    },
    /// Holds an installed package.
    Hold(PackageName),
    /// Answers the questions of an installed package anew; its scripts ask when it is upgraded.
    Answer(Package),
    /// Makes a folder or sets its access.
    MakeDirectory(Directory),
    /// Writes a file.
    WriteFile {
        /// The wanted file.
        file: File,
        /// The text that stands there now, with marks; nothing when there is no such text.
        before: Option<String>,
    },
    /// Sets a link.
    SetLink(Link),
    /// Removes what stands at a path.
    Remove(Absent),
    /// Puts back what stood at a path before we came there.
    PutOriginal(Original),
    /// Makes a self-signed pair.
    MakeSelfSigned(SelfSigned),
    /// Sets an account's password.
    SetAccount(Account),
    /// Deletes an account once everything else is in force.
    DropAccount(Account),
    /// Reads something global anew.
    Refresh(Refresh),
    /// Enables, starts, reloads, restarts or stops a unit once, and waits for its signs of health.
    SetUnit {
        /// The unit.
        unit: Unit,
        /// What is done to it.
        act: UnitAct,
    },
    /// Adds and removes accounts at the door.
    SetRoster {
        /// Who gets an account.
        add: Vec<MeetingHost>,
        /// Who loses theirs.
        remove: Vec<LoginName>,
    },
    /// Puts something of a backup in its place.
    BringBack(Brought),
    /// Issues the public certificate: after everything else, or before it where the present key is compromised.
    Issue(Certificate),
    /// Revokes a certificate, once another one is in force.
    Revoke(Revocable),
    /// Gives the account at the authority of this directory another key.
    RenewAccount(String),
    /// Lets the host play a renewal through, after the certificate.
    Rehearse {
        /// Address of the directory at which it does.
        directory: String,
    },
}

/// A secret that is made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// Its name.
    pub name: SecretName,
    /// Where it stands.
    pub path: HostPath,
    /// What has to notice it, because it reads the secret at that path; what holds it otherwise is written anew.
    pub wakes: Vec<Wake>,
}

/// What is done to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitAct {
    /// It reads its configuration anew.
    Reload,
    /// It is enabled and started.
    Start,
    /// It is restarted (and enabled).
    Restart,
    /// It is disabled and stopped.
    Stop,
}

impl Action {
    /// The path that is written or removed, where there is one.
    pub fn path(&self) -> Option<&HostPath> {
        match self {
            Self::AddSource(source) => Some(&source.file.path),
            Self::MakeDirectory(directory) => Some(&directory.path),
            Self::WriteFile { file, .. } => Some(&file.path),
            Self::SetLink(link) => Some(&link.path),
            Self::Remove(absent) => Some(&absent.path),
            Self::PutOriginal(original) => Some(&original.path),
            Self::MakeSelfSigned(pair) | Self::BringBack(Brought::SelfSigned(pair)) => Some(&pair.certificate),
            Self::RenewSecret(renewal) => Some(&renewal.path),
            Self::BringBack(_)
            | Self::CreateSecret(_)
            | Self::HandOver(_)
            | Self::Install(_)
            | Self::Upgrade { .. }
            | Self::Hold(_)
            | Self::Answer(_)
            | Self::SetAccount(_)
            | Self::DropAccount(_)
            | Self::Refresh(_)
            | Self::SetUnit { .. }
            | Self::SetRoster { .. }
            | Self::Issue(_)
            | Self::Revoke(_)
            | Self::RenewAccount(_)
            | Self::Rehearse { .. } => None,
        }
    }

    /// Whether it touches the firewall or the SSH server.
    pub fn may_lock_out(&self) -> bool {
        if let Self::SetUnit { unit, .. } = self {
            return DOOR_UNITS.contains(&unit.name.as_str());
        }
        let Some(path) = self.path().map(HostPath::as_str) else { return false };
        let of_unit = |unit: &str| {
            let rest = path.strip_prefix("/etc/systemd/system/").and_then(|rest| rest.strip_prefix(unit));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(".d/"))
        };
        DOORS.iter().any(|door| path == *door || (door.ends_with('/') && path.starts_with(door)))
            || DOOR_UNITS.into_iter().any(of_unit)
    }

    /// Whether it comes before or after everything else, over our connection, and in no generation.
    pub fn is_apart(&self) -> bool {
        matches!(self, Self::Issue(_) | Self::Revoke(_) | Self::RenewAccount(_) | Self::Rehearse { .. })
    }

    /// What has to notice this change.
    pub fn wakes(&self) -> &[Wake] {
        match self {
            Self::AddSource(source) => &source.file.wakes,
            Self::Install(package) | Self::Upgrade { package, .. } => &package.wakes,
            Self::WriteFile { file, .. } => &file.wakes,
            Self::SetLink(link) => &link.wakes,
            Self::Remove(absent) => &absent.wakes,
            Self::PutOriginal(original) => &original.wakes,
            Self::MakeSelfSigned(pair) | Self::BringBack(Brought::SelfSigned(pair)) => &pair.wakes,
            Self::BringBack(Brought::Certificate(brought)) => &brought.wanted.wakes,
            Self::RenewSecret(renewal) => &renewal.wakes,
            Self::HandOver(given) => &given.wakes,
            Self::Issue(certificate) => &certificate.wakes,
            Self::BringBack(_)
            | Self::CreateSecret(_)
            | Self::Hold(_)
            | Self::Answer(_)
            | Self::MakeDirectory(_)
            | Self::SetAccount(_)
            | Self::DropAccount(_)
            | Self::Refresh(_)
            | Self::SetUnit { .. }
            | Self::SetRoster { .. }
            | Self::Revoke(_)
            | Self::RenewAccount(_)
            | Self::Rehearse { .. } => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removal(path: &str) -> Action {
        Action::Remove(Absent { path: HostPath::new(path).unwrap(), wakes: Vec::new(), from: None })
    }

    #[test]
    fn firewall_and_ssh_may_lock_out() {
        for path in [
            "/etc/nftables.conf",
            "/etc/ssh/sshd_config",
            "/etc/ssh/sshd_config.d/vc4all.conf",
            "/etc/systemd/system/nftables.service.d/vc4all.conf",
            "/etc/systemd/system/ssh.socket",
        ] {
            assert!(removal(path).may_lock_out(), "{path}");
        }
        for path in ["/etc/nftables.conf.old", "/etc/sshd", "/etc/systemd/system/nginx.service.d/a.conf"] {
            assert!(!removal(path).may_lock_out(), "{path}");
        }
    }
}
