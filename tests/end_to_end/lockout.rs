//! What would shut people out, what ends in the middle, and who comes second: the host is never left half changed.

use crate::interruptions::{Going, HeldApt, long_work};
use crate::lab::{Lab, Release, same_state};
use crate::program::Deployment;
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};
use std::time::{Duration, Instant};

pub(crate) fn tell(story: &mut Story, lab: &Lab) -> Result<()> {
    let host = lab.host("e2e-lockout", Release::Trixie)?;
    let deployment = Deployment::on(lab, &host)?;
    let arrived = story.check("the first firewall is confirmed by a second connection", || first(&deployment));
    if arrived.is_none() {
        return Ok(());
    }
    let d = &deployment;
    story.check("a firewall that shuts people out is taken back within its time: exit 6", || locked_out(d));
    story.check("it is taken back as well when the operator's machine dies meanwhile", || abandoned(d));
    story.check("it is taken back at once when the work is killed while it waits", || killed_waiting(d));
    story.check("it is taken back by a host that loses power while it waits", || restarted_waiting(d));
    story.check("work that loses power in the middle is set right by the host alone", || restarted_working(d));
    story.check("of two operators one is told who works; --force-unlock brings that work back", || two(d));
    story.check("a certificate whose operator goes away leaves the old one and no lock", || certificate(d));
    Ok(())
}

const AWAITED: &str = "waiting: a second connection has to confirm";

fn first(deployment: &Deployment<'_>) -> Result<()> {
    let said = Going::with(deployment, &["up", "host.yml", "--yes", "--no-verify"])?.end()?;
    said.ended(0)?;
    said.names(&["firewall or SSH: a second connection has to confirm", AWAITED, "is in force"])
}

/// An inventory whose override takes SSH out of the firewall.
fn shut(deployment: &Deployment<'_>) -> Result<()> {
    let rules = deployment.host.run("grep -v 'tcp dport { 22 } accept' /etc/nftables.conf")?;
    let folder = deployment.inventory("shut/etc");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("nftables.conf"), rules)?;
    let text = std::fs::read_to_string(deployment.inventory("host.yml"))?;
    std::fs::write(deployment.inventory("shut.yml"), format!("{text}\noverrides: shut\n"))?;
    Ok(())
}

/// Files, units and packages, and the rules in force without what the packets of the day put into them.
fn state(deployment: &Deployment<'_>) -> Result<Vec<String>> {
    let mut lines = deployment.host.state()?;
    let rules = deployment.host.run("nft -s list ruleset | grep -v elements")?;
    ensure!(rules.contains("dport 22"), "SSH is not let in:\n{rules}");
    lines.extend(rules.lines().map(str::to_owned));
    Ok(lines)
}

/// The host comes back by itself, and people get in.
fn comes_back(deployment: &Deployment<'_>, before: &[String], seconds: u64) -> Result<()> {
    is_back(deployment, before, seconds)?;
    succeeds_anew(deployment)
}

/// The host gives its lock free by itself, and then is as before, without anything of ours beside.
fn is_back(deployment: &Deployment<'_>, before: &[String], seconds: u64) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let traces =
        "ls -d /var/lib/vc4all/lock /etc/systemd/system/vc4all-recover* /usr/sbin/policy-rc.d 2> /dev/null || :";
    while !deployment.host.run(traces)?.is_empty() {
        ensure!(Instant::now() < deadline, "after {seconds} s: {}", deployment.host.run(traces)?);
        std::thread::sleep(Duration::from_millis(200));
    }
    same_state(before, &state(deployment)?)
}

/// A new connection gets in.
fn succeeds_anew(deployment: &Deployment<'_>) -> Result<()> {
    deployment.expect(0, &["plan", "host.yml"]).map(drop).context("nobody gets in")
}

fn locked_out(deployment: &Deployment<'_>) -> Result<()> {
    shut(deployment)?;
    let before = state(deployment)?;
    let run = Going::with(deployment, &["up", "shut.yml", "--yes"])?;
    run.says(AWAITED)?;
    let began = Instant::now();
    let said = run.end()?;
    said.ended(6)?;
    said.names(&[AWAITED, "no second connection", "would have shut people out"])?;
    // The host waits 90 seconds; word of that may be heard a while after it began.
    ensure!((85..200).contains(&began.elapsed().as_secs()), "it took {:?}", began.elapsed());
    comes_back(deployment, &before, 30)?;
    deployment.is_converged()
}

fn abandoned(deployment: &Deployment<'_>) -> Result<()> {
    let before = state(deployment)?;
    let run = Going::with(deployment, &["up", "shut.yml", "--yes"])?;
    run.says(AWAITED)?;
    run.kill()?;
    comes_back(deployment, &before, 180)
}

fn killed_waiting(deployment: &Deployment<'_>) -> Result<()> {
    let before = state(deployment)?;
    let run = Going::with(deployment, &["up", "shut.yml", "--yes"])?;
    run.says(AWAITED)?;
    deployment.host.run("systemctl kill --signal=KILL 'vc4all-apply-*.service'")?;
    run.end()?.ended(6)?;
    comes_back(deployment, &before, 30)
}

fn restarted_waiting(deployment: &Deployment<'_>) -> Result<()> {
    let before = state(deployment)?;
    let run = Going::with(deployment, &["up", "shut.yml", "--yes"])?;
    run.says(AWAITED)?;
    deployment.host.restart()?;
    let said = run.end()?;
    said.ended(6)?;
    said.names(&["the host was restarted in the middle"])?;
    comes_back(deployment, &before, 60)
}

fn restarted_working(deployment: &Deployment<'_>) -> Result<()> {
    long_work(deployment)?;
    let before = state(deployment)?;
    let _apt = HeldApt::on(deployment)?;
    let run = Going::with(deployment, &["up", "host.yml", "--yes", "--overwrite"])?;
    run.says("other-apt")?;
    deployment.host.restart()?;
    let said = run.end()?;
    said.ended(6)?;
    said.names(&["the host was restarted in the middle", "everything is as it was before"])?;
    comes_back(deployment, &before, 60)?;
    deployment.expect(0, &["up", "host.yml", "--yes", "--overwrite"]).map(drop)
}

fn two(deployment: &Deployment<'_>) -> Result<()> {
    long_work(deployment)?;
    let apt = HeldApt::on(deployment)?;
    let first = Going::with(deployment, &["up", "host.yml", "--yes", "--overwrite"])?;
    first.says("other-apt")?;
    let second = deployment.expect(1, &["up", "host.yml", "--yes", "--overwrite"])?;
    second.names(&["somebody else is at work there", " since ", deployment.domain.as_str(), "--force-unlock"])?;
    let forced = Forced::start(deployment)?;
    let ended = first.end()?;
    ended.ended(6)?;
    ended.names(&["was killed"])?;
    apt.release()?;
    forced.end(deployment)
}

/// A run with `--force-unlock` beside another one.
struct Forced(std::process::Child);

impl Forced {
    fn start(deployment: &Deployment<'_>) -> Result<Self> {
        let mut command = deployment.command(&["up", "host.yml", "--yes", "--overwrite", "--force-unlock"]);
        let file = std::fs::File::create(deployment.inventory("forced"))?;
        Ok(Self(command.stdout(file.try_clone()?).stderr(file).spawn()?))
    }

    fn end(mut self, deployment: &Deployment<'_>) -> Result<()> {
        let status = self.0.wait()?;
        let said = std::fs::read_to_string(deployment.inventory("forced"))?;
        ensure!(status.success() && said.contains("ending the work of"), "{status}\n{said}");
        deployment.is_converged()
    }
}

fn certificate(deployment: &Deployment<'_>) -> Result<()> {
    // What the host does not do by itself: a certificate in the place of another authority's.
    deployment.host.run("echo https://elsewhere.vc4all.test/dir > /var/lib/vc4all/tls/live/authority")?;
    let before = state(deployment)?;
    let run = Going::with(deployment, &["up", "host.yml", "--yes", "--no-verify"])?;
    run.says("the host made a new key")?;
    run.kill()?;
    is_back(deployment, &before, 60)?;
    deployment.expect(0, &["up", "host.yml", "--yes"]).map(drop)
}
