//! An authority that makes accounts only for customers: the host renews without ever having had the customer's key.

use super::authority::Authority;
use super::ground::{Ground, Task};
use crate::program::Deployment;
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};

/// The customer's name at the authority, and the key.
pub(crate) const BINDING: (&str, &str) =
    ("voorbeeldstad-1", "gBq6UiLbAo1SrPg9vY54VxolNDsOhWeMn4IbZ1GK-EEYfNUpMQPErfuoJsmjljUu");
const ANOTHER_KEY: &str = "aDPGXCY63e_-Dh7r4bMOFjsvYlJ4rQp-ICZ5MjD6_KCeMxi_iM9ID7twZlEfLzZd";

/// The host under the new authority, once it has gone over to it.
pub(crate) fn tell<'a>(
    story: &mut Story,
    deployment: &'a Deployment<'a>,
    authority: &'a Authority,
) -> Result<Option<Ground<'a>>> {
    let account = format!("  external_account: {{ id: {}, key_file: eab.key }}", BINDING.0);
    let ground = Ground::new(deployment, authority, &account)?;
    deployment.keep("eab.key", ANOTHER_KEY)?;
    story.check(
        "a key that the authority does not know leaves pairs and accounts alone, and the error names it",
        || wrong(&ground),
    );
    deployment.keep("eab.key", BINDING.1)?;
    if story.check("up with the customer's key goes over to the authority", || ground.up()).is_none() {
        return Ok(None);
    }
    story.check("the host renews, and the customer's key is nowhere on it", || without_key(&ground));
    story.check("a host that lost its account says who can help, keeps its pair, and renew --now helps", || {
        lost(&ground)
    });
    Ok(Some(ground))
}

fn wrong(ground: &Ground<'_>) -> Result<()> {
    let (pair, before) = (ground.in_force()?, ground.run(PAIRS_AND_ACCOUNTS)?);
    let said = ground.deployment.expect(1, &["up", "host.yml", "--yes", "--no-verify"])?;
    said.names(&["external_account", "help:", &ground.authority.directory])?;
    ensure!(!said.err.contains(ANOTHER_KEY) && !said.out.contains(ANOTHER_KEY), "the key is shown");
    ensure!(ground.in_force()? == pair, "another pair is in force");
    ensure!(ground.run(PAIRS_AND_ACCOUNTS)? == before, "pairs or accounts are not as they were");
    Ok(())
}

const PAIRS_AND_ACCOUNTS: &str =
    "find /var/lib/vc4all/tls -printf '%p %l %m %u %g\n' | sort; sha256sum /var/lib/vc4all/acme-account.json";

fn without_key(ground: &Ground<'_>) -> Result<()> {
    let before = ground.in_force()?;
    ground.renew(Task::Now)?.well()?;
    ensure!(ground.in_force()? != before, "there is no new certificate");
    let issuer = ground.run("cat /var/lib/vc4all/tls/live/authority")?;
    ensure!(issuer.trim() == ground.authority.directory, "{issuer}");
    for key in [BINDING.1, ANOTHER_KEY] {
        let found = ground.places_of(key)?;
        ensure!(found.is_empty(), "it is on the host: {found}");
    }
    Ok(())
}

fn lost(ground: &Ground<'_>) -> Result<()> {
    let before = ground.in_force()?;
    ground.run("rm /var/lib/vc4all/acme-account.json")?;
    ground.renew(Task::Now)?.badly()?.says(&["vc4all-deploy renew INVENTORY --now"])?;
    let failing = ground.ledger()?.failing.context("the failure is not written down")?;
    ensure!(failing.help.contains("vc4all-deploy renew INVENTORY --now"), "{failing:?}");
    ensure!(ground.in_force()? == before, "another pair is in force");
    ground.deployment.expect(0, &["renew", "host.yml", "--now"])?;
    ground.renew(Task::Now)?.well()?;
    ensure!(ground.ledger()?.failing.is_none(), "it still fails");
    Ok(())
}
