//! What the authority says of certificates that `rotate --compromised` and `destroy` revoked, and what is owed to a later run.

use crate::convergence::dialogue;
use crate::lab::Lab;
use crate::program::Deployment;
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::process::Command;

/// Reasons for a revocation (RFC 5280 §5.3.1).
const KEY_COMPROMISE: u64 = 1;
const CESSATION: u64 = 5;

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("rotate --compromised without an authority changes nothing", || without_authority(deployment));
    story.check("rotate --compromised puts a new pair in force and revokes the old ones", || compromised(deployment));
    story.check("what cannot be revoked is owed, and the next run does that alone", || owed(deployment));
}

/// The serial number of the certificate in force.
pub(crate) fn in_force(deployment: &Deployment<'_>) -> Result<String> {
    let live = deployment.host.run("basename \"$(readlink /var/lib/vc4all/tls/live)\"")?;
    Ok(live.trim().to_owned())
}

/// The authority says that nobody uses this one any more.
pub(crate) fn ceased(serial: &str) -> Result<()> {
    is_revoked(serial, CESSATION)
}

fn is_revoked(serial: &str, reason: u64) -> Result<()> {
    let status = status(serial)?;
    ensure!(status["Status"] == "Revoked" && status["Reason"] == reason, "{serial}: {status}");
    Ok(())
}

fn is_good(serial: &str) -> Result<()> {
    let status = status(serial)?;
    ensure!(status["Status"] == "Valid", "{serial}: {status}");
    Ok(())
}

/// What the lab's authority knows about a certificate.
fn status(serial: &str) -> Result<Value> {
    let address = format!("https://{}:15000/cert-status-by-serial/{serial}", Lab::GATEWAY);
    // Pebble's management interface shows a certificate of its own.
    let said = Command::new("curl").args(["-sSfk", "--noproxy", "*", "--max-time", "10", &address]).output()?;
    ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let mut status: Value = serde_json::from_slice(&said.stdout).context("read the authority's answer")?;
    status.as_object_mut().context("no object")?.remove("Certificate");
    Ok(status)
}

fn without_authority(deployment: &Deployment<'_>) -> Result<()> {
    let before = (deployment.host.state()?, in_force(deployment)?);
    let gone = deployment.variant("gone.yml", "https://10.87.0.1:14000/dir", "https://10.87.0.1:14999/dir")?;
    let said = deployment.expect(1, &["rotate", &gone, "--compromised", "--yes"])?;
    said.names(&["nothing was changed on the host", "help:"])?;
    crate::lab::same_state(&before.0, &deployment.host.state()?)?;
    is_good(&before.1)
}

fn compromised(deployment: &Deployment<'_>) -> Result<()> {
    let first = in_force(deployment)?;
    deployment.expect(0, &["renew", "host.yml", "--now"])?;
    let second = in_force(deployment)?;
    let account = deployment.host.run("sha256sum /var/lib/vc4all/acme-account.json /etc/vc4all/secrets/jvb")?;
    // Before the operator agrees, the host gets one more by itself, whose key is on the same host.
    let by_itself = "systemctl start vc4all-renew-now.service && basename \"$(readlink /var/lib/vc4all/tls/live)\" > /root/meanwhile";
    let lab = crate::lab::repository().join("tests/lab/lab").display().to_string();
    let renews = [&lab, "host", "exec", &deployment.host.name, "sh", "-c", by_itself];
    let parts = json!([{"await": "?", "run": renews, "type": "y"}]);
    let said = dialogue(deployment, &["rotate", "host.yml", "--compromised", "--no-verify"], &parts)?;
    said.ended(0)?;
    let meanwhile = deployment.host.run("cat /root/meanwhile; rm /root/meanwhile")?.trim().to_owned();
    for words in ["somebody else may have the key", "is revoked as compromised", &first, &second] {
        ensure!(said.out.contains(words), "the plan does not say {words}:\n{}", said.out);
    }
    let third = in_force(deployment)?;
    ensure!(third != second && third != first, "no new pair: {third}");
    is_good(&third)?;
    is_revoked(&first, KEY_COMPROMISE)?;
    is_revoked(&second, KEY_COMPROMISE)?;
    ensure!(meanwhile != second && meanwhile != third, "the host got no other one: {meanwhile}");
    is_revoked(&meanwhile, KEY_COMPROMISE)?;
    let after = deployment.host.run("sha256sum /var/lib/vc4all/acme-account.json /etc/vc4all/secrets/jvb")?;
    let kept = account.lines().filter(|line| after.contains(*line)).count();
    ensure!(kept == 0, "an old key is still there:\n{after}");
    let pairs = deployment.host.run("ls /var/lib/vc4all/tls /var/lib/vc4all/tls/pairs")?;
    ensure!(!pairs.contains(&second) && !pairs.contains("compromised"), "{pairs}");
    // The account is the same one with another key.
    deployment.expect(0, &["renew", "host.yml", "--now"])?;
    deployment.is_converged()
}

/// A certificate that the authority has never seen cannot be revoked, whoever asks.
fn owed(deployment: &Deployment<'_>) -> Result<()> {
    let before = in_force(deployment)?;
    deployment.host.run(STRANGE)?;
    let restarted = "systemctl show -p ActiveEnterTimestamp --value prosody.service";
    let since = deployment.host.run(restarted)?;
    for _ in 0..2 {
        let said = deployment.expect(1, &["rotate", "host.yml", "--compromised", "--yes"])?;
        said.names(&["could not revoke the certificate ABCDEF01", "run `vc4all-deploy rotate --compromised` again"])?;
    }
    ensure!(in_force(deployment)? == before, "there is another certificate");
    ensure!(deployment.host.run(restarted)? == since, "daemons were restarted");
    deployment.host.run("rm -r /var/lib/vc4all/tls/compromised")?;
    is_good(&before)
}

/// As a run leaves it that did everything but this.
const STRANGE: &str = "
tls=/var/lib/vc4all/tls
mkdir -p $tls/compromised/ABCDEF01
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=strange \
  -keyout /dev/null -out $tls/compromised/ABCDEF01/certificate.pem 2> /dev/null
cp $tls/live/authority $tls/compromised/ABCDEF01/
: > $tls/compromised/rest";
