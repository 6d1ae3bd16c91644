//! Facts for the papers that only the living host knows.

use crate::model::observed::Observed;
use serde::Serialize;

/// The packages that do the work, by name and by what people call them.
const PACKAGES: [(&str, &str); 6] = [
    ("jitsi-videobridge2", "Jitsi Videobridge"),
    ("jicofo", "Jicofo"),
    ("jitsi-meet-web", "Jitsi Meet"),
    ("prosody", "Prosody"),
    ("nginx", "nginx"),
    ("coturn", "coturn"),
];

/// What a host showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostFacts {
    /// The distribution.
    pub release: String,
    /// The programs that are installed, with their versions.
    pub programs: Vec<Program>,
    /// The generation in force; 0 when there is none.
    pub generation: u32,
}

/// An installed program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Program {
    /// What people call it.
    pub name: &'static str,
    /// Its version, as dpkg tells it.
    pub version: String,
}

impl HostFacts {
    /// What the papers tell of a host; its own words are cut where they cannot be a version (deb-version(7)).
    pub fn of(seen: &Observed) -> Self {
        let version = |package: &str| {
            let installed = seen.packages.iter().find(|(name, _)| name.as_str() == package)?.1;
            let plain = |c: char| c.is_ascii_alphanumeric() || ".+-~:".contains(c);
            Some(installed.version.chars().filter(|c| plain(*c)).take(60).collect())
        };
        let program = |(package, name): (&str, &'static str)| Some(Program { name, version: version(package)? });
        Self {
            release: seen.traits.release.to_string(),
            programs: PACKAGES.into_iter().filter_map(program).collect(),
            generation: seen.generation,
        }
    }
}
