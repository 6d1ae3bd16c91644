//! Every component of every deployment on every release, as files to read: `UPDATE_GOLDEN=1` writes them anew.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use vc4all_deploy::model::resource::{Access, Claim, Content, File, Resource, Wake};
use vc4all_deploy::model::tls::Authority;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::{Renderer, template_files};

/// The list of everything that is no file, beside the files.
const LIST: &str = "RESOURCES";
/// The folder of what is the same on every host.
const EVERYWHERE: &str = "everywhere";

#[test]
fn renderings_are_as_written_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let rendered = rendered();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return write_anew(&root, &rendered);
    }
    let known: BTreeSet<PathBuf> = files_below(&root);
    let wanted: BTreeSet<PathBuf> = rendered.keys().cloned().collect();
    let mut wrong: Vec<String> = Vec::new();
    wrong.extend(known.difference(&wanted).map(|path| format!("{} is rendered no more", path.display())));
    wrong.extend(wanted.difference(&known).map(|path| format!("{} is new", path.display())));
    for (path, text) in &rendered {
        if let Ok(before) = fs::read_to_string(root.join(path))
            && before != *text
        {
            wrong.push(difference(path, &before, text));
        }
    }
    assert!(wrong.is_empty(), "{}\nlook at it, then run with UPDATE_GOLDEN=1", wrong.join("\n"));
}

#[test]
fn rendering_the_same_twice_gives_the_same() {
    assert!(rendered() == rendered(), "a rendering depends on something else than the deployment and the host");
}

#[test]
fn nothing_is_wanted_in_two_ways() {
    let renderer = Renderer::new().unwrap();
    for (name, deployment) in support::deployments() {
        for release in Release::ALL {
            let mut seen: BTreeMap<String, Resource> = BTreeMap::new();
            for claim in support::claims(&renderer, &deployment, release) {
                let Some(path) = path(&claim.resource) else { continue };
                match seen.insert(path.clone(), claim.resource.clone()) {
                    Some(Resource::Directory(before)) => {
                        let same = matches!(&claim.resource, Resource::Directory(now) if *now == before);
                        assert!(same, "{name} on {release}: the folder {path} is wanted in two ways");
                    }
                    Some(_) => panic!("{name} on {release}: {path} is wanted twice"),
                    None => {}
                }
            }
        }
    }
}

fn path(resource: &Resource) -> Option<String> {
    let path = match resource {
        Resource::Source(source) => &source.file.path,
        Resource::Directory(directory) => &directory.path,
        Resource::File(file) => &file.path,
        Resource::Link(link) => &link.path,
        Resource::Absent(absent) => &absent.path,
        Resource::Original(original) => &original.path,
        Resource::SelfSigned(pair) => &pair.certificate,
        Resource::Secret(_)
        | Resource::Given(_)
        | Resource::Package(_)
        | Resource::Account(_)
        | Resource::Dropped(_)
        | Resource::Certificate(_)
        | Resource::Unit(_)
        | Resource::Roster(_) => return None,
    };
    Some(path.to_string())
}

/// Every rendered file of every deployment and release, by its path below `tests/golden`; what a component takes from
/// `templates/` as it is stands there already.
fn rendered() -> BTreeMap<PathBuf, String> {
    let renderer = Renderer::new().unwrap();
    let as_it_is: BTreeSet<&str> = template_files().map(|(_, text)| text).collect();
    let mut all = BTreeMap::new();
    for (name, deployment) in support::deployments() {
        for release in Release::ALL {
            let folder = PathBuf::from(&name).join(release.word());
            let claims = support::claims(&renderer, &deployment, release);
            let files = support::files(&claims).into_iter();
            for file in files.filter(|file| !as_it_is.contains(file.content.text())) {
                all.insert(folder.join(&file.path.as_str()[1..]), file.content.text().to_owned());
            }
            all.insert(folder.join(LIST), list(&claims));
        }
    }
    once(all)
}

/// What no deployment and no release changes is written down once, below `EVERYWHERE`.
fn once(all: BTreeMap<PathBuf, String>) -> BTreeMap<PathBuf, String> {
    let place = |path: &Path| path.components().skip(2).collect::<PathBuf>();
    let hosts: BTreeSet<PathBuf> = all.keys().map(|path| path.components().take(2).collect()).collect();
    let mut texts: BTreeMap<PathBuf, Vec<&String>> = BTreeMap::new();
    for (path, text) in &all {
        texts.entry(place(path)).or_default().push(text);
    }
    let same: BTreeSet<PathBuf> = texts
        .iter()
        .filter(|(_, texts)| texts.len() == hosts.len() && texts.iter().all(|text| *text == texts[0]))
        .map(|(place, _)| place.clone())
        .collect();
    let kept = all.into_iter().map(|(path, text)| match place(&path) {
        place if same.contains(&place) => (Path::new(EVERYWHERE).join(place), text),
        _ => (path, text),
    });
    kept.collect()
}

/// One line for each claim, in the order in which they come into force.
fn list(claims: &[Claim]) -> String {
    let mut text = String::new();
    let mut component = None;
    for claim in claims {
        if component != Some(&claim.component) {
            let _ = writeln!(text, "{}", claim.component);
            component = Some(&claim.component);
        }
        let _ = writeln!(text, "  {}", line(&claim.resource));
    }
    text
}

fn line(resource: &Resource) -> String {
    match resource {
        Resource::Secret(name) => format!("secret {name}"),
        Resource::Source(source) => {
            format!("source {} key {} of {}", written(&source.file), source.key, source.key_url)
        }
        Resource::Given(given) => format!("secret {} from the operator{}", given.name, woken(&given.wakes)),
        Resource::Package(package) => {
            let mut text = format!("package {} ({:?})", package.name, package.stage);
            for answer in &package.preseed {
                let (owner, question) = (&answer.owner, &answer.question);
                let _ = write!(text, "\n    {owner} {question} {} {}", answer.kind, answer.answer.text());
            }
            text
        }
        Resource::Directory(directory) => format!("folder {} {}", directory.path, whose(&directory.access)),
        Resource::File(file) => format!("file {}", written(file)),
        Resource::Link(link) => format!("link {} to {}{}", link.path, link.target, woken(&link.wakes)),
        Resource::Absent(absent) => format!("absent {}{}", absent.path, woken(&absent.wakes)),
        Resource::Original(original) => format!("original {}{}", original.path, woken(&original.wakes)),
        Resource::Dropped(account) => format!("no account {}@{}", account.user, account.domain),
        Resource::SelfSigned(pair) => format!(
            "pair {} {} {} {} days{}",
            pair.key,
            pair.certificate,
            whose(&pair.access),
            pair.days,
            woken(&pair.wakes)
        ),
        Resource::Account(account) => {
            let roster = account.roster.as_ref().map(|domain| format!(" known to {domain}")).unwrap_or_default();
            format!("account {}@{}{roster}", account.user, account.domain)
        }
        Resource::Certificate(certificate) => {
            let from = match &certificate.authority {
                Authority::LetsEncrypt => "Let's Encrypt",
                Authority::LetsEncryptStaging => "Let's Encrypt's rehearsal",
                Authority::Other(other) => other.directory.as_str(),
            };
            let names: Vec<String> = certificate.names.iter().map(ToString::to_string).collect();
            format!("certificate for {} from {from}{}", names.join(", "), woken(&certificate.wakes))
        }
        Resource::Unit(unit) => format!("unit {} {:?} {:?}", unit.name, unit.state, unit.gates),
        Resource::Roster(roster) => {
            let names: Vec<&str> = roster.hosts.iter().map(|host| host.account.as_str()).collect();
            format!("accounts at the door: {}", names.join(", "))
        }
    }
}

fn written(file: &File) -> String {
    let secrets = if matches!(file.content, Content::WithSecrets(_)) { " with secrets" } else { "" };
    let proof = file.proof.map(|proof| format!(" proven by {proof:?}")).unwrap_or_default();
    let from = file.from.as_ref().map(|package| format!(" from {package}")).unwrap_or_default();
    format!("{} {}{secrets}{proof}{from}{}", file.path, whose(&file.access), woken(&file.wakes))
}

fn whose(access: &Access) -> String {
    format!("{}:{} {:04o}", access.owner, access.group, access.mode)
}

fn woken(wakes: &[Wake]) -> String {
    let names: Vec<String> = wakes
        .iter()
        .map(|wake| match wake {
            Wake::Refresh(refresh) => format!("{refresh:?}"),
            Wake::Reload(unit) => format!("reload {unit}"),
            Wake::Restart(unit) => format!("restart {unit}"),
        })
        .collect();
    if names.is_empty() { String::new() } else { format!(" wakes {}", names.join(", ")) }
}

fn write_anew(root: &Path, rendered: &BTreeMap<PathBuf, String>) {
    if root.exists() {
        fs::remove_dir_all(root).unwrap();
    }
    for (path, text) in rendered {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn files_below(root: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    found
}

fn difference(path: &Path, before: &str, now: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, now);
    format!("{} differs:\n{}", path.display(), diff.unified_diff().context_radius(1))
}
