//! `renew`, and what happens when the authority is not there.

use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::Visitor;
use anyhow::{Context as _, Result, ensure};

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) {
    story.check("renew says for how long the certificate is good, and leaves it", || not_due(deployment));
    story.check("renew --now changes the certificate of the web and of TURN alike", || renewed(deployment, visitor));
    story.check("renew --now without an authority keeps the certificate", || without_authority(deployment));
}

fn not_due(deployment: &Deployment<'_>) -> Result<()> {
    let before = deployment.serial(443)?;
    let said = deployment.expect(0, &["renew", "host.yml"])?;
    said.names(&["good for", "more days"])?;
    ensure!(deployment.serial(443)? == before, "there is another certificate");
    Ok(())
}

fn renewed(deployment: &Deployment<'_>, visitor: &Visitor) -> Result<()> {
    let before = deployment.serial(443)?;
    deployment.expect(0, &["renew", "host.yml", "--now"])?;
    let after = deployment.serial(443)?;
    ensure!(!after.is_empty() && after != before, "443 still shows {before}");
    ensure!(deployment.serial(5349)? == after, "TURN shows {}", deployment.serial(5349)?);
    ensure!(visitor.get("/")?.status == 200, "no page");
    let pairs = deployment.host.run("ls /var/lib/vc4all/tls/pairs | wc -l; ls -A /var/lib/vc4all/acme | wc -l")?;
    ensure!(pairs.lines().nth(1) == Some("0") || pairs.lines().nth(1) == Some("1"), "challenges were left: {pairs}");
    deployment.is_converged()
}

fn without_authority(deployment: &Deployment<'_>) -> Result<()> {
    let closed = "https://10.87.0.1:14999/dir";
    deployment.variant("no-authority.yml", "https://10.87.0.1:14000/dir", closed)?;
    let before = deployment.serial(443)?;
    let said = deployment.expect(1, &["renew", "no-authority.yml", "--now"])?;
    said.names(&["10.87.0.1:14999", "help:"])?;
    ensure!(deployment.serial(443)? == before, "there is another certificate");
    deployment.host.run("systemctl is-active nginx.service coturn.service").context("a daemon stopped")?;
    deployment.is_converged()
}
