//! Whom the host really asked, counted in its own network, against the egress list that the program prints.

use crate::lab::{Host, succeed};
use crate::program::Deployment;
use crate::story::Story;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use vc4all_deploy::policy::apt;

/// Somebody to whom the host opened a connection: address, `tcp` or `udp`, port.
type Whom = (String, String, u16);

/// Counts every connection that the host itself opens, from now on. The table is the test's own: it lives in the host's
/// network, is put there from outside of the host, and accepts everything.
pub(crate) fn begin(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("from its first minute it is counted whom the host asks", || {
        nft(deployment.host, &["-f", "-"], WATCH)?;
        ensure!(opened(deployment.host)?.is_empty(), "somebody was asked before anything happened");
        Ok(())
    });
}

/// Compares what was counted since [`begin`] with the lists of all inventories that this story used.
pub(crate) fn end(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("the daily work of apt runs: lists, and security updates", || daily(deployment.host));
    story.check("the host asked nobody who is not on its egress list", || nobody_else(deployment));
    story.check("a connection to a stranger would have been seen", || stranger(deployment));
    // By the host's own nft: an older one falls over what a newer one wrote.
    story.check("the count is taken away", || deployment.host.run(&format!("nft delete table inet {TABLE}")).map(drop));
}

/// What the timers start each day, at once; the stamps say that today's work is done.
fn daily(host: &Host) -> Result<()> {
    host.run(
        "rm -f /var/lib/apt/periodic/*; systemctl start apt-daily.service; systemctl start apt-daily-upgrade.service",
    )?;
    host.run("ls /var/lib/apt/periodic/update-stamp /var/lib/apt/periodic/upgrade-stamp; grep -q INFO /var/log/unattended-upgrades/unattended-upgrades.log")
        .map(drop)
}

fn nobody_else(deployment: &Deployment<'_>) -> Result<()> {
    let seen = opened(deployment.host)?;
    let allowed = allowed(deployment)?;
    // Without these nothing was counted: packages of both sources, and names.
    for (port, what) in [(53, "the resolver"), (80, "the distribution's packages"), (8087, "Jitsi's packages")] {
        ensure!(seen.iter().any(|whom| whom.2 == port), "nobody asked {what}: {seen:?}");
    }
    let strangers: Vec<String> =
        seen.iter().filter(|whom| !allowed.contains_key(*whom)).map(|whom| called(deployment.host, whom)).collect();
    ensure!(strangers.is_empty(), "the host asked {}\nits list allows {allowed:?}", strangers.join(", "));
    let others = elements(deployment.host, "others")?;
    ensure!(others.is_empty(), "the host spoke other protocols than TCP and UDP: {others:?}");
    Ok(())
}

/// Somebody of whom no list knows, at a port where nobody listens: the attempt alone counts.
fn stranger(deployment: &Deployment<'_>) -> Result<()> {
    let before = opened(deployment.host)?;
    deployment.host.run("timeout 5 bash -c ': > /dev/tcp/10.87.0.1/4711' 2> /dev/null || :")?;
    deployment.host.run("bash -c 'printf x > /dev/udp/10.87.0.1/4712'")?;
    let new: Vec<Whom> = opened(deployment.host)?.difference(&before).cloned().collect();
    let at = |transport: &str, port| ("10.87.0.1".to_owned(), transport.to_owned(), port);
    ensure!(new == [at("tcp", 4711), at("udp", 4712)], "seen was {new:?}");
    let Err(why) = nobody_else(deployment) else { bail!("a stranger was taken for somebody on the list") };
    ensure!(format!("{why}").contains("10.87.0.1 (") && format!("{why}").contains("4711"), "it said {why:#}");
    Ok(())
}

/// Everybody on the list of any inventory of this story, by address as the host itself finds it, with the entry's name.
fn allowed(deployment: &Deployment<'_>) -> Result<BTreeMap<Whom, String>> {
    let mut allowed = BTreeMap::new();
    let mut named: BTreeSet<(String, String, u16)> = BTreeSet::new();
    for entry in std::fs::read_dir(deployment.folder.path())? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if name.ends_with(".yml") {
            named.extend(listed(deployment, &name)?);
        }
    }
    let lists =
        "cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2> /dev/null || :";
    let mirrors = apt::hosts(&deployment.host.run(lists)?);
    named.extend(mirrors.into_iter().map(|(host, port)| (host, "tcp".to_owned(), port)));
    for (host, transport, port) in named {
        let found = deployment.host.run(&format!("getent ahosts '{host}' || :"))?;
        for address in found.lines().filter_map(|line| line.split_ascii_whitespace().next()) {
            allowed.insert((address.to_owned(), transport.clone(), port), host.clone());
        }
    }
    let resolvers = deployment.host.run("sed -n 's/^nameserver *//p' /etc/resolv.conf")?;
    for resolver in resolvers.lines() {
        for transport in ["udp", "tcp"] {
            allowed
                .insert((resolver.trim().to_owned(), transport.to_owned(), 53), "the host's own resolver".to_owned());
        }
    }
    Ok(allowed)
}

/// What `papers egress` says that the host asks; an inventory that the story broke on purpose has no list.
fn listed(deployment: &Deployment<'_>, inventory: &str) -> Result<Vec<(String, String, u16)>> {
    let done = deployment.command(&["papers", "egress", inventory, "--json"]).output()?;
    if !done.status.success() {
        return Ok(Vec::new());
    }
    let list: Value = serde_json::from_slice(&done.stdout).context("read the egress list")?;
    let entries = list["asked"].as_array().context("the list has no entries")?;
    let word = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let by_host = entries.iter().filter(|entry| entry["asker"] == "host" && !word(entry, "host").starts_with('('));
    by_host
        .map(|entry| {
            let port = entry["port"].as_u64().and_then(|port| u16::try_from(port).ok()).context("no port")?;
            Ok((word(entry, "host"), word(entry, "transport"), port))
        })
        .collect()
}

/// An address with the name that the host finds for it.
fn called(host: &Host, (address, transport, port): &Whom) -> String {
    let found = host.run(&format!("getent hosts '{address}' || :")).unwrap_or_default();
    let name = found.split_ascii_whitespace().nth(1).unwrap_or("no name").to_owned();
    format!("{address} ({name}) at {transport} port {port}")
}

/// To whom the host itself opened connections since the count began.
fn opened(host: &Host) -> Result<BTreeSet<Whom>> {
    let mut all = BTreeSet::new();
    for family in ["v4", "v6"] {
        for element in elements(host, family)? {
            let parts = element["concat"].as_array().context("an element without parts")?;
            let [address, transport, port] = parts.as_slice() else { bail!("an element with {} parts", parts.len()) };
            let text = |part: &Value| part.as_str().map(str::to_owned).context("a part that is no text");
            let port = port.as_u64().and_then(|port| u16::try_from(port).ok()).context("no port")?;
            all.insert((text(address)?, text(transport)?, port));
        }
    }
    Ok(all)
}

fn elements(host: &Host, set: &str) -> Result<Vec<Value>> {
    let text = nft(host, &["-j", "list", "set", "inet", TABLE, set], "")?;
    let list: Value = serde_json::from_str(&text).context("read what nft says")?;
    let parts = list["nftables"].as_array().context("nft says nothing")?;
    let set = parts.iter().find_map(|part| part.get("set")).context("the count is gone")?;
    // An element with a counter or a time is wrapped.
    let plain = |element: &Value| element.get("elem").and_then(|inner| inner.get("val")).unwrap_or(element).clone();
    Ok(set["elem"].as_array().map(|all| all.iter().map(plain).collect()).unwrap_or_default())
}

/// Runs `nft` of this machine in the network of the host.
fn nft(host: &Host, arguments: &[&str], input: &str) -> Result<String> {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", &format!("vc4all-{}", host.name), "nft"]).args(arguments);
    if input.is_empty() {
        return succeed(&mut command);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start nft")?;
    std::io::Write::write_all(&mut child.stdin.take().context("no stdin")?, input.as_bytes())?;
    let done = child.wait_with_output()?;
    ensure!(done.status.success(), "nft ended with {}", done.status);
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

const TABLE: &str = "vc4all_test_egress";

/// Answers to others are no questions: only the first packet of a connection counts, and nothing on loopback.
const WATCH: &str = "
table inet vc4all_test_egress {
    set v4 { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 65535; }
    set v6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 65535; }
    set others { type inet_proto; flags dynamic; size 256; }
    chain out {
        type filter hook output priority 300; policy accept;
        oif \"lo\" return
        ct state { established, related } return
        meta nfproto ipv4 meta l4proto { tcp, udp } add @v4 { ip daddr . meta l4proto . th dport }
        meta nfproto ipv6 meta l4proto { tcp, udp } add @v6 { ip6 daddr . meta l4proto . th dport }
        meta l4proto != { tcp, udp, icmp, ipv6-icmp, igmp } add @others { meta l4proto }
        icmp type echo-request add @others { meta l4proto }
        icmpv6 type echo-request add @others { meta l4proto }
    }
}
";
