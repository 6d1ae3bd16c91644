//! Work that is held up, cut off or killed in the middle: the host finishes alone, or is set back and mended.

use crate::convergence::site;
use crate::lab::OTHER_APT;
use crate::program::{Deployment, Said};
use crate::story::Story;
use anyhow::{Context as _, Result, bail, ensure};
use std::fs::File;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("a held apt lock is waited for and told, and a second operator is sent away", || waits(deployment));
    story.check("a connection that breaks is taken up again", || broken_line(deployment));
    story.check("the host finishes alone when the operator's machine dies", || finishes_alone(deployment));
    story.check("work killed on the host is set right by the host itself, and the next up converges", || {
        killed(deployment)
    });
}

/// Somebody else's apt, as long as this value lives: a real lock of the kind that apt takes.
pub(crate) struct HeldApt<'a>(&'a Deployment<'a>);

impl<'a> HeldApt<'a> {
    pub(crate) fn on(deployment: &'a Deployment<'a>) -> Result<Self> {
        deployment.host.run(OTHER_APT)?;
        Ok(Self(deployment))
    }

    pub(crate) fn release(self) -> Result<()> {
        self.0.host.run("systemctl stop other-apt.service").map(drop)
    }
}

impl Drop for HeldApt<'_> {
    fn drop(&mut self) {
        // Released already, or the host is gone.
        let _ = self.0.host.run("systemctl stop other-apt.service 2> /dev/null || :");
    }
}

/// A run of the program that goes on while the test does something.
pub(crate) struct Going {
    child: Child,
    said: PathBuf,
}

impl Going {
    fn start(deployment: &Deployment<'_>) -> Result<Self> {
        Self::with(deployment, &["up", "host.yml", "--yes", "--overwrite"])
    }

    pub(crate) fn with(deployment: &Deployment<'_>, arguments: &[&str]) -> Result<Self> {
        let said = deployment.inventory("said");
        let file = File::create(&said)?;
        let child = deployment.command(arguments).stdout(file.try_clone()?).stderr(file).spawn()?;
        Ok(Self { child, said })
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    pub(crate) fn says(&self, word: &str) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(180);
        while !self.text().contains(word) {
            ensure!(Instant::now() < deadline, "it never says {word:?}:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    pub(crate) fn end(mut self) -> Result<Said> {
        let deadline = Instant::now() + Duration::from_secs(600);
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Said { code: status.code().context("killed")?, out: String::new(), err: self.text() });
            }
            if Instant::now() > deadline {
                bail!("it does not end:\n{}", self.text());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        // It has ended, or nobody waits for it any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A change whose work waits for apt after the files have been swapped.
pub(crate) fn long_work(deployment: &Deployment<'_>) -> Result<()> {
    let site = site(deployment)?;
    deployment.host.run(&format!(
        "echo '# changed by hand' >> {site}
        dpkg --force-hold --force-depends --remove jitsi-meet-web > /tmp/said 2>&1 || {{ cat /tmp/said; exit 1; }}"
    ))?;
    Ok(())
}

fn waits(deployment: &Deployment<'_>) -> Result<()> {
    long_work(deployment)?;
    let apt = HeldApt::on(deployment)?;
    let first = Going::start(deployment)?;
    first.says("other-apt")?;
    let second = deployment.expect(1, &["up", "host.yml", "--yes", "--overwrite"])?;
    second.names(&["somebody else is at work", "help:"])?;
    apt.release()?;
    first.end()?.ended(0)?;
    deployment.is_converged()
}

fn broken_line(deployment: &Deployment<'_>) -> Result<()> {
    long_work(deployment)?;
    let apt = HeldApt::on(deployment)?;
    let run = Going::start(deployment)?;
    run.says("other-apt")?;
    deployment.host.run(
        "ss -Htnp state established '( sport = :22 )' | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u | xargs kill -9",
    )?;
    run.says("connecting again")?;
    apt.release()?;
    run.end()?.ended(0)?;
    deployment.is_converged()
}

fn finishes_alone(deployment: &Deployment<'_>) -> Result<()> {
    long_work(deployment)?;
    let apt = HeldApt::on(deployment)?;
    let run = Going::start(deployment)?;
    run.says("other-apt")?;
    run.kill()?;
    apt.release()?;
    let deadline = Instant::now() + Duration::from_secs(120);
    while deployment.host.run("ls -d /var/lib/vc4all/lock 2> /dev/null || :")?.contains("lock") {
        ensure!(Instant::now() < deadline, "the work on the host does not end");
        std::thread::sleep(Duration::from_millis(200));
    }
    deployment.is_converged()
}

fn killed(deployment: &Deployment<'_>) -> Result<()> {
    long_work(deployment)?;
    let site = site(deployment)?;
    let apt = HeldApt::on(deployment)?;
    let run = Going::start(deployment)?;
    run.says("other-apt")?;
    let swapped = deployment.host.run(&format!("grep -c 'changed by hand' {site} || :"))?;
    ensure!(swapped.trim() == "0", "the files were not in place yet");
    deployment.host.run("systemctl kill --signal=KILL 'vc4all-apply-*.service'")?;
    let said = run.end()?;
    said.ended(6)?;
    said.names(&["was killed", "everything is as it was before"])?;
    let back = deployment.host.run(&format!("grep -c 'changed by hand' {site}; ls /var/lib/vc4all"))?;
    ensure!(back.starts_with("1\n") && !back.contains("lock\n"), "it is not as it was before, or locked: {back}");
    apt.release()?;
    deployment.expect(0, &["up", "host.yml", "--yes", "--overwrite"])?;
    deployment.is_converged()
}
