//! A host whose clock jumps: the agent sees another time, by a library that a static program would not load, so that here it is
//! the same program built for this machine's own library.

use super::ground::{Ground, Run, Task};
use crate::story::{Story, print};
use anyhow::{Context as _, Result, ensure};
use std::path::PathBuf;

pub(crate) fn tell(story: &mut Story, ground: &Ground<'_>) {
    let library = story.check("an agent that sees another clock can be had", || placed(ground));
    let Some(true) = library else { return };
    story.check("with a clock that is behind the certificate nothing is decided", || behind(ground));
    story.check("with a clock that is days ahead the renewal fails, and the old pair serves", || ahead(ground));
    story.check("what it wrote down under the wrong clock hinders nobody when the clock is right", || right(ground));
}

const AGENT: &str = "/usr/local/lib/lab-agent";

/// Whether it runs there; a machine with a newer library than the host's builds none for it.
fn placed(ground: &Ground<'_>) -> Result<bool> {
    let left_out = |why: &str| {
        ensure!(std::env::var_os("CI").is_none(), "{why}");
        print(&format!("left out, wrong clocks: {why}"));
        Ok(false)
    };
    let Some(library) = library() else { return left_out("libfaketime is not installed (tests/lab/setup)") };
    let tree = ground.deployment.host.home.join("root");
    std::fs::copy(library, tree.join("usr/lib/libfaketime.so.1"))?;
    std::fs::copy(env!("CARGO_BIN_EXE_vc4all-agent"), tree.join(AGENT.trim_start_matches('/')))?;
    let said = ground.run(&format!("{AGENT} --version 2>&1 || :"))?;
    if said.contains("GLIBC") {
        return left_out("this machine's own programs do not run on the host");
    }
    Ok(true)
}

fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut files = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    files.find(|file| file.is_file())
}

const OTHER_CLOCK: &str = r"unit=vc4all-renew.service
mkdir -p /run/systemd/system/$unit.d
printf '[Service]\nExecStart=\nExecStart=AGENT renew\nEnvironment=LD_PRELOAD=/usr/lib/libfaketime.so.1 FAKETIME=DAYSd DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1\n' > /run/systemd/system/$unit.d/clock.conf
systemctl daemon-reload";

fn at(ground: &Ground<'_>, days: &str) -> Result<Run> {
    ground.run(&OTHER_CLOCK.replace("AGENT", AGENT).replace("DAYS", days))?;
    let run = ground.renew(Task::WhereDue);
    ground.run("rm /run/systemd/system/vc4all-renew.service.d/clock.conf; systemctl daemon-reload")?;
    run
}

fn behind(ground: &Ground<'_>) -> Result<()> {
    let (before, attempts) = (ground.in_force()?, ground.ledger()?.attempts);
    at(ground, "-2")?.says(&["clock"])?;
    ensure!(ground.in_force()? == before && ground.ledger()?.attempts == attempts, "it did something");
    Ok(())
}

fn ahead(ground: &Ground<'_>) -> Result<()> {
    let (before, now) = (ground.in_force()?, ground.clock()?);
    let run = at(ground, "+10")?.badly()?;
    run.says(&["clock"])?;
    ensure!(ground.in_force()? == before, "another pair is in force");
    let ledger = ground.ledger()?;
    let failing = ledger.failing.context("the failure is not written down")?;
    ensure!(failing.last > now + 9 * 86_400, "the agent did not see the other clock: {failing:?}\n{}", run.said);
    Ok(())
}

fn right(ground: &Ground<'_>) -> Result<()> {
    ground.wait_until_due()?;
    let before = ground.in_force()?;
    ground.renew(Task::WhereDue)?.well()?;
    ensure!(ground.in_force()? != before, "there is no new certificate");
    let ledger = ground.ledger()?;
    ensure!(ledger.failing.is_none() && ledger.attempts.failures == 0, "{ledger:?}");
    Ok(())
}
