//! Who may run this: a sudo user with a password, without one, and somebody without rights.

use crate::convergence::{dialogue, site};
use crate::program::Deployment;
use crate::story::Story;
use anyhow::{Result, ensure};
use serde_json::json;

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("a sudo user whose sudo asks, without a terminal: one clear error", || nobody_types(deployment));
    story.check("a sudo user types the password at a terminal", || typed(deployment));
    story.check("a sudo user without a password converges a changed host", || free(deployment));
}

fn user(deployment: &Deployment<'_>, name: &str) -> Result<String> {
    deployment.variant(&format!("{name}.yml"), "user: root", &format!("user: {name}"))
}

fn nobody_types(deployment: &Deployment<'_>) -> Result<()> {
    let inventory = user(deployment, "beheer")?;
    deployment.expect(1, &["up", &inventory, "--yes"])?.names(&["sudo", "beheer", "help:"])
}

fn typed(deployment: &Deployment<'_>) -> Result<()> {
    let inventory = user(deployment, "beheer")?;
    let password = deployment.host.password()?;
    let parts = json!([{"await": "Password of beheer", "hidden": true, "type": password}]);
    let said = dialogue(deployment, &["up", &inventory, "--yes"], &parts)?;
    said.ended(0)?;
    ensure!(said.out.contains("nothing to do"), "{}", said.out);
    ensure!(!said.out.contains(&password), "the password was shown");
    Ok(())
}

fn free(deployment: &Deployment<'_>) -> Result<()> {
    let inventory = user(deployment, "beheer")?;
    let site = site(deployment)?;
    let rule = "/etc/sudoers.d/beheer";
    deployment.host.run(&format!("echo 'beheer ALL=(ALL) NOPASSWD: ALL' > {rule}; chmod 440 {rule}"))?;
    deployment.host.run(&format!("echo '# changed by hand' >> {site}"))?;
    deployment.expect(0, &["up", &inventory, "--yes", "--overwrite"])?;
    deployment.host.run(&format!("rm {rule}"))?;
    deployment.is_converged()
}
