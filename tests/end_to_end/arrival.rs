//! The first `up` on a fresh host.

use crate::program::{Deployment, Said};
use crate::story::Story;
use anyhow::{Result, ensure};

/// What the first `up` said; nothing when it failed and nothing else can be looked at.
pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>) -> Option<Said> {
    story.check("a fresh host is as small as a VPS image", || is_bare(deployment));
    story.check("up without --yes and without a terminal names the flag", || without_a_word(deployment));
    story.check("plan of a fresh host changes nothing and exits 2", || only_looks(deployment));
    let said = story.check("a fresh up exits 0", || deployment.expect(0, &["up", "host.yml", "--yes"]))?;
    story.check("a fresh up shows its plan, its progress and the way to a room", || speaks(deployment, &said));
    Some(said)
}

fn is_bare(deployment: &Deployment<'_>) -> Result<()> {
    let listening = deployment.host.run("ss -Hltn")?;
    ensure!(listening.lines().all(|line| line.contains(":22 ")), "something listens: {listening}");
    let found =
        deployment.host.run("for tool in nginx prosodyctl java curl python3; do command -v $tool || :; done")?;
    ensure!(found.is_empty(), "installed already: {found}");
    Ok(())
}

fn without_a_word(deployment: &Deployment<'_>) -> Result<()> {
    deployment.expect(1, &["up", "host.yml"])?.names(&["no terminal", "help:", "--yes"])
}

fn only_looks(deployment: &Deployment<'_>) -> Result<()> {
    let before = deployment.host.state()?;
    let said = deployment.expect(2, &["plan", "host.yml", "--detailed-exitcode"])?;
    ensure!(said.out.contains("1 certificate"), "the footer does not count:\n{}", said.out);
    crate::lab::same_state(&before, &deployment.host.state()?)
}

fn speaks(deployment: &Deployment<'_>, said: &Said) -> Result<()> {
    ensure!(said.out.contains("/etc/nginx/"), "no plan was shown:\n{}", said.out);
    let address = format!("https://{}/ is up", deployment.domain);
    said.names(&["install jicofo", "generation 1 is in force", "the new certificate is in use", &address, "rooms new"])
}
