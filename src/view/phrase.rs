//! Says one change in words: a sign, a kind, a name and what there is to know.

use super::backup;
use super::diff::{self, Shown};
use super::paint::Paint;
use super::reason::{reason, unit_reason};
use crate::model::backup::Brought;
use crate::model::deployment::MeetingHost;
use crate::model::known::Move;
use crate::model::names::LoginName;
use crate::model::plan::{Action, Change, Field, UnitAct, Why};
use crate::model::resource::{
    Access, Account, Certificate, Content, File, InstallStage, Link, Package, Refresh, Wake, Wording,
};
use crate::model::revocation::{Place, Revocable};
use crate::model::tls::Method;

/// A change in words.
pub(super) struct Phrase {
    pub(super) sign: Sign,
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// Owner, group and mode where there are any.
    pub(super) access: Option<String>,
    pub(super) detail: String,
    pub(super) diff: Option<Shown>,
}

/// What happens to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Add,
    Change,
    Remove,
    Wake,
}

impl Sign {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Change => "~",
            Self::Remove => "-",
            Self::Wake => "↻",
        }
    }

    pub(super) fn paint(self) -> Paint {
        match self {
            Self::Add => Paint::Added,
            Self::Change => Paint::Changed,
            Self::Remove => Paint::Removed,
            Self::Wake => Paint::Woken,
        }
    }

    fn of(why: &Why) -> Self {
        match why {
            Why::Missing => Self::Add,
            Why::Unwanted => Self::Remove,
            Why::WokenBy(_) => Self::Wake,
            Why::Differs(_)
            | Why::MayBeLaidDownBy(_)
            | Why::RunsOut { .. }
            | Why::OtherAuthority
            | Why::OtherNames
            | Why::OtherOrder
            | Why::Failed
            | Why::LongAgo { .. }
            | Why::NotAsWanted
            | Why::Renewed(_)
            | Why::Compromised => Self::Change,
        }
    }
}

/// Puts a change into words.
pub(super) fn phrase(change: &Change) -> Phrase {
    let (kind, detail) = kind_and_detail(change);
    let (access, diff) = (access_of(&change.action), diff_of(change));
    Phrase { sign: sign(change), kind, name: name(&change.action), access, detail, diff }
}

/// What a change is about.
pub(super) fn name(action: &Action) -> String {
    match action {
        Action::CreateSecret(name) => name.to_string(),
        Action::RenewSecret(renewal) => renewal.name.to_string(),
        Action::HandOver(given) => given.name.to_string(),
        Action::AddSource(source) => source.file.path.to_string(),
        Action::Install(package) => package.name.to_string(),
        Action::Upgrade { package, .. } => package.name.to_string(),
        Action::Hold(name) => name.to_string(),
        Action::Answer(package) => package.name.to_string(),
        Action::MakeDirectory(directory) => directory.path.to_string(),
        Action::WriteFile { file, .. } => file.path.to_string(),
        Action::SetLink(link) => link.path.to_string(),
        Action::Remove(absent) => absent.path.to_string(),
        Action::PutOriginal(original) => original.path.to_string(),
        Action::MakeSelfSigned(pair) => pair.certificate.to_string(),
        Action::SetAccount(account) | Action::DropAccount(account) => format!("{}@{}", account.user, account.domain),
        Action::Refresh(refresh) => refreshed(*refresh).to_owned(),
        Action::SetUnit { unit, .. } => unit.name.to_string(),
        Action::SetRoster { add, remove } => roster(add, remove),
        Action::BringBack(brought) => backup::name(brought),
        Action::Issue(certificate) => names(certificate),
        Action::Revoke(revocable) => revocable.serial.clone(),
        Action::RenewAccount(directory) => directory.clone(),
        Action::Rehearse { .. } => "renewal".to_owned(),
    }
}

/// The names in a certificate.
pub(super) fn names(certificate: &Certificate) -> String {
    certificate.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn kind_and_detail(change: &Change) -> (&'static str, String) {
    let why = &change.why;
    match &change.action {
        Action::CreateSecret(_) => ("secret", "made on the host, where it stays".to_owned()),
        Action::RenewSecret(_) => ("secret", "is made anew, on the host, where it stays".to_owned()),
        Action::HandOver(_) => ("secret", handed_over(why)),
        Action::AddSource(source) => ("source", format!("key {}", source.key)),
        Action::Install(package) => ("package", installed(package)),
        Action::Upgrade { step, .. } => ("package", moved(step)),
        Action::Hold(_) => ("hold", "stays at its version".to_owned()),
        Action::Answer(_) => ("answers", detail("for its next upgrade", why)),
        Action::MakeDirectory(_) => ("folder", reason(why)),
        Action::WriteFile { file, .. } => ("file", written(why, file)),
        Action::SetLink(link) => ("link", linked(why, link)),
        // Whatever a component keeps away says which package would lay it down.
        Action::Remove(absent) if absent.from.is_none() => ("path", "nothing needs it any more".to_owned()),
        Action::Remove(_) => ("path", removed(why)),
        Action::PutOriginal(_) => ("path", "put back as it stood there before us".to_owned()),
        Action::MakeSelfSigned(pair) => ("key pair", format!("signed by itself for {}, {} days", pair.name, pair.days)),
        Action::SetAccount(account) => ("account", credited(why, account)),
        Action::DropAccount(_) => ("account", "nothing needs it any more".to_owned()),
        Action::Refresh(_) => ("refresh", reason(why)),
        Action::SetUnit { act, .. } => (unit_kind(*act), unit_reason(*act, why)),
        Action::SetRoster { add, .. } => ("door", rostered(add)),
        Action::BringBack(brought) => backup::kind_and_detail(brought),
        Action::Issue(certificate) => ("cert", issued(why, certificate)),
        Action::Revoke(revocable) => ("cert", revoked(revocable)),
        Action::RenewAccount(_) => ("account", "the host's account there gets another key".to_owned()),
        Action::Rehearse { directory } => ("rehearse", detail(&format!("by the host itself, at {directory}"), why)),
    }
}

fn sign(change: &Change) -> Sign {
    match &change.action {
        Action::Remove(_) | Action::SetUnit { act: UnitAct::Stop, .. } | Action::Revoke(_) => Sign::Remove,
        Action::PutOriginal(_) => Sign::Change,
        Action::SetUnit { act: UnitAct::Start, .. } => Sign::Add,
        Action::SetUnit { .. } => Sign::Wake,
        _ => Sign::of(&change.why),
    }
}

fn handed_over(why: &Why) -> String {
    let what = "handed over from your file";
    match why {
        Why::Differs(fields) if fields.contains(&Field::Content) => format!("{what}, the host has another one"),
        _ => detail(what, why),
    }
}

fn unit_kind(act: UnitAct) -> &'static str {
    match act {
        UnitAct::Start => "start",
        UnitAct::Reload => "reload",
        UnitAct::Restart => "restart",
        UnitAct::Stop => "stop",
    }
}

fn refreshed(refresh: Refresh) -> &'static str {
    match refresh {
        Refresh::Systemd => "units of systemd",
        Refresh::Trust => "trusted certificates",
        Refresh::Sysctl => "kernel settings",
        Refresh::Tmpfiles => "temporary files",
        Refresh::Clock => "time servers",
    }
}

fn installed(package: &Package) -> String {
    let answers = match package.preseed.len() {
        0 => None,
        1 => Some("1 question answered beforehand".to_owned()),
        more => Some(format!("{more} questions answered beforehand")),
    };
    let held = (package.stage == InstallStage::Jitsi).then(|| "held at its version".to_owned());
    let version = (package.stage == InstallStage::Jitsi).then(|| version(package));
    version.into_iter().chain(answers).chain(held).collect::<Vec<_>>().join(", ")
}

/// Which version will be taken: what the repository has is known only after the host has asked it.
fn version(package: &Package) -> String {
    match package.known.as_slice() {
        [] => "the newest".to_owned(),
        [pin] => format!("{} of the set {}", pin.version, pin.set),
        [pin, older @ ..] => {
            let older: Vec<&str> = older.iter().map(|pin| pin.version.as_str()).collect();
            format!("{} of the set {} (or else {})", pin.version, pin.set, older.join(", "))
        }
    }
}

fn moved(step: &Move) -> String {
    let back = if step.from.is_newer_than(&step.to) { ", back" } else { "" };
    format!("{} → {}{back}, held at its version", step.from, step.to)
}

fn written(why: &Why, file: &File) -> String {
    let words = match why {
        _ if matches!(file.content, Content::Program(_)) => program(why, &file.content),
        Why::Missing => format!("new, {}", lines(file.content.text().lines().count())),
        _ => reason(why),
    };
    match file.wording {
        Wording::Ours => words,
        Wording::Replaced => format!("{words}, replaced by an override"),
        Wording::Extended => format!("{words}, with an override added"),
    }
}

/// A program in words; nobody reads its bytes.
fn program(why: &Why, content: &Content) -> String {
    let Content::Program(program) = content else { return String::new() };
    let word = program.architecture.word();
    let what = match &program.build {
        Some(build) => {
            format!("program for {word}, {} KiB, SHA-256 {:.16}…", build.bytes / 1024, build.digest.as_str())
        }
        None => format!("program for {word}, of which no build is at hand"),
    };
    detail(&what, why)
}

fn credited(why: &Why, account: &Account) -> String {
    match why {
        Why::Renewed(_) => reason(why),
        _ => format!("with (secret {})", account.password),
    }
}

/// Who gets an account at the door, and who loses theirs.
fn roster(add: &[MeetingHost], remove: &[LoginName]) -> String {
    let added = add.iter().map(|host| format!("+{}", host.account));
    let removed = remove.iter().map(|account| format!("-{account}"));
    added.chain(removed).collect::<Vec<_>>().join(" ")
}

fn rostered(add: &[MeetingHost]) -> String {
    if add.is_empty() { String::new() } else { "without a passphrase until `users reset` gives one".to_owned() }
}

fn linked(why: &Why, link: &Link) -> String {
    match why {
        Why::Differs(fields) if fields == &[Field::Content] => format!("to {}, points elsewhere", link.target),
        _ => detail(&format!("to {}", link.target), why),
    }
}

fn removed(why: &Why) -> String {
    match why {
        Why::MayBeLaidDownBy(package) => format!("if {package} lays it down"),
        _ => reason(why),
    }
}

fn issued(why: &Why, certificate: &Certificate) -> String {
    let units: Vec<&str> = certificate
        .wakes
        .iter()
        .filter_map(|wake| match wake {
            Wake::Reload(name) | Wake::Restart(name) => Some(name.as_str()),
            Wake::Refresh(_) => None,
        })
        .collect();
    let issue = match certificate.method {
        Method::Page => "issue (ACME, http-01)",
        Method::Record => "issue (ACME, dns-01)",
    };
    let issue = detail(issue, why);
    if units.is_empty() { issue } else { format!("{issue}, then wake {}", units.join(", ")) }
}

fn revoked(revocable: &Revocable) -> String {
    match revocable.place {
        Place::InForce => "is revoked as compromised, once the new one is in force".to_owned(),
        Place::Former => "is revoked as compromised; it was in force before, and its key is still there".to_owned(),
        Place::Left => "is revoked as compromised, which an earlier run could not do".to_owned(),
    }
}

fn detail(what: &str, why: &Why) -> String {
    let reason = reason(why);
    if reason.is_empty() { what.to_owned() } else { format!("{what}, {reason}") }
}

fn access_of(action: &Action) -> Option<String> {
    let show = |access: &Access| format!("{:04o} {}:{}", access.mode, access.owner, access.group);
    match action {
        Action::AddSource(source) => Some(show(&source.file.access)),
        Action::MakeDirectory(directory) => Some(show(&directory.access)),
        Action::WriteFile { file, .. } => Some(show(&file.access)),
        Action::MakeSelfSigned(pair) | Action::BringBack(Brought::SelfSigned(pair)) => Some(show(&pair.access)),
        _ => None,
    }
}

fn diff_of(change: &Change) -> Option<Shown> {
    let Action::WriteFile { file, before } = &change.action else { return None };
    match (before, &change.why) {
        (Some(before), _) => diff::compare(before, file),
        (None, Why::Differs(fields)) if fields.contains(&Field::Content) => {
            Some(Shown::Not("text not shown, what stands there is too large or no text"))
        }
        (None, _) => None,
    }
}

/// A number of lines in words.
pub(super) fn lines(number: usize) -> String {
    if number == 1 { "1 line".to_owned() } else { format!("{number} lines") }
}
