//! Maintainer scripts of Debian's and Jitsi's packages that run after us, and leave everything as it is.

use crate::lab::{repository, succeed};
use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::script;
use anyhow::{Result, ensure};
use std::process::{Child, Command, Stdio};

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("dpkg-reconfigure of every package leaves nothing to do", || reconfigured(deployment));
    story.check("an upgrade of Jitsi's packages leaves nothing to do", || upgraded(deployment));
    story.check("after a reboot everything runs and nothing is to do", || rebooted(deployment));
}

const PACKAGES: &str =
    "jitsi-meet-web jicofo jitsi-videobridge2 jitsi-meet-prosody prosody nginx coturn nftables unattended-upgrades";

fn reconfigured(deployment: &Deployment<'_>) -> Result<()> {
    deployment.host.run(&format!(
        "export DEBIAN_FRONTEND=noninteractive
        for package in {PACKAGES}; do
            dpkg-reconfigure $package < /dev/null > /tmp/said 2>&1 || {{ echo \"$package:\"; cat /tmp/said; exit 1; }}
        done"
    ))?;
    unchanged(deployment)
}

/// No file differs; a daemon that a script stopped or started with old files is allowed to show up.
fn unchanged(deployment: &Deployment<'_>) -> Result<()> {
    deployment.expect(0, &["plan", "host.yml", "--detailed-exitcode"]).map_err(|why| {
        let plan = deployment.say(&["plan", "host.yml"]).map(|said| said.out).unwrap_or_default();
        why.context(plan)
    })?;
    deployment.host.run("systemctl is-active nginx prosody jicofo jitsi-videobridge2 coturn").map(drop)
}

/// A server of files for one check; it ends with this value.
struct Archive(Child);

impl Drop for Archive {
    fn drop(&mut self) {
        // It is gone when it cannot be ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn upgraded(deployment: &Deployment<'_>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let build = repository().join("tests/lab/packages/build");
    succeed(Command::new(build).arg(folder.path()).args(["--version", "9.0-1"]))?;
    let mut serve = script("serve.py");
    let mut archive = Archive(serve.arg(folder.path().join("stable")).stdout(Stdio::piped()).spawn()?);
    let mut port = String::new();
    if let Some(said) = archive.0.stdout.take() {
        std::io::BufRead::read_line(&mut std::io::BufReader::new(said), &mut port)?;
    }
    deployment.host.run(&format!(
        "export DEBIAN_FRONTEND=noninteractive; mkdir -p /root/new; cd /root/new
        for package in jicofo jitsi-meet-prosody jitsi-meet-web jitsi-videobridge2; do
            /usr/lib/apt/apt-helper download-file http://10.87.0.1:{}/$package $package.deb > /tmp/said 2>&1 ||
                {{ cat /tmp/said; exit 1; }}
        done
        apt-get -q -y --allow-change-held-packages -o Dpkg::Options::=--force-confold install ./*.deb > /tmp/said 2>&1 < /dev/null ||
            {{ cat /tmp/said; exit 1; }}
        rm -r /root/new",
        port.trim()
    ))?;
    let versions = deployment
        .host
        .run("dpkg-query -W -f '${Version} ' jicofo jitsi-meet-web jitsi-videobridge2 jitsi-meet-prosody")?;
    ensure!(versions.split_whitespace().all(|version| version == "9.0-1"), "{versions}");
    deployment.host.run("apt-mark hold jicofo jitsi-meet-web jitsi-videobridge2 jitsi-meet-prosody > /dev/null")?;
    unchanged(deployment)
}

fn rebooted(deployment: &Deployment<'_>) -> Result<()> {
    succeed(Command::new(repository().join("tests/lab/lab")).args(["host", "reboot", &deployment.host.name]))?;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(180);
    while unchanged(deployment).is_err() && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    unchanged(deployment)?;
    let failed = deployment.host.run("systemctl --failed --no-legend --plain")?;
    ensure!(failed.trim().is_empty(), "{failed}");
    Ok(())
}
