//! An authority that is down for a while: people can see it, the host does not hammer, and it goes on by itself.

use super::ground::{Ground, Task};
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};

pub(crate) fn tell(story: &mut Story, ground: &Ground<'_>) {
    story.check("an authority that is down is told to the journal, status and verify, and the old pair serves", || {
        down(ground)
    });
    story.check("until the pause is over nothing is tried again, whoever starts the unit", || paused(ground));
    story.check("the authority is back, the host renews, and nothing fails any more", || back(ground));
}

const REFUSED: &str = "Connection refused";

fn down(ground: &Ground<'_>) -> Result<()> {
    ground.wait_until_due()?;
    let before = ground.in_force()?;
    ground.authority.go_down()?;
    ground.renew(Task::WhereDue)?.badly()?.says(&[REFUSED])?;
    let ledger = ground.ledger()?;
    let failing = ledger.failing.context("the failure is not written down")?;
    ensure!(ledger.attempts.failures == 1 && failing.why.contains(REFUSED), "{failing:?}");
    ensure!(ground.in_force()? == before, "another pair is in force");
    let status = ground.deployment.expect(0, &["status", "host.yml"])?;
    ensure!(status.out.contains(REFUSED), "status does not say it:\n{}", status.out);
    let promise = ground.promise()?;
    ensure!(promise.verdict == "broken" && promise.seen.contains(REFUSED), "{promise:?}");
    Ok(())
}

fn paused(ground: &Ground<'_>) -> Result<()> {
    let before = ground.in_force()?;
    ground.authority.come_back()?;
    // As if the failure had just been: looking at it took a while.
    let mut ledger = ground.ledger()?;
    ledger.attempts.failed = Some(ground.clock()?);
    ground.write_down(&ledger)?;
    for _ in 0..3 {
        ground.renew(Task::WhereDue)?;
    }
    let ledger = ground.ledger()?;
    ensure!(ledger.attempts.failures == 1 && ledger.failing.is_some(), "{ledger:?}");
    ensure!(ground.in_force()? == before, "it was tried again");
    Ok(())
}

/// The pause is over: time is short here, so that the ledger is made older instead.
fn back(ground: &Ground<'_>) -> Result<()> {
    let before = ground.in_force()?;
    let mut ledger = ground.ledger()?;
    ledger.attempts.failed = ledger.attempts.failed.map(|failed| failed - 100);
    ground.write_down(&ledger)?;
    ground.renew(Task::WhereDue)?.well()?;
    ensure!(ground.in_force()? != before, "there is no new certificate");
    let ledger = ground.ledger()?;
    ensure!(ledger.failing.is_none() && ledger.attempts.failures == 0, "{ledger:?}");
    let promise = ground.promise()?;
    ensure!(promise.verdict == "kept", "{promise:?}");
    ensure!(ground.run("systemctl is-failed vc4all-renew.service || :")?.trim() != "failed", "the unit failed");
    Ok(())
}
