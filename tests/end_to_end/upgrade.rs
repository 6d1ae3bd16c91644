//! Jitsi's packages from one known-good set to the next: together, held, with their configuration kept, and back again.

use crate::lab::{Lab, Release, repository, same_state, succeed};
use crate::program::{Deployment, Said};
use crate::story::Story;
use crate::visitor::script;
use anyhow::{Context as _, Result, ensure};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub(crate) fn tell(story: &mut Story, lab: &Lab) -> Result<()> {
    let host = lab.host("upgrade", Release::Trixie)?;
    let deployment = &Deployment::on(lab, &host)?;
    let archive = Archive::open(deployment)?;
    archive.build(&["--version", "9.0-1"])?;
    archive.build(&["--version", "9.1-1", "--beside"])?;
    archive.vouch(deployment, &["9.0"])?;
    if story.check("up installs exactly the newest known-good set", || installs(deployment)).is_none() {
        return Ok(());
    }
    story.check("at the newest set, upgrade has nothing to do", || rests(deployment));
    archive.vouch(deployment, &["9.0", "9.1"])?;
    story.check("up never changes versions", || stays(deployment));
    story.check("upgrade says no to --no-verify, and to a host that is not as wanted", || refuses(deployment));
    story.check("upgrade moves all four together, holds them, and keeps the files", || upgrades(deployment));
    story.check("a bridge that does not start: everything goes back", || {
        archive.fails(deployment, "9.2", "bridge-ends", "restart jitsi-videobridge2.service")
    });
    story.check("a package whose script fails: everything goes back", || {
        archive.fails(deployment, "9.3", "script-fails", "returned an error code")
    });
    story.check("dpkg killed in the middle: the packages go back, and nobody has to come for that", || {
        killed(deployment, &archive)
    });
    story.check("a promise that breaks afterwards: the packages go back by themselves", || {
        returns(deployment, &archive)
    });
    story.check("a set that the archive has in part is refused", || partial(deployment, &archive));
    story.check("an archive that is gone is told, and nothing is changed", || gone(deployment, archive));
    Ok(())
}

/// A package archive of one story, and the file of the sets that somebody vouches for.
struct Archive {
    folder: TempDir,
    server: Child,
}

impl Archive {
    /// An archive at a free port, which the inventory names from now on.
    fn open(deployment: &Deployment<'_>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut server = script("archive.py").arg(folder.path()).stdout(Stdio::piped()).spawn()?;
        let mut port = String::new();
        BufReader::new(server.stdout.take().context("no stdout")?).read_line(&mut port)?;
        let archive = format!("http://10.87.0.1:{}\n  sets: sets.yml", port.trim());
        let served = Self { folder, server };
        deployment.variant("host.yml", "http://10.87.0.1:8087", &archive)?;
        Ok(served)
    }

    fn build(&self, arguments: &[&str]) -> Result<()> {
        let build = repository().join("tests/lab/packages/build");
        succeed(Command::new(build).arg(self.folder.path()).args(arguments)).map(drop)
    }

    /// Writes the file with these sets, whose packages have their name as version.
    fn vouch(&self, deployment: &Deployment<'_>, sets: &[&str]) -> Result<()> {
        let mut text = String::from("sets:\n");
        for (day, set) in (1..).zip(sets) {
            text.push_str(&format!("  - {{ name: \"{set}\", date: \"2026-09-{day:02}\", suite: stable"));
            for package in PACKAGES {
                text.push_str(&format!(", {package}: {set}-1"));
            }
            text.push_str(" }\n");
        }
        Ok(std::fs::write(deployment.inventory("sets.yml"), text)?)
    }

    /// A set with a flaw, which takes the place of the flawed one before it.
    fn offer(&self, deployment: &Deployment<'_>, set: &str, flaw: &str) -> Result<()> {
        self.build(&["--version", &format!("{set}-1"), "--beside", "--flaw", flaw])?;
        self.vouch(deployment, &["9.0", "9.1", set])
    }

    /// An upgrade to a flawed set fails on the host, which is as before.
    fn fails(&self, deployment: &Deployment<'_>, set: &str, flaw: &str, word: &str) -> Result<()> {
        self.offer(deployment, set, flaw)?;
        let before = deployment.host.state()?;
        let said = upgrade(deployment, 6)?;
        said.names(&[word, "as it was before", "Jitsi's packages have their former versions"])?;
        same_state(&before, &deployment.host.state()?)?;
        runs(deployment, "9.1-1")
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // It is gone when it cannot be ended.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

const PACKAGES: [&str; 4] = ["jicofo", "jitsi-meet-prosody", "jitsi-meet-web", "jitsi-videobridge2"];

fn upgrade(deployment: &Deployment<'_>, code: i32) -> Result<Said> {
    let said = Said::of(&mut deployment.in_the_world(&["upgrade", "host.yml", "--yes"]))?;
    said.ended(code)?;
    Ok(said)
}

/// The host has this version of all four packages, held; everything runs, and `up` has nothing to do.
fn runs(deployment: &Deployment<'_>, version: &str) -> Result<()> {
    let held = deployment.host.run(&format!(
        "dpkg-query -W -f '${{db:Status-Abbrev}} ${{Version}}\\n' {} | sort -u
        ls -d /var/lib/vc4all/lock /usr/sbin/policy-rc.d 2> /dev/null || :",
        PACKAGES.join(" ")
    ))?;
    ensure!(held.trim() == format!("hi  {version}"), "{held}");
    deployment.host.run("systemctl is-active nginx prosody jicofo jitsi-videobridge2 coturn")?;
    deployment.is_converged()
}

fn installs(deployment: &Deployment<'_>) -> Result<()> {
    let said = deployment.expect(0, &["up", "host.yml", "--yes"])?;
    ensure!(said.out.contains("9.0-1 of the set 9.0"), "the plan does not name the version:\n{}", said.out);
    runs(deployment, "9.0-1")
}

fn rests(deployment: &Deployment<'_>) -> Result<()> {
    upgrade(deployment, 0)?.names(&["nothing to do, the host has the newest known-good set 9.0"])
}

fn stays(deployment: &Deployment<'_>) -> Result<()> {
    deployment.host.run("apt-get -q update > /dev/null; apt-mark unhold jicofo > /dev/null")?;
    let said = deployment.expect(0, &["up", "host.yml", "--yes"])?;
    ensure!(said.out.contains("stays at its version"), "{}", said.out);
    runs(deployment, "9.0-1")
}

fn refuses(deployment: &Deployment<'_>) -> Result<()> {
    deployment.expect(1, &["upgrade", "host.yml", "--yes", "--no-verify"])?.names(&["leave --no-verify out"])?;
    deployment.host.run("apt-mark unhold jicofo > /dev/null")?;
    let said = upgrade(deployment, 1);
    deployment.host.run("apt-mark hold jicofo > /dev/null")?;
    said?.names(&["not as the inventory says", "up` first"])?;
    runs(deployment, "9.0-1")
}

/// What is configured, with owners and modes: nothing of it belongs to a version.
const CONFIGURATION: &str = "cd /etc && tar -cf - jitsi prosody nginx logrotate.d systemd turnserver.conf \
    --sort=name --mtime=@0 --exclude='*.dpkg-*' --exclude='__pycache__' | sha256sum";

fn upgrades(deployment: &Deployment<'_>) -> Result<()> {
    let before = deployment.host.run(CONFIGURATION)?;
    let others = "dpkg-query -W -f '${Package} ${Version}\\n' | grep -Ev '^(jicofo|jitsi-)'";
    let system = deployment.host.run(others)?;
    let said = upgrade(deployment, 0)?;
    for package in PACKAGES {
        let line = said.out.lines().find(|line| line.contains(&format!(" {package} ")) && line.contains('→'));
        ensure!(line.is_some_and(|line| line.contains("9.0-1 → 9.1-1")), "{package}:\n{}", said.out);
    }
    for unit in ["prosody", "jicofo", "jitsi-videobridge2"] {
        ensure!(said.out.contains(&format!("{unit}.service")), "no restart of {unit}:\n{}", said.out);
    }
    said.names(&["from the set 9.0 to the set 9.1", "every promise that was kept before still is"])?;
    ensure!(deployment.host.run(CONFIGURATION)? == before, "the configuration changed");
    ensure!(deployment.host.run(others)? == system, "another package changed");
    runs(deployment, "9.1-1")?;
    let kept = deployment.host.run("ls /var/lib/vc4all/packages | grep -c '_9[.][01]-1_'")?;
    ensure!(kept.trim() == "8", "the way back is not kept: {kept}");
    Ok(())
}

/// The script of a package waits without end; everything that works on the host is killed while dpkg waits for it.
fn killed(deployment: &Deployment<'_>, archive: &Archive) -> Result<()> {
    archive.offer(deployment, "9.35", "script-waits")?;
    let before = deployment.host.state()?;
    let mut run = deployment.in_the_world(&["upgrade", "host.yml", "--yes"]);
    let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let waits = "for _ in $(seq 600); do [ ! -e /run/script-waits ] || exit 0; sleep 0.2; done; exit 1";
    let began = deployment.host.run(waits);
    deployment.host.run("systemctl kill --signal=KILL 'vc4all-apply-*.service'; rm -f /run/script-waits")?;
    let ended = run.wait()?;
    began.context("dpkg never came to the script")?;
    // The host has set itself right when the program says how it ended.
    ensure!(ended.code() == Some(6), "it ended with {ended}");
    let broken = deployment.host.run("dpkg --audit | head -n 1")?;
    ensure!(broken.trim().is_empty(), "dpkg has something left to do: {broken}");
    same_state(&before, &deployment.host.state()?)?;
    runs(deployment, "9.1-1")?;
    deployment.is_converged()
}

fn returns(deployment: &Deployment<'_>, archive: &Archive) -> Result<()> {
    archive.offer(deployment, "9.4", "page-asks-abroad")?;
    let before = deployment.host.run(CONFIGURATION)?;
    let said = upgrade(deployment, 6)?;
    said.names(&[
        "The set 9.4 breaks what was kept before",
        "no-foreign-requests",
        "cdn.example.com",
        "former versions are in force again",
    ])?;
    ensure!(said.out.contains("9.4-1 → 9.1-1, back"), "the way back was not shown:\n{}", said.out);
    ensure!(deployment.host.run(CONFIGURATION)? == before, "the configuration changed");
    runs(deployment, "9.1-1")
}

fn partial(deployment: &Deployment<'_>, archive: &Archive) -> Result<()> {
    archive.build(&["--version", "9.5-1", "--beside", "--without", "jitsi-meet-web"])?;
    archive.vouch(deployment, &["9.0", "9.1", "9.5"])?;
    let before = deployment.host.state()?;
    let said = upgrade(deployment, 1)?;
    said.names(&["does not have the whole of the set 9.5: jitsi-meet-web 9.5-1 is missing", "nothing was changed"])?;
    same_state(&before, &deployment.host.state()?)?;
    runs(deployment, "9.1-1")
}

fn gone(deployment: &Deployment<'_>, archive: Archive) -> Result<()> {
    drop(archive);
    let before = deployment.host.state()?;
    let said = upgrade(deployment, 1)?;
    said.names(&["the repositories could not be asked", "nothing was changed"])?;
    same_state(&before, &deployment.host.state()?)?;
    runs(deployment, "9.1-1")
}
