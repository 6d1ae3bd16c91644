//! An instance that is broken on purpose, in one way after the other: each is found by the promise that is about it, and
//! every other promise stays as it was.

#[path = "breakages/encryption.rs"]
mod encryption;
#[path = "breakages/host.rs"]
mod host;
#[path = "breakages/media.rs"]
mod media;
#[path = "breakages/pages.rs"]
mod pages;
#[path = "breakages/rooms.rs"]
mod rooms;
#[path = "breakages/told.rs"]
mod told;

use crate::lab::{Lab, Release};
use crate::program::{Deployment, Said};
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;

/// Something that goes wrong on a host, and what has to notice it.
pub(crate) struct Breakage {
    /// What is wrong, in words.
    what: &'static str,
    /// The promises that are broken by it, and no others.
    promises: &'static [&'static str],
    /// The shell commands that break it.
    harm: &'static str,
    /// The shell commands that set it right.
    mend: &'static str,
}

const fn of(what: &'static str, promises: &'static [&'static str], harm: &'static str, mend: &'static str) -> Breakage {
    Breakage { what, promises, harm, mend }
}

const NGINX: &str = "lighten nginx.service";
const PROSODY: &str = "lighten prosody.service";
const COTURN: &str = "lighten coturn.service";

const CHAPTERS: [&[Breakage]; 6] = [encryption::ALL, pages::ALL, rooms::ALL, media::ALL, host::ALL, told::ALL];

const PRELUDE: &str = include_str!("breakages/prelude.sh");

pub(crate) fn tell(story: &mut Story, lab: &Lab) -> Result<()> {
    let host = lab.host("broken", Release::Bookworm)?;
    let deployment = Deployment::on(lab, &host)?;
    let up = story.check("a host that is to be broken comes up, and keeps its promises", || {
        deployment.expect(0, &["up", "host.yml", "--yes"])?;
        verdicts(&deployment, 0)
    });
    let Some(whole) = up else { return Ok(()) };
    for breakage in CHAPTERS.into_iter().flatten() {
        story.check(&format!("found: {}", breakage.what), || found(&deployment, breakage, &whole));
    }
    story.check("mended, the host keeps all promises again", || verdicts(&deployment, 0).map(drop));
    Ok(())
}

/// What each promise says, by its name.
pub(crate) fn verdicts(deployment: &Deployment<'_>, code: i32) -> Result<BTreeMap<String, Finding>> {
    let said = Said::of(&mut deployment.in_the_world(&["verify", "host.yml", "--json"]))?;
    said.ended(code)?;
    findings(&said)
}

/// The same of what `verify --json` said.
pub(crate) fn findings(said: &Said) -> Result<BTreeMap<String, Finding>> {
    let report: Value = serde_json::from_str(&said.out).context("no JSON")?;
    let findings = report["chapters"].as_array().into_iter().flatten();
    let findings = findings.flat_map(|chapter| chapter["findings"].as_array().into_iter().flatten());
    Ok(findings
        .map(|finding| {
            let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            (word("promise"), Finding { verdict: word("verdict"), seen: word("seen") })
        })
        .collect())
}

/// What a promise says.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) verdict: String,
    pub(crate) seen: String,
}

fn found(deployment: &Deployment<'_>, breakage: &Breakage, whole: &BTreeMap<String, Finding>) -> Result<()> {
    let run = |commands: &str| {
        let prelude = PRELUDE.replace("DOMAIN", &deployment.domain);
        deployment.host.run(&format!("{prelude}\n{commands}"))
    };
    let harmed = run(breakage.harm).context("break it");
    let seen = harmed.and_then(|_| verdicts(deployment, 3));
    run(breakage.mend).context("mend it")?;
    compare(&seen?, breakage, whole)
}

/// A promise that cannot be looked at because of the fault is no false alarm; one that breaks with it is.
fn compare(seen: &BTreeMap<String, Finding>, breakage: &Breakage, whole: &BTreeMap<String, Finding>) -> Result<()> {
    let broken: Vec<&str> =
        seen.iter().filter(|(_, finding)| finding.verdict == "broken").map(|(name, _)| name.as_str()).collect();
    let told = |name: &&str| format!("{name}: {}", seen[*name].seen);
    let shown: Vec<String> = broken.iter().map(told).collect();
    let mut wanted = breakage.promises.to_vec();
    wanted.sort_unstable();
    ensure!(broken == wanted, "wanted {wanted:?}, but broken is\n{}", shown.join("\n"));
    ensure!(seen.len() == whole.len(), "some promises are missing");
    Ok(())
}
