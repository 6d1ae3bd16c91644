//! The distribution's servers and Jitsi's four packages, with every question of theirs answered beforehand.

use super::Scene;
use super::claims::{package, package_name, restart};
use crate::model::known::Pin;
use crate::model::resource::{Content, InstallStage, Package, Preseed, Resource};
use crate::model::traits::Release;
use anyhow::Result;

/// Jitsi's own packages; the others of that source only carry templates and scripts that would write our files.
pub(super) const JITSI_PACKAGES: [&str; 4] = ["jicofo", "jitsi-meet-prosody", "jitsi-meet-web", "jitsi-videobridge2"];

/// From the distribution: the servers, `luac` for the proof of Lua files, what Jitsi's plugins ask for, and the resolver
/// without which every `prosodyctl` begins with a complaint.
const DISTRIBUTION: [&str; 11] = [
    "ca-certificates-java",
    "coturn",
    "lua-basexx",
    "lua-cjson",
    "lua-inspect",
    "lua-luaossl",
    "lua-sec",
    "lua-unbound",
    "lua5.4",
    "nginx",
    "prosody",
];

/// The distribution's packages, then Jitsi's.
pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let mut all = vec![package(java(scene.traits.release), InstallStage::Distribution)?];
    for name in DISTRIBUTION {
        all.push(package(name, InstallStage::Distribution)?);
    }
    for name in JITSI_PACKAGES {
        all.push(Resource::Package(jitsi(name, scene)?));
    }
    Ok(all)
}

/// One of Jitsi's packages, with the versions that are known to be good.
fn jitsi(name: &str, scene: &Scene<'_>) -> Result<Package> {
    let preseed = answers(name, scene.deployment.domain.as_str())?;
    let name = package_name(name)?;
    let sets = scene.deployment.packages.known.iter().rev();
    let pins = sets.filter_map(|set| {
        let version = set.versions.get(&name)?.clone();
        Some(Pin { set: set.name.clone(), version })
    });
    let known = pins.collect();
    // The two daemons restart because their units come from their packages; the plugins belong to Prosody's unit.
    let wakes = if name.as_str() == PLUGINS { vec![restart("prosody.service")?] } else { Vec::new() };
    Ok(Package { name, stage: InstallStage::Jitsi, preseed, known, wakes })
}

/// The package with Prosody's plugins.
const PLUGINS: &str = "jitsi-meet-prosody";

/// Jitsi runs on Java 17 and 21; each release has one of them.
fn java(release: Release) -> &'static str {
    match release {
        Release::Debian12 => "openjdk-17-jre-headless",
        Release::Debian13 | Release::Ubuntu2404 => "openjdk-21-jre-headless",
    }
}

/// What debconf hears before a package is installed; a question that is not answered stops its script.
///
/// One is left to the script, which makes up a word for a file that it then does not write: the TURN secret's question is
/// a plain string, and debconf keeps those readable for every user of the host.
fn answers(package: &str, host: &str) -> Result<Vec<Preseed>> {
    match package {
        "jicofo" => Ok(vec![secret("jicofo", "jicofo/jicofo-authpassword", "focus")?]),
        "jitsi-videobridge2" => Ok(vec![
            said(package, "jitsi-videobridge/jvb-hostname", "string", host)?,
            secret(package, "jitsi-videobridge/jvbsecret", "jvb")?,
        ]),
        "jitsi-meet-prosody" => Ok(vec![
            said(package, "jitsi-meet-prosody/jvb-hostname", "string", host)?,
            said(WEB, "jitsi-meet/jvb-hostname", "string", host)?,
            said(WEB, "jitsi-meet/cert-choice", "select", "I want to use my own certificate")?,
            said(WEB, "jitsi-meet/cert-path-crt", "string", "/var/lib/vc4all/tls/live/fullchain.pem")?,
            said(WEB, "jitsi-meet/cert-path-key", "string", "/var/lib/vc4all/tls/live/privkey.pem")?,
            said(WEB, "jitsi-meet/jaas-choice", "boolean", "false")?,
        ]),
        _ => Ok(Vec::new()),
    }
}

/// Owns questions that the script of `jitsi-meet-prosody` reads, although it is never installed.
const WEB: &str = "jitsi-meet-web-config";

fn said(owner: &str, question: &str, kind: &'static str, answer: &str) -> Result<Preseed> {
    let answer = Content::Plain(answer.to_owned());
    Ok(Preseed { owner: package_name(owner)?, question: question.to_owned(), kind: kind.into(), answer })
}

fn secret(owner: &str, question: &str, name: &str) -> Result<Preseed> {
    let answer = Content::WithSecrets(super::claims::secret_name(name)?.mark());
    Ok(Preseed { owner: package_name(owner)?, question: question.to_owned(), kind: "password".into(), answer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debconf_hears_secrets_only_where_it_keeps_them_to_root() {
        for package in JITSI_PACKAGES {
            for answer in answers(package, "meet.example.nl").unwrap() {
                let secret = matches!(answer.answer, Content::WithSecrets(_));
                assert!(!secret || answer.kind == "password", "{}", answer.question);
            }
        }
    }
}
