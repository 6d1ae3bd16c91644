//! A renewal that is cut off in the middle of the swap: one whole pair is in force afterwards, and nobody has to unlock.

use super::ground::{Ground, Task};
use crate::story::Story;
use anyhow::{Result, ensure};

pub(crate) fn tell(story: &mut Story, ground: &Ground<'_>) {
    story.check("killed in the middle of the swap, the old pair comes back and the lock goes", || killed(ground));
    story.check("after a power cut in the middle of the swap one whole pair is in force", || power_cut(ground));
    story.check("after both, the next renewal works", || {
        let before = ground.in_force()?;
        ground.renew(Task::Now)?.well()?;
        ensure!(ground.in_force()? != before, "there is no new certificate");
        Ok(())
    });
}

fn killed(ground: &Ground<'_>) -> Result<()> {
    let before = ground.in_force()?;
    let struck = ground.renew_until_swapped(
        "grep -h swapping /var/lib/vc4all/run/*/journal
        systemctl kill --kill-whom=main --signal=KILL $unit",
    )?;
    ensure!(struck.contains("swapping"), "it was not in the middle: {struck}");
    ground.wait_for_lock()?;
    ensure!(ground.in_force()? == before, "another pair is in force");
    let left = ground.run("ls /run/systemd/system/vc4all-recover-* 2> /dev/null || :")?;
    ensure!(left.is_empty(), "work is left: {left}");
    Ok(())
}

fn power_cut(ground: &Ground<'_>) -> Result<()> {
    let struck = ground.renew_until_swapped("grep -h swapping /var/lib/vc4all/run/*/journal")?;
    ensure!(struck.contains("swapping"), "it was not in the middle: {struck}");
    ground.deployment.host.restart()?;
    ground.put_off_timer()?;
    ground.wait_for_lock()?;
    ground.in_force().map(drop)
}
