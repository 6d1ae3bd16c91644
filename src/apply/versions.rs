//! The versions of Jitsi's packages in the words of the script: `NAME=VERSION`, as apt takes them.

use super::step::Step;
use crate::model::known::Move;
use crate::model::plan::{Action, Plan};
use crate::model::resource::Package;
use crate::model::version::PackageVersion;
use std::fmt::Write as _;

/// The packages that go from one version to another.
pub(super) struct Moved<'a>(Vec<(&'a Package, &'a Move)>);

/// The packages of a plan that go from one version to another.
pub(super) fn moved(plan: &Plan) -> Moved<'_> {
    let steps = plan.changes.iter().filter_map(|change| match &change.action {
        Action::Upgrade { package, step } => Some((package, step)),
        _ => None,
    });
    Moved(steps.collect())
}

/// Nothing is changed before the present versions are at hand, the new ones too, and apt has said what it would do.
pub(super) fn way_back(plan: &Plan) -> Vec<Step> {
    let moved = moved(plan);
    if moved.0.is_empty() {
        return Vec::new();
    }
    let (from, to) = (moved.words(|step| &step.from), moved.words(|step| &step.to));
    vec![
        Step::new("keep the packages as they are now, for the way back", format!("keep\t{from}")),
        Step::new("fetch the new packages, and ask apt what it would do", format!("foresee\t{to}")),
    ]
}

impl<'a> Moved<'a> {
    /// The step that moves them.
    pub(super) fn step(&self) -> Option<Step> {
        let line = format!("upgrade\t{}", self.words(|step| &step.to));
        let label = "take Jitsi's packages to these versions, and hold them";
        (!self.0.is_empty()).then(|| Step::new(label, line))
    }

    pub(super) fn packages(&self) -> Vec<&'a Package> {
        self.0.iter().map(|(package, _)| *package).collect()
    }

    /// One word a package, with one of its two versions, separated by tabs.
    fn words(&self, version: impl Fn(&Move) -> &PackageVersion) -> String {
        let words = self.0.iter().map(|(package, step)| format!("{}={}", package.name, version(step)));
        words.collect::<Vec<_>>().join("\t")
    }
}

/// The known-good sets as far as they hold these packages, one a line, the newest first: the set's name, then a word for
/// each package. A set that lacks one of them is none.
pub(super) fn sets(packages: &[&Package]) -> String {
    let mut text = String::new();
    for pin in packages.first().into_iter().flat_map(|package| &package.known) {
        let word = |package: &&Package| {
            let same = package.known.iter().find(|other| other.set == pin.set)?;
            Some(format!("{}={}", package.name, same.version))
        };
        if let Some(words) = packages.iter().map(word).collect::<Option<Vec<_>>>() {
            let _ = writeln!(text, "{} {}", pin.set, words.join(" "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::known::Pin;
    use crate::model::names::PackageName;
    use crate::model::resource::InstallStage;

    fn package(name: &str, known: &[(&str, &str)]) -> Package {
        let version = |text: &str| PackageVersion::new(text).unwrap();
        Package {
            name: PackageName::new(name).unwrap(),
            stage: InstallStage::Jitsi,
            preseed: Vec::new(),
            known: known.iter().map(|(set, own)| Pin { set: version(set), version: version(own) }).collect(),
            wakes: Vec::new(),
        }
    }

    #[test]
    fn only_whole_sets_reach_the_host() {
        let jicofo = package("jicofo", &[("2.0.3", "1.0-3-1"), ("2.0.2", "1.0-2-1")]);
        let web = package("jitsi-meet-web", &[("2.0.2", "1.0.20-1")]);
        assert_eq!(sets(&[&jicofo, &web]), "2.0.2 jicofo=1.0-2-1 jitsi-meet-web=1.0.20-1\n");
        assert_eq!(sets(&[&web]), "2.0.2 jitsi-meet-web=1.0.20-1\n");
        assert_eq!(sets(&[]), "");
    }
}
