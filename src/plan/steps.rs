//! The work before any unit is woken, in the order of execution; each step looks at every claim once.

use super::sight::Sight;
use crate::model::digest::Digest;
use crate::model::names::LoginName;
use crate::model::observed::SeenPath;
use crate::model::plan::{Action, Field, Renewal, Why};
use crate::model::resource::{InstallStage, Preseed, Resource};

/// What a step does about one resource, and why; nothing where it is no concern of the step or as wanted.
pub(super) type Step = fn(&Sight<'_>, &Resource) -> Option<(Why, Action)>;

/// Secrets come first, because answers for debconf hold them. Servers come before the files, because the files belong
/// to their users. Jitsi's packages come after the files, because their scripts look for them; whoever applies the plan
/// sets right what those scripts changed of the files, links and removals of this plan, and holds the packages.
pub(super) const BEFORE_UNITS: [Step; 17] = [
    secret,
    given,
    |sight, resource| install(sight, resource, InstallStage::Base),
    source,
    |sight, resource| install(sight, resource, InstallStage::Distribution),
    directory,
    self_signed,
    file,
    link,
    absent,
    original,
    upgrade,
    |sight, resource| install(sight, resource, InstallStage::Jitsi),
    hold,
    answer,
    account,
    dropped,
];

/// How many of these steps there are until all folders stand.
pub(super) const UP_TO_FOLDERS: usize = 6;

fn secret(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Secret(name) = resource else { return None };
    if sight.is_born(name) {
        return Some((Why::Missing, Action::CreateSecret(name.clone())));
    }
    let wakes = sight.readers_of_renewed(name)?;
    let renewal = Renewal { name: name.clone(), path: name.path(), wakes };
    Some((Why::Renewed(vec![name.clone()]), Action::RenewSecret(renewal)))
}

/// The host tells a digest: what is handed over is compared without travelling.
fn given(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Given(given) = resource else { return None };
    let why = match sight.seen.given.get(&given.name) {
        None => Why::Missing,
        Some(seen) => {
            let other = *seen.digest.reveal() != Digest::of(given.value.reveal().as_bytes());
            let fields = [other.then_some(Field::Content), (!seen.private).then_some(Field::Mode)];
            Why::Differs(Some(fields.into_iter().flatten().collect()).filter(|fields: &Vec<_>| !fields.is_empty())?)
        }
    };
    Some((why, Action::HandOver(given.clone())))
}

fn install(sight: &Sight<'_>, resource: &Resource, stage: InstallStage) -> Option<(Why, Action)> {
    let Resource::Package(package) = resource else { return None };
    let missing = package.stage == stage && !sight.seen.packages.contains_key(&package.name);
    missing.then(|| (Why::Missing, Action::Install(sight.fit(package))))
}

fn upgrade(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Package(package) = resource else { return None };
    let step = sight.step(&package.name)?.clone();
    Some((Why::Differs(vec![Field::Version]), Action::Upgrade { package: package.clone(), step }))
}

fn source(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Source(source) = resource else { return None };
    let keyring = matches!(sight.at(&source.keyring), SeenPath::File { .. });
    let why = if keyring { sight.file(&source.file)? } else { Why::Missing };
    Some((why, Action::AddSource(source.clone())))
}

fn directory(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Directory(directory) = resource else { return None };
    Some((sight.directory(directory)?, Action::MakeDirectory(directory.clone())))
}

fn self_signed(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::SelfSigned(pair) = resource else { return None };
    let there = sight.has_file(&pair.key) && sight.has_file(&pair.certificate);
    (!there).then(|| (Why::Missing, Action::MakeSelfSigned(pair.clone())))
}

fn file(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::File(file) = resource else { return None };
    let why = sight.file(file).or_else(|| sight.unknown(file.from.as_ref()))?;
    let before = match sight.at(&file.path) {
        SeenPath::File { text, .. } => text.clone(),
        _ => None,
    };
    Some((why, Action::WriteFile { file: file.clone(), before }))
}

fn link(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Link(link) = resource else { return None };
    let why = sight.link(link).or_else(|| sight.unknown(link.from.as_ref()))?;
    Some((why, Action::SetLink(link.clone())))
}

fn absent(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Absent(absent) = resource else { return None };
    let why = sight.absent(absent).or_else(|| sight.unknown(absent.from.as_ref()))?;
    Some((why, Action::Remove(absent.clone())))
}

/// Nobody looks whether it stands there already: once it is back, nobody asks for it any more.
fn original(_: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Original(original) = resource else { return None };
    Some((Why::Unwanted, Action::PutOriginal(original.clone())))
}

fn hold(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Package(package) = resource else { return None };
    let loose = package.stage == InstallStage::Jitsi && !sight.seen.packages.get(&package.name)?.held;
    loose.then(|| (Why::Differs(vec![Field::Hold]), Action::Hold(package.name.clone())))
}

/// An upgrade asks debconf again, and believes what it finds there.
fn answer(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Package(package) = resource else { return None };
    if !sight.seen.packages.contains_key(&package.name) {
        return None;
    }
    let given = |preseed: &Preseed| sight.seen.answers.get(&preseed.question).map(String::as_str);
    let differs = package.preseed.iter().any(|preseed| given(preseed) != Some(preseed.answer.text()));
    let why = if differs {
        Why::Differs(vec![Field::Answers])
    } else {
        sight.renewed(package.preseed.iter().map(|preseed| &preseed.answer))?
    };
    Some((why, Action::Answer(package.clone())))
}

fn account(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Account(account) = resource else { return None };
    let there = sight.seen.accounts.contains(&format!("{}@{}", account.user, account.domain));
    let why = if there { sight.renewed_secret(&account.password)? } else { Why::Missing };
    Some((why, Action::SetAccount(account.clone())))
}

fn dropped(_: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Dropped(account) = resource else { return None };
    Some((Why::Unwanted, Action::DropAccount(account.clone())))
}

/// After the units, because the door's first start makes the folder of its accounts.
pub(super) fn roster(sight: &Sight<'_>, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Roster(roster) = resource else { return None };
    let seen = &sight.seen.roster;
    let add: Vec<_> = roster.hosts.iter().filter(|host| !seen.contains(&host.account)).cloned().collect();
    let listed = |account: &&LoginName| roster.hosts.iter().any(|host| host.account == **account);
    let remove: Vec<_> = seen.iter().filter(|account| !listed(account)).cloned().collect();
    let why = if add.is_empty() { Why::Unwanted } else { Why::Missing };
    (!add.is_empty() || !remove.is_empty()).then_some((why, Action::SetRoster { add, remove }))
}
