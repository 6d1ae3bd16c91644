//! Which doors are open: seen from the world, and from within.

use crate::lab::succeed;
use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::{Visitor, script};
use anyhow::{Context as _, Result, ensure};
use std::collections::BTreeSet;

const OPEN: [u16; 4] = [22, 80, 443, 5349];

/// From the operator's machine: sshd notes who knocks at its port, and visitors' addresses are looked for later.
pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) {
    for (way, (from, family)) in visitor.addresses.iter().zip([("10.87.0.1", "IPv4"), ("fd87::1", "IPv6")]) {
        story.check(&format!("of the TCP ports only the declared ones answer over {family}"), || {
            let said = succeed(script("scan.py").args([from, &way.to]))?;
            let open: BTreeSet<u16> = said.split_whitespace().filter_map(|port| port.parse().ok()).collect();
            ensure!(open == BTreeSet::from(OPEN), "open are {open:?}");
            Ok(())
        });
    }
    story.check("no daemon listens more widely than declared", || listeners(deployment));
    story.check("the firewall lets in exactly the declared ports", || firewall(deployment));
}

fn listeners(deployment: &Deployment<'_>) -> Result<()> {
    let text = deployment.host.run("ss -Hltunp")?;
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, port) = fields.get(4).and_then(|at| at.rsplit_once(':')).context("no address")?;
        let address = address.trim_matches(['[', ']']);
        let port: u16 = port.parse()?;
        let inside = address == "::1" || address.starts_with("127.");
        let declared = match fields[0] {
            "tcp" => OPEN.contains(&port),
            _ => [3478, 10000].contains(&port),
        };
        ensure!(inside || declared, "{line}");
    }
    for (kind, ports) in [("tcp", &[22, 80, 443, 5349, 5222, 5280, 8080, 8888][..]), ("udp", &[3478, 10000])] {
        for port in ports {
            let heard = text.lines().any(|line| line.starts_with(kind) && line.contains(&format!(":{port} ")));
            ensure!(heard, "nobody listens on {kind} {port}:\n{text}");
        }
    }
    Ok(())
}

fn firewall(deployment: &Deployment<'_>) -> Result<()> {
    let rules = deployment.host.run("nft list chain inet vc4all input")?;
    ensure!(rules.contains("policy drop"), "{rules}");
    let ports: Vec<&str> =
        rules.lines().filter(|line| line.contains(" dport ") && !line.contains(" sport ")).map(str::trim).collect();
    let wanted = [
        "tcp dport 22 accept",
        "tcp dport { 80, 443, 5349 } jump web",
        "udp dport { 3478, 10000, 49160-49999 } accept",
    ];
    let plain: Vec<String> = ports.iter().map(|line| line.replace("{ 22 }", "22")).collect();
    ensure!(plain == wanted, "{ports:#?}");
    Ok(())
}
