//! When the authority would like the certificate to be renewed: Debian 13's Pebble says it, and asks at once for one that is
//! revoked; Debian 12's says nothing.

use super::authority::Pebble;
use super::ground::{Ground, Task};
use crate::story::Story;
use anyhow::{Context as _, Result, bail, ensure};
use vc4all_deploy::acme::{self, Cause, Counter, Keeper, Side};
use vc4all_deploy::model::secret::Secret;

pub(crate) fn tell(story: &mut Story, ground: &Ground<'_>, pebble: Pebble) {
    match pebble {
        Pebble::V2_4 => {
            story.check("without advice a third of the lifetime counts", || unadvised(ground));
        }
        Pebble::V2_6 | Pebble::Testing => {
            story.check("far from its last third a certificate is left alone", || left_alone(ground));
            story.check("the authority moves the window into the past, and the host renews, once", || moved(ground));
        }
    }
}

/// A host that knows nothing of former renewals and former advice; both would make it wait.
fn forgetful(ground: &Ground<'_>) -> Result<()> {
    ground.run("rm -f /var/lib/vc4all/renewal.json").map(drop)
}

fn unadvised(ground: &Ground<'_>) -> Result<()> {
    forgetful(ground)?;
    let before = ground.in_force()?;
    ground.renew(Task::WhereDue)?.well()?;
    let ledger = ground.ledger()?;
    ensure!(ledger.advice.is_none(), "{ledger:?}");
    let days = (ledger.due.context("it is never due")? - ground.clock()?) / 86_400;
    ensure!((58..=60).contains(&days) && ground.in_force()? == before, "due in {days} days");
    Ok(())
}

fn left_alone(ground: &Ground<'_>) -> Result<()> {
    forgetful(ground)?;
    let before = ground.in_force()?;
    ground.renew(Task::WhereDue)?.well()?;
    let advice = ground.ledger()?.advice.context("no advice is written down")?;
    ensure!(advice.window.start > ground.clock()? + 50 * 86_400, "{advice:?}");
    ensure!(ground.in_force()? == before, "it was renewed");
    Ok(())
}

fn moved(ground: &Ground<'_>) -> Result<()> {
    let before = ground.in_force()?;
    revoke(ground)?;
    ground.renew(Task::WhereDue)?.well()?;
    ensure!(ground.in_force()? == before, "it was renewed while its advice counts");
    age(ground)?;
    ground.renew(Task::WhereDue)?.well()?.says(&["the authority asks for it"])?;
    let after = ground.in_force()?;
    ensure!(after != before, "it was not renewed");
    ground.renew(Task::WhereDue)?.well()?;
    ensure!(ground.in_force()? == after, "it was renewed again");
    Ok(())
}

/// As if the last renewal had been three days ago, and the advice were over now.
fn age(ground: &Ground<'_>) -> Result<()> {
    let (mut ledger, now) = (ground.ledger()?, ground.clock()?);
    ledger.advice.as_mut().context("no advice is written down")?.until = now;
    ledger.attempts.succeeded = Some(now - 3 * 86_400);
    ground.write_down(&ledger)
}

/// With the host's own account.
fn revoke(ground: &Ground<'_>) -> Result<()> {
    let pem = ground.run("openssl x509 -in /var/lib/vc4all/tls/live/fullchain.pem")?;
    let mut account = Account(ground.run("cat /var/lib/vc4all/acme-account.json")?);
    let roots = std::fs::read_to_string(&ground.authority.roots)?;
    let counter = Counter { directory: &ground.authority.directory, root_pem: Some(&roots), side: Side::Operator };
    Ok(acme::revoke(counter, &mut account, &pem, Cause::Superseded)?)
}

/// The host's account, for who only uses it.
struct Account(String);

impl Keeper for Account {
    fn account(&mut self) -> Result<Option<Secret<String>>> {
        Ok(Some(Secret::new(self.0.clone())))
    }

    fn keep_account(&mut self, _: &Secret<String>) -> Result<()> {
        bail!("nothing is kept here")
    }
}
