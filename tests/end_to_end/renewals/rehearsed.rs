//! A renewal played through: the live pair never notices.

use super::ground::Ground;
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};

pub(crate) fn tell(story: &mut Story, ground: &Ground<'_>) {
    story.check("a rehearsal goes through everything and leaves the live pair alone", || good(ground));
    story.check("a rehearsal that fails says why and leaves the live pair alone", || bad(ground));
    story.check("a rehearsal is not made where it costs the last certificate of a week", || spared(ground));
}

/// The live pair with its times and owners, and whatever else lies there; a rehearsal comes and goes in the folders around.
const PAIRS: &str =
    "find /var/lib/vc4all/tls -mindepth 1 -printf '%p %l %m %u %g %T@\n' | grep -v -e 'tls/pairs ' | sort
systemctl show -p ExecMainStartTimestamp nginx.service coturn.service";

fn good(ground: &Ground<'_>) -> Result<()> {
    let (before, pair) = (ground.run(PAIRS)?, ground.in_force()?);
    ground.forget_the_week()?;
    let began = ground.clock()?;
    ground.deployment.expect(0, &["renew", "host.yml", "--rehearse"])?;
    ground.run("systemctl start vc4all-rehearse.service")?;
    let rehearsed = ground.ledger()?.rehearsed.context("it is not written down")?;
    ensure!(rehearsed.why.is_none() && rehearsed.at >= began, "{rehearsed:?}");
    ensure!(rehearsed.directory == ground.authority.directory, "{rehearsed:?}");
    let after = ground.run(PAIRS)?;
    ensure!(after == before, "it is not as it was:\n{before}\n{after}");
    ensure!(ground.in_force()? == pair, "another pair is in force");
    Ok(())
}

fn bad(ground: &Ground<'_>) -> Result<()> {
    let before = ground.run(PAIRS)?;
    ground.authority.go_down()?;
    let said = ground.deployment.say(&["renew", "host.yml", "--rehearse"]);
    ground.authority.come_back()?;
    let said = said?;
    ensure!(said.code != 0, "it did not fail:\n{}", said.err);
    said.names(&["Connection refused", "help: see that the host reaches the authority over HTTPS"])?;
    let rehearsed = ground.ledger()?.rehearsed.context("it is not written down")?;
    ensure!(rehearsed.why.is_some(), "{rehearsed:?}");
    ensure!(ground.run(PAIRS)? == before, "it is not as it was");
    Ok(())
}

fn spared(ground: &Ground<'_>) -> Result<()> {
    let (mut before, now) = (ground.ledger()?, ground.clock()?);
    before.attempts.signed = [Some(now), Some(now), Some(now), None];
    ground.write_down(&before)?;
    let said = ground.deployment.expect(1, &["renew", "host.yml", "--rehearse"])?;
    said.names(&["nothing was rehearsed", "is left for a renewal", "help: try again after"])?;
    let after = ground.ledger()?;
    ensure!(after.rehearsed == before.rehearsed && after.attempts == before.attempts, "{after:?}");
    ensure!(after.spared.is_some_and(|until| until > now), "{after:?}");
    ground.forget_the_week()
}
