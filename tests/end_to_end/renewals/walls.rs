//! What a host does inside the walls of its units: records written by the operator's hook, names and a wildcard, a profile of
//! six days, and messages to the operator.

use super::authority::{Authority, Manner, Pebble};
use super::chat::{self, Chat};
use super::ground::{Ground, Task};
use crate::lab::{Lab, Release};
use crate::program::{Deployment, Said};
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};
use std::net::SocketAddr;
use vc4all_deploy::dns::World;

const DAY: u32 = 86_400;
const OF_SIX_DAYS: Manner = Manner {
    seconds: 90 * DAY,
    rejected_nonces: 5,
    binding: None,
    profiles: &[("default", 90 * DAY), ("shortlived", 6 * DAY)],
};

pub(crate) fn tell(story: &mut Story, lab: &Lab) -> Result<()> {
    let host = lab.host("walls", Release::Trixie)?;
    let deployment = Deployment::on(lab, &host)?;
    let authority = Authority::start(&host.name, Pebble::Testing, &OF_SIX_DAYS)?;
    let chat = Chat::open()?;
    let ground = ordered(&deployment, &authority, &chat)?;
    let issued = story.check(
        "up gets six days for all names by records, and the rehearsal inside the walls reaches the operator",
        || up(&ground, &chat),
    );
    if issued.is_none() {
        return Ok(());
    }
    ground.put_off_timer()?;
    story.check("inside its walls the host renews by records, and takes them away", || by_records(&ground));
    story.check("the secrets of the hook and of the webhook are nowhere but in their files", || secrets(&ground));
    story.check("from inside its walls the host tells that renewing fails, and that it is over", || {
        told(&ground, &chat)
    });
    story.check("up says which profiles there are where one is wanted that is not, and the pair stays", || {
        other_profile(&ground, &chat)?;
        up(&ground, &chat)
    });
    Ok(())
}

/// A program of the operator's for the mock DNS of the lab, which asks for no token.
const HOOK: &str = r#"#!/usr/bin/perl
use strict; use warnings; use IO::Socket::INET;
my ($verb, $name, $value) = @ARGV;
my ($what, $json) = $verb eq "present"
    ? ("set-txt", qq({"host":"$name.","value":"$value"}))
    : ("clear-txt", qq({"host":"$name."}));
my $provider = IO::Socket::INET->new(PeerAddr => $ENV{PROVIDER}, Timeout => 10) or die "nobody at the provider: $@\n";
print $provider "POST /$what HTTP/1.0\r\nAuthorization: Bearer $ENV{TOKEN}\r\n",
    "Content-Length: ", length $json, "\r\n\r\n$json";
local $/;
<$provider> =~ m{^HTTP/\S+ 200} or die "the provider says no\n";
"#;
/// What the hook logs in with.
const TOKEN: &str = "v7m2p5d0c8b1j6s4";

/// A host of the domain's own, all below it, and another name of the zone, which leads nowhere.
fn names(domain: &str) -> [String; 2] {
    [format!("*.{domain}"), format!("beeld-{domain}")]
}

fn ordered<'a>(deployment: &'a Deployment<'a>, authority: &'a Authority, chat: &Chat) -> Result<Ground<'a>> {
    let names = serde_json::to_string(&names(&deployment.domain))?;
    let more =
        format!("  names: {names}\n  profile: shortlived\n  dns_hook: dns-hook\n  dns_hook_secrets: dns-secrets");
    let ground = Ground::new(deployment, authority, &more)?;
    deployment.keep("dns-hook", HOOK)?;
    deployment.keep("dns-secrets", &format!("PROVIDER={}:8055\nTOKEN={TOKEN}", Lab::GATEWAY))?;
    deployment.keep("webhook", &chat.address)?;
    let alerts = "\nalerts:\n  webhook: { address_file: webhook, operator: Gemeente Demostad, country: NL }\n";
    let inventory = deployment.inventory("host.yml");
    let text = std::fs::read_to_string(&inventory)?;
    std::fs::write(inventory, text + alerts)?;
    Ok(ground)
}

fn up(ground: &Ground<'_>, chat: &Chat) -> Result<()> {
    let began = ground.clock()?;
    let up = &["up", "host.yml", "--yes", "--no-verify"];
    // The operator's machine asks the zone's name server, too.
    Said::of(&mut ground.deployment.in_the_world(up))?.ended(0)?;
    ordered_is_in_force(ground)?;
    let rehearsed = ground.ledger()?.rehearsed.context("it was not rehearsed")?;
    ensure!(rehearsed.why.is_none() && rehearsed.at >= began, "{rehearsed:?}");
    is_a_test(&chat.heard())?;
    no_records(ground)
}

fn is_a_test(heard: &[(String, serde_json::Value)]) -> Result<()> {
    ensure!(matches!(heard, [(event, _)] if event == "test"), "{heard:?}");
    Ok(())
}

fn other_profile(ground: &Ground<'_>, chat: &Chat) -> Result<()> {
    ground.forget_the_week()?;
    let before = ground.in_force()?;
    let other = ground.deployment.variant("other-profile.yml", "profile: shortlived", "profile: classic")?;
    let said = Said::of(&mut ground.deployment.in_the_world(&["up", &other, "--yes", "--no-verify"]))?;
    ensure!(said.code != 0, "it went on:\n{}", said.err);
    said.names(&["the authority has no profile classic; it has", "default", "shortlived", "help:"])?;
    // The rehearsal found it, and had begun with a test message.
    is_a_test(&chat.heard())?;
    ensure!(ground.in_force()? == before, "another pair is in force");
    Ok(())
}

fn ordered_is_in_force(ground: &Ground<'_>) -> Result<()> {
    ground.in_force()?;
    let domain = &ground.deployment.domain;
    let shown = ground.run("openssl x509 -in /var/lib/vc4all/tls/live/fullchain.pem -noout -ext subjectAltName")?;
    let mut shown: Vec<_> = shown.split([',', ' ', '\n']).filter_map(|word| word.strip_prefix("DNS:")).collect();
    let others = names(domain);
    let mut wanted = vec![domain.as_str(), &others[0], &others[1]];
    wanted.sort_unstable();
    shown.sort_unstable();
    ensure!(shown == wanted, "it is for {shown:?}");
    let left = ground.seconds_until_due()?;
    let two_thirds = i64::from(4 * DAY);
    ensure!((two_thirds - 300..=two_thirds).contains(&left), "it is due in {left} s");
    Ok(())
}

fn by_records(ground: &Ground<'_>) -> Result<()> {
    let before = ground.in_force()?;
    let run = ground.renew(Task::Now)?.well()?;
    let others = names(&ground.deployment.domain);
    for name in others.iter().chain([&ground.deployment.domain]) {
        run.says(&[&format!("the proof for {name} is shown")])?;
    }
    ensure!(ground.in_force()? != before, "there is no new certificate");
    ordered_is_in_force(ground)?;
    no_records(ground)
}

/// The zone's own name server has no proof any more.
fn no_records(ground: &Ground<'_>) -> Result<()> {
    let resolver = SocketAddr::new(Lab::GATEWAY.parse()?, 53);
    let mut world = World::at(vec![resolver], 53);
    for domain in [&ground.deployment.domain, &names(&ground.deployment.domain)[1]] {
        let witnesses = world.texts(&format!("_acme-challenge.{domain}"))?;
        let none = witnesses.iter().all(|witness| witness.values.as_ref().is_ok_and(Vec::is_empty));
        ensure!(!witnesses.is_empty() && none, "{domain}: {witnesses:?}");
    }
    Ok(())
}

fn secrets(ground: &Ground<'_>) -> Result<()> {
    for (secret, file) in [(TOKEN, "dnshook"), (chat::TOKEN, "alertwebhook")] {
        let found = ground.places_of(secret)?;
        ensure!(found.trim() == format!("/etc/vc4all/secrets/{file}"), "{file} stands in {found}");
        let about = ground.run(&format!("stat -c '%a %U' /etc/vc4all/secrets/{file}"))?;
        ensure!(about.trim() == "600 root" || about.trim() == "400 root", "{file}: {about}");
    }
    Ok(())
}

fn told(ground: &Ground<'_>, chat: &Chat) -> Result<()> {
    let before = ground.in_force()?;
    ground.authority.go_down()?;
    let failed = failing(ground, chat);
    ground.authority.come_back()?;
    failed?;
    ensure!(ground.in_force()? == before, "another pair is in force");
    ground.renew(Task::Now)?.well()?.says(&["the operator was told by webhook: well-again"])?;
    let heard = chat.heard();
    ensure!(matches!(heard.as_slice(), [(event, _)] if event == "well-again"), "{heard:?}");
    ensure!(ground.ledger()?.told.is_none(), "it goes on telling");
    Ok(())
}

/// One failure is no news; the second is.
fn failing(ground: &Ground<'_>, chat: &Chat) -> Result<()> {
    ground.renew(Task::Now)?.badly()?;
    let early = chat.heard();
    ensure!(early.is_empty(), "{early:?}");
    ground.renew(Task::Now)?.badly()?.says(&["the operator was told by webhook: renewal-failing"])?;
    let heard = chat.heard();
    let [(event, message)] = heard.as_slice() else { anyhow::bail!("{heard:?}") };
    let cause = message["cause"].as_str().unwrap_or_default();
    ensure!(event == "renewal-failing" && cause.contains("Connection refused"), "{message}");
    ensure!(message["instance"] == ground.deployment.domain.as_str() && message["days_left"] == 5, "{message}");
    Ok(())
}
