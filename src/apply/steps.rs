//! Compiles a plan to the steps of the script: a verb and its arguments on one line, separated by tabs.

use super::step::{DATA, Data, Step};
use super::{backup, versions};
use crate::model::agreed::Regard;
use crate::model::backup::Brought;
use crate::model::deployment::MeetingHost;
use crate::model::names::{HostPath, LoginName, PackageName};
use crate::model::plan::{Action, CONFIRM_SECONDS, Plan, UnitAct};
use crate::model::program::Program;
use crate::model::resource::{
    Access, Account, Content, Directory, File, Gate, Given, InstallStage, Package, Preseed, Proof, Refresh, SelfSigned,
    Source, Unit,
};
use crate::observe::encoded;
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The steps of a plan, in its order, with the proofs and swaps that the order implies.
pub(super) fn compile(plan: &Plan, regard: Regard) -> Result<Vec<Step>> {
    // Nobody waits for the end of a meeting in vain.
    let mut steps = versions::way_back(plan);
    steps.extend(wait(regard));
    let before = |action: &Action| match action {
        Action::CreateSecret(_) | Action::RenewSecret(_) | Action::HandOver(_) => true,
        Action::BringBack(brought) => matches!(brought, Brought::Secret(_) | Brought::AuthorityAccount),
        _ => false,
    };
    steps.extend(plan.changes.iter().map(|change| &change.action).filter(|action| before(action)).flat_map(simple));
    install(plan, InstallStage::Base, &mut steps);
    steps.extend(of_kind(plan, |action| matches!(action, Action::AddSource(_))).flat_map(simple));
    install(plan, InstallStage::Distribution, &mut steps);
    steps.extend(of_kind(plan, |action| is_orphaned(plan, action)).flat_map(simple));
    prepare(plan, &mut steps);
    steps.extend(look_again(regard));
    if of_kind(plan, is_written).next().is_some() {
        steps.push(Step::new("put the files in their places", "swap"));
    }
    let moved = versions::moved(plan);
    steps.extend(preseed(&moved.packages()));
    steps.extend(moved.step());
    install(plan, InstallStage::Jitsi, &mut steps);
    if plan.changes.iter().any(|change| is_of_jitsi(&change.action)) {
        steps.push(Step::new("set right what the packages changed", "settle"));
    }
    wake(plan, &mut steps);
    for step in &steps {
        ensure!(!step.line.contains('\n'), "the step {:?} is not one line", step.label);
    }
    Ok(steps)
}

/// What comes after the files. Whatever may lock people out has to be confirmed before anything else goes on.
fn wake(plan: &Plan, steps: &mut Vec<Step>) {
    let mut confirmed = false;
    for action in of_kind(plan, |action| is_last(action) && !is_orphaned(plan, action)) {
        if action.may_lock_out() {
            steps.extend([guard()].into_iter().chain(simple(action)).chain([confirm()]));
            confirmed = true;
        } else {
            steps.extend(simple(action));
        }
    }
    if plan.may_lock_out() && !confirmed {
        steps.extend([guard(), confirm()]);
    }
}

fn guard() -> Step {
    Step::new("set a timer that takes the host back", format!("guard\t{CONFIRM_SECONDS}"))
}

fn confirm() -> Step {
    Step::new("let a second connection confirm that people still get in", format!("confirm\t{CONFIRM_SECONDS}"))
}

/// The units that the plan touches or whose package it installs, one a line; the journal begins with their state.
pub(super) fn units(plan: &Plan) -> String {
    let mut text = String::new();
    for action in of_kind(plan, |action| matches!(action, Action::SetUnit { .. })) {
        if let Action::SetUnit { unit, .. } = action {
            let _ = writeln!(text, "{}", unit.name);
        }
    }
    text
}

fn of_kind(plan: &Plan, kind: impl Fn(&Action) -> bool) -> impl Iterator<Item = &Action> {
    plan.changes.iter().map(|change| &change.action).filter(move |action| kind(action))
}

fn is_last(action: &Action) -> bool {
    matches!(
        action,
        Action::Hold(_)
            | Action::Answer(_)
            | Action::SetAccount(_)
            | Action::DropAccount(_)
            | Action::Refresh(_)
            | Action::SetUnit { .. }
            | Action::SetRoster { .. }
            | Action::BringBack(Brought::Accounts(_))
    )
}

/// Whether a unit stops whose own file goes: afterwards systemd could not disable it any more.
fn is_orphaned(plan: &Plan, action: &Action) -> bool {
    let Action::SetUnit { unit, act: UnitAct::Stop } = action else { return false };
    let file = format!("/etc/systemd/system/{}", unit.name);
    plan.changes.iter().any(|change| match &change.action {
        Action::Remove(absent) => absent.path.as_str() == file,
        Action::PutOriginal(original) => original.path.as_str() == file,
        _ => false,
    })
}

fn is_written(action: &Action) -> bool {
    matches!(
        action,
        Action::AddSource(_)
            | Action::MakeDirectory(_)
            | Action::WriteFile { .. }
            | Action::SetLink(_)
            | Action::Remove(_)
            | Action::PutOriginal(_)
            | Action::MakeSelfSigned(_)
            | Action::BringBack(Brought::SelfSigned(_) | Brought::Certificate(_))
    )
}

/// Whether it runs the scripts of one of Jitsi's packages.
fn is_of_jitsi(action: &Action) -> bool {
    match action {
        Action::Install(package) => package.stage == InstallStage::Jitsi,
        Action::Upgrade { .. } => true,
        _ => false,
    }
}

fn install(plan: &Plan, stage: InstallStage, steps: &mut Vec<Step>) {
    let packages: Vec<&Package> = of_kind(plan, |action| matches!(action, Action::Install(_)))
        .filter_map(|action| if let Action::Install(package) = action { Some(package) } else { None })
        .filter(|package| package.stage == stage)
        .collect();
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    if names.is_empty() {
        return;
    }
    steps.extend(preseed(&packages));
    let label = format!("install {}", names.join(", "));
    if stage == InstallStage::Jitsi {
        let line = format!("choose\t{DATA}\t{}", names.join("\t"));
        steps.push(Step::new(label, line).with(versions::sets(&packages)));
    } else {
        steps.push(Step::new(label, format!("install\t{}", names.join("\t"))));
    }
    if stage == InstallStage::Jitsi {
        steps.push(Step::new("hold Jitsi's packages at their version", format!("hold\t{}", names.join("\t"))));
    }
}

fn preseed(packages: &[&Package]) -> Option<Step> {
    let answers = answers(packages.iter().flat_map(|package| &package.preseed));
    let step = Step::new("answer the packages' questions", format!("preseed\t{DATA}"));
    (!answers.is_empty()).then(|| step.with(answers))
}

/// The lines of debconf-set-selections(1).
fn answers<'a>(given: impl IntoIterator<Item = &'a Preseed>) -> String {
    let mut lines = String::new();
    for answer in given {
        let _ = writeln!(lines, "{} {} {} {}", answer.owner, answer.question, answer.kind, answer.answer.text());
    }
    lines
}

/// Seconds that meetings are awaited: nobody's council sits longer after the plan was made.
const PATIENCE: u32 = 4 * 60 * 60;

/// Before anything is changed.
fn wait(regard: Regard) -> Option<Step> {
    let step = || Step::new("wait until nobody is in a meeting", format!("spare\t0\t{PATIENCE}"));
    (regard == Regard::Wait).then(step)
}

/// Right before the files are swapped: until then nothing is lost by giving up, and from then on no meeting begins.
fn look_again(regard: Regard) -> Option<Step> {
    let most = match regard {
        Regard::Nobody => return None,
        Regard::AtMost(people) => people,
        Regard::Wait => 0,
    };
    Some(Step::new("see that nobody came into a meeting meanwhile", format!("spare\t{most}\t0")))
}

/// Candidates and their proofs.
fn prepare(plan: &Plan, steps: &mut Vec<Step>) {
    let written: Vec<&Action> = of_kind(plan, is_written).collect();
    for action in &written {
        match action {
            Action::AddSource(source) => steps.push(stage(&source.file)),
            other => steps.extend(simple(other)),
        }
    }
    if of_kind(plan, |action| matches!(action, Action::Issue(_))).next().is_some() {
        let line = format!("placeholder\t{}", plan.domain);
        let label = format!("hold the place of the certificate for {}", plan.domain);
        steps.push(Step::new(label, line));
    }
    steps.extend(proofs(&written));
}

fn proofs(written: &[&Action]) -> Vec<Step> {
    let mut judged: BTreeMap<Proof, Vec<&str>> = BTreeMap::new();
    for action in written {
        if let Action::WriteFile { file, .. } = action
            && let Some(proof) = file.proof
        {
            judged.entry(proof).or_default().push(file.path.as_str());
        }
    }
    judged.into_iter().flat_map(|(proof, paths)| proof_lines(proof, &paths)).map(prove).collect()
}

/// One line for a configuration that is judged as a whole, one a file otherwise.
fn proof_lines(proof: Proof, paths: &[&str]) -> Vec<String> {
    let each = |parser: &str| paths.iter().map(|path| format!("prove\t{parser}\t{path}")).collect();
    match proof {
        Proof::Nginx => vec!["prove\tnginx".to_owned()],
        Proof::Prosody => vec!["prove\tprosody".to_owned()],
        Proof::Systemd => vec![format!("prove\tsystemd\t{}", paths.join("\t"))],
        Proof::Lua => each("lua"),
        Proof::Nftables => each("nftables"),
    }
}

fn prove(line: String) -> Step {
    Step::new(line.replace('\t', " "), line)
}

/// The step of an action that is one step.
fn simple(action: &Action) -> Option<Step> {
    Some(match action {
        Action::CreateSecret(name) => Step::new(format!("make the secret {name}"), format!("secret\t{name}")),
        Action::RenewSecret(renewal) => {
            Step::new(format!("make the secret {} anew", renewal.name), format!("secret\t{}\trenew", renewal.name))
        }
        Action::HandOver(given) => hand_over(given),
        Action::AddSource(source) => fetch_key(source),
        Action::MakeDirectory(directory) => make_directory(directory),
        Action::WriteFile { file, .. } => stage(file),
        Action::SetLink(link) => {
            Step::new(format!("link {}", link.path), format!("link\t{}\t{}", link.path, link.target))
        }
        Action::Remove(absent) => Step::new(format!("remove {}", absent.path), format!("remove\t{}", absent.path)),
        Action::PutOriginal(original) => put_original(&original.path),
        Action::MakeSelfSigned(pair) => make_selfsigned(pair),
        Action::SetAccount(account) => set_account(account),
        Action::DropAccount(account) => drop_account(account),
        Action::Hold(package) => hold(package),
        Action::Answer(package) => answer(package),
        Action::Refresh(refresh) => refresh_step(*refresh),
        Action::SetUnit { unit, act } => set_unit(unit, *act),
        Action::SetRoster { add, remove } => set_roster(add, remove),
        Action::BringBack(brought) => backup::step(brought),
        Action::Install(_)
        | Action::Upgrade { .. }
        | Action::Issue(_)
        | Action::Revoke(_)
        | Action::RenewAccount(_)
        | Action::Rehearse { .. } => return None,
    })
}

/// What it is travels beside the line, and stands in no event.
fn hand_over(given: &Given) -> Step {
    let name = &given.name;
    Step::new(format!("hand over the secret {name}"), format!("hand_over\t{DATA}\t{name}"))
        .carrying(Data::Given(given.value.clone()))
}

fn fetch_key(source: &Source) -> Step {
    let line = format!("key\t{}\t{}\t{}", source.key_url, source.key, source.keyring);
    Step::new(format!("fetch and check the key of {}", source.key_url.authority()), line)
}

fn make_directory(directory: &Directory) -> Step {
    let Access { owner, group, mode } = &directory.access;
    let line = format!("directory\t{}\t{owner}\t{group}\t{mode:o}", directory.path);
    Step::new(format!("make the folder {}", directory.path), line)
}

fn stage(file: &File) -> Step {
    let Access { owner, group, mode } = &file.access;
    let kind = match file.content {
        Content::Plain(_) | Content::Program(_) => "plain",
        Content::WithSecrets(_) => "secrets",
    };
    let line = format!("file\t{DATA}\t{kind}\t{}\t{owner}\t{group}\t{mode:o}", file.path);
    let step = Step::new(format!("prepare {}", file.path), line);
    match &file.content {
        Content::Program(Program { build: Some(build), .. }) => step.carrying(Data::Program(build.digest.clone())),
        content => step.with(content.text().to_owned()),
    }
}

/// An account begins with a name alone, as the door's own file of it.
fn set_roster(add: &[MeetingHost], remove: &[LoginName]) -> Step {
    let mut orders = String::new();
    for host in add {
        let _ = writeln!(orders, "add {} {}", host.account, serde_json::json!({ "name": host.name }));
    }
    for account in remove {
        let _ = writeln!(orders, "remove {account}");
    }
    Step::new("set who has an account at the door", format!("roster\t{DATA}")).with(orders)
}

fn make_selfsigned(pair: &SelfSigned) -> Step {
    let Access { owner, group, mode } = &pair.access;
    let SelfSigned { name, key, certificate, days, .. } = pair;
    let line = format!("selfsigned\t{name}\t{key}\t{certificate}\t{owner}\t{group}\t{mode:o}\t{days}");
    Step::new(format!("make a key and certificate for {name}"), line)
}

fn set_account(account: &Account) -> Step {
    let Account { user, domain, password, roster } = account;
    let roster = roster.as_ref().map_or("-", |domain| domain.as_str());
    Step::new(format!("set the account {user}@{domain}"), format!("account\t{user}\t{domain}\t{password}\t{roster}"))
}

fn drop_account(account: &Account) -> Step {
    let Account { user, domain, .. } = account;
    let (folder, name) = (encoded(domain.as_str()), encoded(user.as_str()));
    Step::new(format!("let the account {user}@{domain} go"), format!("drop\t{user}@{domain}\t{folder}\t{name}"))
}

fn put_original(path: &HostPath) -> Step {
    Step::new(format!("put back what stood at {path}"), format!("put-original\t{path}"))
}

fn hold(package: &PackageName) -> Step {
    Step::new(format!("hold {package} at its version"), format!("hold\t{package}"))
}

fn answer(package: &Package) -> Step {
    Step::new(format!("answer the questions of {} anew", package.name), format!("answer\t{DATA}"))
        .with(answers(&package.preseed))
}

fn refresh_step(refresh: Refresh) -> Step {
    let (word, label) = match refresh {
        Refresh::Systemd => ("systemd", "tell systemd of new units"),
        Refresh::Trust => ("trust", "trust our own certificate on the host"),
        Refresh::Sysctl => ("sysctl", "set the kernel's parameters"),
        Refresh::Tmpfiles => ("tmpfiles", "set up volatile folders"),
        Refresh::Clock => ("clock", "tell the clock of its servers"),
    };
    Step::new(label, format!("refresh\t{word}"))
}

fn set_unit(unit: &Unit, act: UnitAct) -> Step {
    let verb = match act {
        UnitAct::Reload => "reload",
        UnitAct::Start => "start",
        UnitAct::Restart => "restart",
        UnitAct::Stop => "stop",
    };
    let mut line = format!("unit\t{}\t{verb}", unit.name);
    for gate in &unit.gates {
        let _ = match gate {
            Gate::Tcp(port) => write!(line, "\ttcp:{port}"),
            Gate::Udp(port) => write!(line, "\tudp:{port}"),
            Gate::Http(port, path) => write!(line, "\thttp:{port}:{path}"),
        };
    }
    Step::new(format!("{verb} {} and wait for its health", unit.name), line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::{ComponentName, UnitName};
    use crate::model::plan::{Change, Why};
    use crate::model::resource::UnitState;
    use crate::model::values::Domain;

    fn lines(regard: Regard) -> Vec<String> {
        let unit = Unit {
            name: UnitName::new("prosody.service").unwrap(),
            state: UnitState::Running,
            gates: Vec::new(),
            from: None,
        };
        let plan = Plan {
            domain: Domain::parse("meet.voorbeeldstad.nl").unwrap(),
            host: "host".to_owned(),
            based_on: None,
            formerly: None,
            changes: vec![Change {
                component: ComponentName::new("prosody").unwrap(),
                why: Why::NotAsWanted,
                action: Action::SetUnit { unit, act: UnitAct::Restart },
            }],
            unchanged: 0,
        };
        compile(&plan, regard).unwrap().into_iter().map(|step| step.line).collect()
    }

    #[test]
    fn people_are_looked_after_before_anything_that_cuts_them_off() {
        let restart = "unit\tprosody.service\trestart";
        assert_eq!(lines(Regard::Nobody), [restart]);
        assert_eq!(lines(Regard::AtMost(3)), ["spare\t3\t0", restart]);
        assert_eq!(lines(Regard::Wait), ["spare\t0\t14400", "spare\t0\t0", restart]);
    }
}
