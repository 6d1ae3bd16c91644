//! What a host keeps of its past: how it stands, the way back and forth, what goes when nobody wants it any more.

use crate::lab::{Lab, Release, same_state};
use crate::program::{Deployment, Said};
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;

/// A host that has this story alone, and something of its owner's where one of our pages will stand.
pub(crate) fn alone(story: &mut Story, lab: &Lab) -> Result<()> {
    let host = lab.host("e2e-generations", Release::Bookworm)?;
    let deployment = Deployment::on(lab, &host)?;
    story.check("status says of a fresh host that nothing is deployed there", || fresh(&deployment));
    host.run(&format!(
        "mkdir -p {}/en && echo 'of the owner' > {PAGE} && chmod 640 {PAGE} && chgrp games {PAGE}",
        WWW
    ))?;
    if story.check("the first generation comes into force", || up(&deployment, "host.yml")).is_some() {
        tell(story, &deployment);
    }
    Ok(())
}

const WWW: &str = "/usr/local/share/vc4all/www";
const PAGE: &str = "/usr/local/share/vc4all/www/en/index.html";
const GENERATIONS: &str = "/var/lib/vc4all/generations";

/// Expects the first generation in force, and `PAGE` of the owner before it.
pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("the manifest names what was made and what was found, with digests", || manifest(deployment));
    story.check("status tells people and programs how the host stands", || status(deployment));
    story.check("status names a file that somebody edited, and one that is gone", || drift(deployment));
    let Some(first) = story.check("the state is noted", || deployment.host.state()) else { return };
    story.check("what the inventory no longer wants goes, and the owner's page comes back", || orphans(deployment));
    let Some(second) = story.check("the state is noted again", || deployment.host.state()) else { return };
    story.check("rollback gives every file back as it was, byte by byte", || back(deployment, &first));
    story.check("a second rollback leads forth again", || back(deployment, &second));
    story.check("what cannot be gone back to is refused, and nothing changes", || refused(deployment));
    story.check("an older vc4all-agent comes from the host itself", || program(deployment));
    story.check("a door that is closed leaves no unit, no program and no secret", || closed(deployment));
    story.check("old generations and programs go, as many as the inventory says", || pruned(deployment));
}

fn up(deployment: &Deployment<'_>, inventory: &str) -> Result<()> {
    let said = Said::of(&mut deployment.in_the_world(&["up", inventory, "--yes", "--no-verify", "--now"]))?;
    said.ended(0)
}

fn rollback(deployment: &Deployment<'_>, arguments: &[&str]) -> Result<Said> {
    let all = [&["rollback", "host.yml", "--yes", "--no-verify", "--now"], arguments].concat();
    Said::of(&mut deployment.command(&all))
}

fn fresh(deployment: &Deployment<'_>) -> Result<()> {
    let said = deployment.expect(0, &["status", "host.yml"])?;
    ensure!(said.out.contains("nothing is deployed here"), "{}", said.out);
    let said = rollback(deployment, &[])?;
    said.ended(1)?;
    said.names(&["no generation before the present one", "run `up`"])
}

fn json(deployment: &Deployment<'_>) -> Result<Value> {
    let said = deployment.expect(0, &["status", "host.yml", "--json"])?;
    serde_json::from_str(&said.out).context("no JSON")
}

fn generation(deployment: &Deployment<'_>) -> Result<u64> {
    json(deployment)?["generation"]["number"].as_u64().context("no generation")
}

/// Every file that it names is on the disk with that digest, and no file of our folders is missing in it.
fn manifest(deployment: &Deployment<'_>) -> Result<()> {
    deployment.host.run(&format!(
        "m=/var/lib/vc4all/current/manifest
        [ \"$(stat -c %a:%U $m)\" = 600:root ]
        awk '$1 == \"file\" {{ print $3 \"  \" $2 }}' $m | sha256sum --check --quiet
        grep -qx 'file {PAGE} [0-9a-f]* found' $m
        grep -qx 'file {WWW}/en/privacy.html [0-9a-f]* made' $m
        for name in nginx jicofo libevent-2.1-7; do grep -q \"^package $name [^ ]* made$\" $m; done
        grep -q '^package procps [^ ]* found$' $m
        for line in 'unit nginx.service - made' 'secret turn - made' 'directory {WWW}/nl - made'; do grep -qx \"$line\" $m; done
        find /etc /usr/local -type f -path '*vc4all*' ! -path '/etc/vc4all/secrets/*' | while read -r path; do
            grep -q \"^file $path \" $m || {{ echo \"$path is not in it\"; exit 1; }}
        done
        [ \"$(cat /var/lib/vc4all/originals{PAGE})\" = 'of the owner' ]"
    ))?;
    Ok(())
}

fn status(deployment: &Deployment<'_>) -> Result<()> {
    let said = deployment.expect(0, &["status", "host.yml"])?;
    for words in
        ["generation   1 · up", "the host is what it says", "none: ", "days left", "every service runs", "nobody"]
    {
        ensure!(said.out.contains(words), "{words:?} does not stand in:\n{}", said.out);
    }
    ensure!(said.out.lines().count() < 20, "it is no screen:\n{}", said.out);
    let status = json(deployment)?;
    ensure!(status["format"] == "vc4all-status" && status["version"] == 1, "{status}");
    ensure!(status["changes_not_applied"] == 0 && status["drift"] == serde_json::json!([]), "{status}");
    ensure!(status["packages"]["jicofo"].is_string() && status["failed"] == serde_json::json!([]), "{status}");
    Ok(())
}

fn drift(deployment: &Deployment<'_>) -> Result<()> {
    let (edited, gone) = ("/etc/turnserver.conf", format!("{WWW}/robots.txt"));
    deployment.host.run(&format!("cp -a {edited} {gone} /root/; echo '# by hand' >> {edited}; rm {gone}"))?;
    let (text, status) = (deployment.expect(0, &["status", "host.yml"]), json(deployment));
    deployment.host.run(&format!("mv /root/turnserver.conf {edited}; mv /root/robots.txt {gone}"))?;
    let text = text?.out;
    ensure!(text.contains(&format!("{edited} edited")) && text.contains(&format!("{gone} gone")), "{text}");
    let status = status?;
    ensure!(status["drift"].as_array().is_some_and(|drift| drift.len() == 2), "{status}");
    ensure!(status["changes_not_applied"].as_u64() >= Some(2), "{status}");
    deployment.is_converged()
}

/// One language instead of two, and another rule for guests.
fn orphans(deployment: &Deployment<'_>) -> Result<()> {
    let less = "languages: [nl]\naccess: { guests: lobby }\nmedia:";
    let less = deployment.variant("less.yml", "media:", less)?;
    let said = deployment.expect(0, &["plan", &less])?;
    for words in [format!("{WWW}/en/privacy.html"), PAGE.to_owned(), "put back as it stood there".to_owned()] {
        ensure!(said.out.contains(&words), "{words:?} does not stand in:\n{}", said.out);
    }
    up(deployment, &less)?;
    deployment.host.run(&format!(
        "[ \"$(ls {WWW}/en)\" = index.html ]
        [ \"$(cat {PAGE})\" = 'of the owner' ] && [ \"$(stat -c %a:%G {PAGE})\" = 640:games ]
        ! grep -q {WWW}/en /var/lib/vc4all/current/manifest || exit 1
        [ ! -e /var/lib/vc4all/originals{PAGE} ]"
    ))?;
    let said = deployment.expect(0, &["up", &less, "--yes"])?;
    ensure!(said.out.contains("nothing to do"), "it did something again:\n{}", said.out);
    Ok(())
}

fn back(deployment: &Deployment<'_>, wanted: &[String]) -> Result<()> {
    let before = generation(deployment)?;
    let said = rollback(deployment, &[])?;
    said.ended(0)?;
    said.names(&["Going back does not undo:", "certificate:", "what it was in generation"])?;
    let status = json(deployment)?;
    ensure!(status["generation"]["number"] == before + 1, "{status}");
    let cause = format!("rollback to {}", before - 1);
    ensure!(status["generation"]["cause"] == cause.as_str(), "{status}");
    same_state(wanted, &deployment.host.state()?)
}

/// A generation that is not there, one of another domain, and records that somebody damaged or forged.
fn refused(deployment: &Deployment<'_>) -> Result<()> {
    let record = format!("{GENERATIONS}/1/record");
    let forge = |change: &str| format!("zcat /root/record | sed '{change}' | gzip > {record}");
    deployment.host.run(&format!("cp -a {record} /root/record"))?;
    let before = deployment.host.state()?;
    let tricks = [
        ("true".to_owned(), "7", "it keeps no generation 7"),
        (forge("s/\"domain\":\"[^\"]*\"/\"domain\":\"elsewhere.example\"/"), "1", "was for elsewhere.example"),
        (forge("s#/etc/nginx/nginx.conf#/etc/../root/x#"), "1", "is not a plain absolute path"),
        (forge("s#/etc/turnserver.conf#/etc/nginx/nginx.conf#"), "1", "is wanted by component"),
        (forge("s/\"form\":1/\"form\":9/"), "1", "has form 9"),
        (format!("head -c 300 /root/record > {record}"), "1", "cannot be used"),
        (format!("head -c 60000000 /dev/zero | gzip > {record}"), "1", "is longer than"),
        (format!("rm {record}"), "1", "it keeps no generation 1"),
    ];
    for (trick, number, words) in tricks {
        deployment.host.run(&trick)?;
        let said = rollback(deployment, &[number]);
        deployment.host.run(&format!("cp -a /root/record {record}"))?;
        let said = said?;
        said.ended(1).and_then(|()| said.names(&[words, "help:"])).with_context(|| trick.clone())?;
    }
    same_state(&before, &deployment.host.state()?)
}

/// The program beside the tests with one more byte at its end: another build, which does the same.
fn other_build(deployment: &Deployment<'_>) -> Result<PathBuf> {
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_vc4all-deploy")).with_file_name("vc4all-agent-x86_64");
    let other = deployment.inventory("vc4all-agent-x86_64");
    std::fs::copy(&ours, &other).with_context(|| ours.display().to_string())?;
    std::fs::OpenOptions::new().append(true).open(&other)?.write_all(b"\n")?;
    Ok(other)
}

fn program(deployment: &Deployment<'_>) -> Result<()> {
    let (before, number) = (deployment.host.state()?, generation(deployment)?);
    let other = other_build(deployment)?.display().to_string();
    let newer = ["--agent", &other, "up", "less.yml", "--yes", "--no-verify", "--now"];
    deployment.expect(0, &newer)?;
    ensure!(before != deployment.host.state()?, "the other build is not there");
    let number = number.to_string();
    // Only the newer build is at hand.
    let old = ["--agent", &other, "rollback", "host.yml", &number, "--yes", "--no-verify", "--now"];
    deployment.host.run("mv /var/lib/vc4all/programs /root/programs")?;
    let said = deployment.say(&old);
    deployment.host.run("rm -rf /var/lib/vc4all/programs; mv /root/programs /var/lib/vc4all/programs")?;
    let said = said?;
    said.ended(1)?;
    said.names(&["neither there nor here", "--agent"])?;
    deployment.expect(0, &old)?;
    same_state(&before, &deployment.host.state()?)
}

const PORTAL: &str = "access:
  meeting_hosts: jwt
  jwt: { issuer: portaal, audience: praat, operator: Stichting Voorbeeld, country: NL }
media:";

fn closed(deployment: &Deployment<'_>) -> Result<()> {
    let portal = deployment.variant("portal.yml", "media:", PORTAL)?;
    up(deployment, &portal)?;
    deployment.host.run(
        "! systemctl is-active --quiet vc4all-door.socket vc4all-door.service || exit 1
        ! systemctl list-unit-files --no-legend | grep vc4all-door || exit 1
        ! systemctl list-units --failed --plain --no-legend | grep . || exit 1
        ! find /etc/systemd/system -name '*vc4all-door*' | grep . || exit 1
        [ ! -e /usr/local/lib/vc4all/bin ] && [ ! -e /etc/vc4all/door.json ]
        [ ! -e /etc/vc4all/secrets/token ] && [ -s /etc/vc4all/secrets/portal ]
        ! grep -e vc4all-door -e 'secret token' /var/lib/vc4all/current/manifest || exit 1",
    )?;
    up(deployment, "host.yml")?;
    deployment.is_converged()?;
    deployment.host.run("systemctl is-active vc4all-door.socket && [ ! -e /etc/vc4all/secrets/portal ]").map(drop)
}

fn pruned(deployment: &Deployment<'_>) -> Result<()> {
    let few = deployment.variant("few.yml", "media:", "generations: { keep: 2 }\nlanguages: [nl, de]\nmedia:")?;
    let before = generation(deployment)?;
    up(deployment, &few)?;
    let kept = deployment
        .host
        .run(&format!("ls {GENERATIONS} | sort -n | tr '\\n' ' '; ls /var/lib/vc4all/programs | wc -l"))?;
    ensure!(kept.trim() == format!("{before} {} 1", before + 1), "it keeps {kept}");
    let old = deployment.host.run(&format!("find {GENERATIONS} -name old -o -name journal"))?;
    ensure!(old.is_empty(), "it keeps copies of old files: {old}");
    let said = rollback(deployment, &["1"])?;
    said.ended(1)?;
    said.names(&["it keeps no generation 1", &format!("{before}, {}", before + 1)])
}
