//! Meeting hosts of a portal and of an identity provider, on a host that had accounts before.

use crate::lab::Lab;
use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::{Visitor, script};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

const ISSUER: &str = "portal.vc4all.test";
const AUDIENCE: &str = "praat";

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) {
    let portal =
        story.check("up hands meeting hosts over to a portal, and closes the door", || portal(deployment, visitor));
    if let Some(secret) = portal {
        let input = json!({ "way": "portal", "secret": secret, "issuer": ISSUER, "audience": AUDIENCE });
        attempt(story, visitor, input);
    }
    let folder = deployment.inventory("provider");
    let provider = story.check("up hands meeting hosts over to an identity provider", || provider(deployment, &folder));
    if let Some(provider) = &provider {
        let key = folder.join("key.pem").display().to_string();
        attempt(story, visitor, json!({ "way": "oidc", "key": key, "issuer": provider.issuer, "audience": AUDIENCE }));
    }
    story.check("with accounts again the door is open, and nobody has one", || accounts_again(deployment, visitor));
}

fn attempt(story: &mut Story, visitor: &Visitor, more: Value) {
    for (transport, room) in [("bosh", "26019584739061428375"), ("websocket", "71935068240159374826")] {
        let mut input = visitor.as_json();
        input["transport"] = transport.into();
        input["room"] = room.into();
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        story.script("meeting hosts from elsewhere", &mut script("elsewhere.py"), &input.to_string());
    }
}

fn portal(deployment: &Deployment<'_>, visitor: &Visitor) -> Result<String> {
    let access = format!(
        "access:\n  meeting_hosts: jwt\n  jwt:\n    issuer: {ISSUER}\n    audience: {AUDIENCE}\n    login: \"https://{ISSUER}/praat?ruimte={{room}}\"\n    operator: Voorbeeldportaal\n    country: NL\n\nmedia:"
    );
    let inventory = deployment.variant("portal.yml", "media:", &access)?;
    deployment.expect(0, &["up", &inventory, "--yes"])?;
    let again = deployment.expect(0, &["up", &inventory, "--yes"])?.out;
    ensure!(again.contains("nothing to do"), "{again}");
    // The address is one of a room like any other now.
    ensure!(!visitor.get("/door")?.body.contains("passphrase"), "the door is still there");
    let units = deployment.host.run("systemctl is-active vc4all-door.socket vc4all-door.service || :")?;
    ensure!(units.lines().all(|line| line == "inactive"), "{units}");
    deployment.expect(1, &["users", "list", &inventory])?.names(&["help:"])?;
    let secret = deployment.expect(0, &["portal", "secret", &inventory])?.out.trim().to_owned();
    ensure!(secret.len() >= 32 && !secret.contains(char::is_whitespace), "the secret is no secret");
    Ok(secret)
}

/// An identity provider on this machine, which the host trusts.
struct Provider {
    child: Child,
    issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn provider(deployment: &Deployment<'_>, folder: &Path) -> Result<Provider> {
    let name = format!("idp-{}.vc4all.test", deployment.host.name);
    deployment.lab.point(&name, &[Lab::GATEWAY])?;
    std::fs::create_dir_all(folder)?;
    let child = script("elsewhere.py").args(["serve", &name, Lab::GATEWAY]).arg(folder).spawn()?;
    let mut provider = Provider { child, issuer: String::new() };
    let keys = wait_for(&folder.join("keys"))?;
    provider.issuer = keys.strip_suffix("/certs").context("the provider's keys have another address")?.to_owned();
    let certificate = std::fs::read_to_string(folder.join("certificate.pem"))?;
    deployment.host.run(&format!(
        "cat > /usr/local/share/ca-certificates/provider.crt << 'END'\n{certificate}END\nupdate-ca-certificates > /dev/null 2>&1
        # Prosody's resolver knows that nobody has names below .test (RFC 6761 §6.2), but for those of this file.
        echo '{} {name}' >> /etc/hosts",
        Lab::GATEWAY
    ))?;
    let access = format!(
        "access:\n  meeting_hosts: oidc\n  oidc:\n    issuer: {}\n    client: {AUDIENCE}\n    keys: {keys}\n    operator: Dienst ICT\n    country: NL\n\nmedia:",
        provider.issuer
    );
    let inventory = deployment.variant("oidc.yml", "media:", &access)?;
    deployment.expect(0, &["up", &inventory, "--yes"])?;
    let again = deployment.expect(0, &["up", &inventory, "--yes"])?.out;
    ensure!(again.contains("nothing to do"), "{again}");
    Ok(provider)
}

fn wait_for(file: &Path) -> Result<String> {
    let end = Instant::now() + Duration::from_secs(20);
    while !file.exists() {
        ensure!(Instant::now() < end, "the provider does not start");
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(std::fs::read_to_string(file)?)
}

fn accounts_again(deployment: &Deployment<'_>, visitor: &Visitor) -> Result<()> {
    deployment
        .host
        .run("rm -f /usr/local/share/ca-certificates/provider.crt; update-ca-certificates --fresh > /dev/null 2>&1; sed -i /idp-/d /etc/hosts")?;
    deployment.expect(0, &["up", "host.yml", "--yes"])?;
    deployment.is_converged()?;
    ensure!(visitor.get("/door?lang=nl")?.status == 200, "the door is not open");
    let shown = deployment.expect(0, &["users", "list", "host.yml"])?.out;
    ensure!(!shown.contains("jo.voorbeeld"), "{shown}");
    Ok(())
}
