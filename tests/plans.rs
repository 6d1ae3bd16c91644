//! Plans as files: for each `tests/plans/NAME.yml`, a host as it was seen, the plan's text stands in `NAME.txt`.
//! `UPDATE_GOLDEN=1` writes the texts anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends where something is wrong")]

#[path = "convergence/archive.rs"]
mod archive;
#[path = "plans/claims.rs"]
mod claims;
#[path = "convergence/fake.rs"]
mod fake;
#[path = "plans/host.rs"]
mod host;
#[path = "convergence/setting.rs"]
mod setting;

use claims::Word;
use host::{Edit, Start};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use vc4all_deploy::model::agreed::Agreed;
use vc4all_deploy::model::names::{HostPath, SecretName};
use vc4all_deploy::model::observed::{Managed, Observed, People, Standing};
use vc4all_deploy::model::resource::Claim;
use vc4all_deploy::model::revocation::{Holdings, Place, Revocable};
use vc4all_deploy::model::tls::Authority;
use vc4all_deploy::plan;
use vc4all_deploy::view::{self, Colour};

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows, in one sentence.
    about: String,
    /// What is wanted beside or instead of the standard claims.
    #[serde(default)]
    claims: Vec<Word>,
    #[serde(default)]
    standard: Standard,
    /// What the host was like.
    host: Start,
    /// What was changed by hand since.
    #[serde(default)]
    edits: Vec<Edit>,
    /// How many people are in how many meetings.
    #[serde(default)]
    people: (u32, u32),
    /// What the generation in force put in its place and somebody changed since.
    #[serde(default)]
    drift: BTreeMap<String, Drift>,
    /// Secrets that are made anew.
    #[serde(default)]
    renew: BTreeSet<String>,
    /// What the host holds, where somebody else may have its keys.
    #[serde(default)]
    compromised: Option<Compromised>,
    /// The domain of the generation in force, where it is another one.
    #[serde(default)]
    formerly: Option<String>,
    #[serde(default)]
    shown_as: Form,
}

/// Serial numbers by what they are to the host, and what an earlier run left.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Compromised {
    in_force: Option<String>,
    former: Option<String>,
    left: Option<String>,
    /// Of an authority that the inventory does not name.
    foreign: Option<String>,
    rest: bool,
    account: bool,
}

impl Compromised {
    fn holdings(&self, clock: i64) -> Holdings {
        let ours = Authority::LetsEncrypt.directory();
        let held = |serial: &Option<String>, place, directory: &str| {
            let (names, pem, directory) = (Vec::new(), String::new(), directory.to_owned());
            serial.clone().map(|serial| Revocable { place, serial, names, not_after: clock + 1, directory, pem })
        };
        let certificates = [
            held(&self.in_force, Place::InForce, ours),
            held(&self.former, Place::Former, ours),
            held(&self.left, Place::Left, ours),
            held(&self.foreign, Place::Former, "https://elsewhere.example/dir"),
        ];
        Holdings { certificates: certificates.into_iter().flatten().collect(), rest: self.rest, account: self.account }
    }
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Drift {
    Edited,
    Gone,
}

impl Case {
    /// What Prosody and the manifest say.
    fn add_to(&self, seen: &mut Observed) {
        let (people, meetings) = self.people;
        seen.people = Some(People { people, meetings, waiting: 0 });
        let managed = self.drift.iter().map(|(path, drift)| {
            let managed = match drift {
                Drift::Edited => Managed::Edited,
                Drift::Gone => Managed::Gone,
            };
            (HostPath::new(path.as_str()).unwrap(), managed)
        });
        let cause = format!("up {}", self.formerly.as_deref().unwrap_or("meet.example.nl"));
        let author = "root".to_owned();
        seen.standing = Some(Standing { author, cause, managed: managed.collect(), ..Standing::default() });
    }
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Standard {
    #[default]
    Included,
    Left,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Form {
    #[default]
    Text,
    Json,
    Colours,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans")
}

fn standard() -> Vec<Claim> {
    let text = fs::read_to_string(folder().join("claims/standard.yml")).unwrap();
    let words: Vec<Word> = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("standard.yml: {error}"));
    words.iter().map(Word::claim).collect()
}

/// What a person sees: what speaks against the plan, then the plan.
fn shown(case: &Case) -> String {
    assert!(case.about.ends_with('.'), "{:?} is no sentence", case.about);
    let mut claims = if case.standard == Standard::Included { standard() } else { Vec::new() };
    claims.extend(case.claims.iter().map(Word::claim));
    plan::check(&claims).unwrap();
    let deployment = setting::deployment();
    if matches!(case.host, Start::Unknown) {
        return view::plan::text(&plan::fresh(&deployment, &claims), Colour::Never);
    }
    let mut seen = host::after(&case.host, &claims, &case.edits).observe();
    case.add_to(&mut seen);
    let renewed: BTreeSet<_> = case.renew.iter().map(|name| SecretName::new(name.as_str()).unwrap()).collect();
    seen.holdings = case.compromised.as_ref().map(|compromised| compromised.holdings(seen.clock));
    let plan = match (&seen.holdings, renewed.is_empty()) {
        (Some(_), _) => plan::compromise(&deployment, &claims, &seen, &renewed),
        (None, true) => plan::diff(&deployment, &claims, &seen),
        (None, false) => plan::rotation(&deployment, &claims, &seen, &renewed),
    };
    let agreed = Agreed::default();
    let judged = plan::Case { deployment: &deployment, claims: &claims, plan: &plan, seen: &seen, agreed };
    let objections = plan::objections(&judged);
    let colour = if matches!(case.shown_as, Form::Colours) { Colour::Always } else { Colour::Never };
    match case.shown_as {
        Form::Json => view::json::text(&plan, &objections).unwrap().replace(seen.digest.as_str(), "DIGEST"),
        Form::Text | Form::Colours => view::objection::text(&objections, colour) + &view::plan::text(&plan, colour),
    }
}

#[test]
fn each_case_gives_its_text() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut cases: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|ending| ending == "yml"));
    cases.sort();
    let mut wrong = Vec::new();
    for path in &cases {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let case: Case =
            serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (text, golden) = (shown(&case), path.with_extension("txt"));
        if update {
            fs::write(&golden, text).unwrap();
        } else if fs::read_to_string(&golden).ok().as_deref() != Some(text.as_str()) {
            wrong.push(format!("--- {name}: {}\n{text}", case.about));
        }
    }
    assert!(wrong.is_empty(), "run with UPDATE_GOLDEN=1 where this is meant:\n{}", wrong.join("\n"));
    assert!(cases.len() >= 20, "only {} cases were found", cases.len());
}

#[test]
fn no_text_is_left_without_its_case() {
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            assert!(path.with_extension("yml").exists(), "{} has no case", path.display());
        }
    }
}

#[test]
fn claims_that_contradict_each_other_are_named() {
    let text = "
- {component: one, file: /etc/a, text: x, wakes: [restart nobody.service]}
- {component: two, link: /etc/a, to: /etc/b}
- {component: two, file: /etc/c, text: password = __vc4all_secret_lost__}
- {component: two, account: focus@auth.meet.example.nl, secret: gone}
";
    let words: Vec<Word> = serde_yaml::from_str(text).unwrap();
    let mut claims: Vec<Claim> = words.iter().map(Word::claim).collect();
    let error = plan::check(&claims).unwrap_err().to_string();
    let expected = "component two: path /etc/a is wanted by component one too\n\
                    component one: needs unit nobody.service, which nobody claims\n\
                    component two: needs secret lost, which nobody claims\n\
                    component two: needs secret gone, which nobody claims";
    assert_eq!(error, expected);
    claims.clear();
    plan::check(&claims).unwrap();
}
