//! The proof in a browser that people can make on their own instance: nobody but the instance is asked.

use crate::lab::repository;
use crate::program::{Deployment, Said};
use crate::story::{Story, print};
use crate::visitor::Visitor;
use anyhow::{Result, bail, ensure};
use std::path::Path;
use std::process::Command;

const BROWSER: &str = "/usr/bin/chromium";
const FOLDER: &str = "/usr/local/share/vc4all/www";
const SHELL: &str = "/usr/share/jitsi-meet/body.html";

/// What is put into pages, where, and the words with which the proof has to tell of it.
const FAULTS: [(&str, &str, &[&str]); 3] = [
    (
        "nl/index.html",
        "<img alt=\"\" src=\"https://pictures.example/a.png\">",
        &["landing page, nl", "held back by the policy", "https://pictures.example/a.png"],
    ),
    (
        "nl/privacy.html",
        "<link rel=\"dns-prefetch\" href=\"https://names.example\">",
        &["statement, nl", "connected to beforehand", "https://names.example/"],
    ),
    (
        SHELL,
        "<script>new RTCPeerConnection({ iceServers: [{ urls: 'stun:stun.example:3478' }] });</script>",
        &["room", "STUN or TURN server", "stun:stun.example:3478"],
    ),
];

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) {
    match able() {
        Ok(()) => {}
        Err(why) if std::env::var_os("CI").is_none() => return print(&format!("left out, the browser proof: {why:#}")),
        Err(why) => return story.fail("the browser proof can be made", &why),
    }
    story.check("a browser asks nobody but the instance: pages, statement, door and room", || {
        let said = proof(visitor)?;
        ensure!(said.code == 0, "{said:?}");
        for page in ["landing page, nl", "statement, en", "door, nl", "room"] {
            ensure!(said.out.contains(page), "{page} was not visited: {said:?}");
        }
        ensure!(said.out.contains(&format!("Nobody but {} was asked.", visitor.domain)), "{said:?}");
        Ok(())
    });
    story.check("a browser tells of a foreign picture, a foreign name and a foreign STUN server", || {
        let broken = FAULTS.iter().try_for_each(|(file, fault, _)| put(deployment, file, fault));
        let said = broken.and_then(|()| proof(visitor));
        FAULTS.iter().try_for_each(|(file, ..)| restore(deployment, file))?;
        noticed(&said?)
    });
}

fn able() -> Result<()> {
    let modules = repository().join("tests/browser/node_modules/.installed-from");
    for needed in [Path::new(BROWSER), &modules] {
        ensure!(needed.exists(), "{} is missing: run tests/lab/setup", needed.display());
    }
    Ok(())
}

fn proof(visitor: &Visitor) -> Result<Said> {
    let mut command = Command::new("node");
    command.arg(repository().join("tests/browser/proof.mjs")).arg(&visitor.domain);
    command.args(["--address", &visitor.addresses[0].to]).arg("--root").arg(&visitor.authority);
    Said::of(command.env("CHROMIUM", BROWSER))
}

/// Each fault stands in a line of its own, and nothing else is told of.
fn noticed(said: &Said) -> Result<()> {
    ensure!(said.code == 1, "{said:?}");
    let (_, told) = said.out.split_once("Somebody else\n").unwrap_or_default();
    let lines: Vec<&str> = told.lines().take_while(|line| !line.is_empty()).collect();
    for (file, _, words) in FAULTS {
        if !lines.iter().any(|line| words.iter().all(|word| line.contains(word))) {
            bail!("what stands in {file} is not told of: {said:?}");
        }
    }
    // The picture is told of twice: the page wanted it, and its policy held it back.
    ensure!(lines.len() == FAULTS.len() + 1, "not just that is told of: {said:?}");
    Ok(())
}

fn place(file: &str) -> String {
    if file.starts_with('/') { file.to_owned() } else { format!("{FOLDER}/{file}") }
}

fn put(deployment: &Deployment<'_>, file: &str, fault: &str) -> Result<()> {
    let path = place(file);
    // Browsers read on behind `</html>`.
    deployment.host.run(&format!("cp -a {path} {path}.whole\ncat >> {path} <<'FAULT'\n{fault}\nFAULT")).map(drop)
}

fn restore(deployment: &Deployment<'_>, file: &str) -> Result<()> {
    let path = place(file);
    deployment.host.run(&format!("[ ! -e {path}.whole ] || mv -f {path}.whole {path}")).map(drop)
}
