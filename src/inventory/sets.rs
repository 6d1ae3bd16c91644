//! Known-good sets of versions: YAML as a person writes it → the sets, or every mistake at once.

use super::forms::Form;
use super::keys::{DISTRIBUTIONS, Holds, Key, Presence, SUITES, key};
use super::problems::{Problems, Reports};
use super::section::Section;
use super::{letters, shape, tree};
use crate::model::known::KnownSet;
use crate::model::names::PackageName;
use crate::model::traits::Release;
use crate::model::values::{Line, Refusal};
use crate::model::version::PackageVersion;

/// The sets that this release vouches for.
pub const OURS: &str = include_str!("../../known-good.yml");

const FILE: &[Key] = &[key("sets", Holds::Items(SET), Presence::Required, "The sets, the oldest first.")];

const SET: &[Key] = &[
    key("name", Holds::Text(Form::Version), Presence::Required, "The set's name."),
    key("date", Holds::Text(Form::Day), Presence::Required, "The day on which it was put together."),
    key("suite", Holds::Choice(SUITES), Presence::Required, "The suite of the repository that has it."),
    key("jicofo", Holds::Text(Form::Version), Presence::Required, "The version of this package."),
    key("jitsi-meet-prosody", Holds::Text(Form::Version), Presence::Required, "The version of this package."),
    key("jitsi-meet-web", Holds::Text(Form::Version), Presence::Required, "The version of this package."),
    key("jitsi-videobridge2", Holds::Text(Form::Version), Presence::Required, "The version of this package."),
    key("tried", Holds::Words(DISTRIBUTIONS), Presence::Optional("nowhere"), "Where it passed all tests."),
    key("note", Holds::Text(Form::Line("Our own mirror's")), Presence::Optional("nothing is said"), "What to know."),
];

const PACKAGES: [&str; 4] = ["jicofo", "jitsi-meet-prosody", "jitsi-meet-web", "jitsi-videobridge2"];

/// The sets of this release, the oldest first.
pub(super) fn ours() -> Result<Vec<KnownSet>, Problems> {
    read(OURS.as_bytes(), "known-good.yml")
}

/// The sets in these bytes, the oldest first; `name` is what messages call the file.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<Vec<KnownSet>, Problems> {
    let reports = Reports::default();
    match resolve(bytes, &reports) {
        Some(sets) if reports.is_empty() => Ok(sets),
        _ => Err(reports.into_problems(name)),
    }
}

fn resolve(bytes: &[u8], reports: &Reports) -> Option<Vec<KnownSet>> {
    let text = letters::text(bytes, reports)?;
    letters::check(text, reports);
    let root = tree::read(text, reports)?;
    shape::check(&root, FILE, reports);
    let items = Section::root(&root, reports).items("sets");
    let mut sets: Vec<KnownSet> = Vec::new();
    for item in &items {
        let set = set(item)?;
        if let Some(before) = sets.iter().rfind(|before| before.suite == set.suite) {
            follows(item, before, &set);
        }
        if sets.iter().any(|other| other.name == set.name) {
            item.clash("name", "stands twice", "keep one of the sets");
        }
        sets.push(set);
    }
    Some(sets)
}

fn set(at: &Section<'_>) -> Option<KnownSet> {
    let name = at.text("name", version);
    let date = at.text("date", day);
    let suite = at.choice("suite", SUITES, SUITES);
    let versions = PACKAGES.map(|package| Some((PackageName::new(package).ok()?, at.text(package, version)?)));
    let tried = if at.has("tried") { at.words("tried", DISTRIBUTIONS, &Release::ALL)? } else { Vec::new() };
    let note = at.text("note", Line::parse);
    let versions = versions.into_iter().collect::<Option<_>>()?;
    Some(KnownSet { name: name?, date: date?, suite: suite?.to_owned(), versions, tried, note })
}

/// An older set stands before a newer one, so that nobody is led back by the order of the file.
fn follows(at: &Section<'_>, before: &KnownSet, set: &KnownSet) {
    for (package, version) in &set.versions {
        if before.versions.get(package).is_some_and(|earlier| earlier.is_newer_than(version)) {
            let what = format!("is older than in the set {} before it", before.name);
            at.clash(package.as_str(), &what, "put the older set first");
        }
    }
    if before.versions == set.versions {
        at.clash("name", "has the same versions as the set before it", "keep one of the sets");
    }
}

fn version(text: &str) -> Result<PackageVersion, Refusal> {
    let write = "write it as the repository does, such as 1.0-1189-1";
    PackageVersion::new(text).map_err(|_| Refusal::new("is not a version", write))
}

fn day(text: &str) -> Result<String, Refusal> {
    let date = text.parse::<jiff::civil::Date>().ok().filter(|date| date.to_string() == text);
    date.map(|date| date.to_string())
        .ok_or_else(|| Refusal::new("is not a day", "write year, month and day, such as \"2026-07-30\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> String {
        read(text.as_bytes(), "sets.yml").unwrap_err().to_string()
    }

    #[test]
    fn the_sets_of_this_release_are_whole_and_in_order() {
        let sets = ours().unwrap_or_else(|problems| panic!("{problems}"));
        assert!(!sets.is_empty());
        for set in &sets {
            assert_eq!(set.versions.len(), PACKAGES.len(), "{}", set.name);
            assert!(set.date.as_str() > "2026-05-27", "{}: our configuration is for later versions", set.name);
            let [prosody, web] = [PACKAGES[1], PACKAGES[2]].map(|name| &set.versions[&PackageName::new(name).unwrap()]);
            assert_eq!(prosody, web, "{}: upstream builds both from one source", set.name);
        }
    }

    #[test]
    fn every_mistake_is_named_at_its_line() {
        let lacks = OURS.replacen("    jitsi-meet-web: 1.0.9268-1\n", "", 1);
        assert!(problems(&lacks).contains("sets[0].jitsi-meet-web: is missing"), "{}", problems(&lacks));
        for (old, new, words) in [
            ("1.0-1183-1", "one", "is not a version"),
            ("1.0-1183-1", "1.0-1190-1", "is older than in the set 2.0.11031"),
            ("name: 2.0.11146", "name: 2.0.11031", "stands twice"),
            ("2026-06-05", "June", "is not a day"),
            ("suite: stable", "suite: nightly", "is not a word"),
            ("    jicofo:", "    jicofos:", "did you mean `jicofo`?"),
        ] {
            let said = problems(&OURS.replacen(old, new, 1));
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(problems("").contains("sets.yml"));
    }
}
