//! What a browser gets.

use crate::lab::{repository, succeed};
use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::{Answer, Visitor, script};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) {
    for (way, family) in visitor.addresses.iter().zip(["IPv4", "IPv6"]) {
        let url = format!("https://{}/", visitor.domain);
        story.check(&format!("HTTPS answers with the authority's chain over {family}"), || {
            let answer = visitor.ask(way, &url, &[])?;
            ensure!(answer.status == 200 && answer.body.contains("vc4all/landing.js"), "{answer:?}");
            chain(visitor, &way.to, 443)
        });
        story.check(&format!("TURN over TLS shows the same chain over {family}"), || chain(visitor, &way.to, 5349));
        story.check(&format!("HTTP leads to HTTPS over {family}"), || {
            let answer = visitor.ask(way, &format!("http://{}/some-room-name?a=b", visitor.domain), &[])?;
            ensure!(answer.status == 301, "{answer:?}");
            ensure!(answer.header("location") == format!("{url}some-room-name?a=b"), "{answer:?}");
            Ok(())
        });
    }
    story.check("an unknown host name gets no answer", || unknown_names(visitor));
    story.check("/privacy names the operator, in Dutch and English", || statement(visitor));
    story.check("security.txt names the contact and a date to come", || contact(deployment, visitor));
    story.check("every location has the security headers", || headers(visitor));
    story.check("config.js and interface_config.js, run by node, have the private values", || values(visitor));
    story.check("nothing that the pages name lies elsewhere", || no_third_party(visitor));
    story.check("old TLS is refused", || old_tls(visitor));
}

/// The chain at a port ends at the authority's root and is for the name.
fn chain(visitor: &Visitor, address: &str, port: u16) -> Result<()> {
    let at = if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") };
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &at, "-servername", &visitor.domain, "-verify_hostname", &visitor.domain]);
    command.args(["-verify_return_error", "-brief", "-no-CApath", "-no-CAstore", "-CAfile"]).arg(&visitor.authority);
    let done = command.stdin(std::process::Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    ensure!(done.status.success() && said.contains("Verification: OK"), "{at}: {said}");
    Ok(())
}

fn unknown_names(visitor: &Visitor) -> Result<()> {
    for url in ["https://other.example/", "http://other.example/", "https://192.0.2.1/"] {
        let asked = visitor.ask(&visitor.addresses[0], url, &["--insecure"]);
        ensure!(asked.is_err(), "{url} was answered: {asked:?}");
    }
    // The right name in the handshake and another one in the request.
    let url = format!("https://{}/", visitor.domain);
    match visitor.ask(&visitor.addresses[0], &url, &["--http1.1", "--header", "Host: other.example"]) {
        Ok(answer) => ensure!(matches!(answer.status, 400..=421), "{answer:?}"),
        Err(_closed) => {}
    }
    Ok(())
}

fn statement(visitor: &Visitor) -> Result<()> {
    for (path, word) in
        [("/privacy", "Gemeente Demostad"), ("/privacy/nl", "grondslag"), ("/privacy/en", "legal basis")]
    {
        let answer = visitor.get(path)?;
        ensure!(answer.status == 200 && answer.body.contains("Gemeente Demostad"), "{path}: {answer:?}");
        ensure!(answer.body.to_lowercase().contains(&word.to_lowercase()), "{path} does not say {word:?}");
    }
    Ok(())
}

fn contact(deployment: &Deployment<'_>, visitor: &Visitor) -> Result<()> {
    let answer = visitor.get("/.well-known/security.txt")?;
    ensure!(answer.status == 200, "{answer:?}");
    ensure!(answer.body.contains(&format!("security@{}", deployment.domain)), "{}", answer.body);
    let expires = answer.body.lines().find_map(|line| line.strip_prefix("Expires: ")).context("no date")?;
    let now = succeed(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]))?;
    ensure!(expires > now.trim(), "it expired: {expires}");
    Ok(())
}

const PATHS: [(&str, u16); 23] = [
    ("/", 200),
    ("/nl", 301),
    ("/nl/", 200),
    ("/en/", 200),
    ("/privacy", 200),
    ("/privacy/en", 200),
    ("/vc4all/style.css", 200),
    ("/vc4all/landing.js", 200),
    ("/vc4all/nothing", 404),
    ("/.well-known/security.txt", 200),
    ("/.well-known/acme-challenge/nothing", 404),
    ("/.well-known/vc4all.json", 200),
    ("/robots.txt", 200),
    ("/config.js", 200),
    ("/interface_config.js", 200),
    ("/manifest.json", 200),
    ("/12345678901234567890", 200),
    ("/libs/app.bundle.min.js", 200),
    ("/css/all.css", 200),
    ("/images/watermark.svg", 200),
    ("/http-bind", 200),
    ("/no/such/place", 404),
    ("/static/nothing.html", 404),
];

fn headers(visitor: &Visitor) -> Result<()> {
    for (path, status) in PATHS {
        let answer = visitor.get(path)?;
        ensure!(answer.status == status, "{path}: {} instead of {status}", answer.status);
        secured(&answer).with_context(|| path.to_owned())?;
    }
    let large = visitor.ask(
        &visitor.addresses[0],
        &format!("https://{}/{}", visitor.domain, "a".repeat(20_000)),
        &["--http1.1"],
    )?;
    ensure!(large.status == 414, "a name without end: {large:?}");
    Ok(())
}

fn secured(answer: &Answer) -> Result<()> {
    let wanted = [
        ("strict-transport-security", "max-age=63072000"),
        ("content-security-policy", "frame-ancestors"),
        ("permissions-policy", "geolocation=()"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ];
    for (name, value) in wanted {
        ensure!(answer.header(name).contains(value), "{name}: {:?}", answer.header(name));
    }
    ensure!(answer.header("server") == "nginx", "the server tells its version: {:?}", answer.header("server"));
    Ok(())
}

/// The values that the pages' own tests look for, on the way that a browser takes.
fn values(visitor: &Visitor) -> Result<()> {
    let file = repository().join("tests/pages/private-values.json");
    let wanted = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let wanted = wanted.replace("HOST", &visitor.domain).replace("Gemeente Voorbeeldstad", "Gemeente Demostad");
    let wanted: BTreeMap<String, Value> = serde_json::from_str(&wanted)?;
    let text = visitor.get("/config.js")?.body + "\n" + &visitor.get("/interface_config.js")?.body;
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("config.js"), text)?;
    let program = "const vm = require('node:vm'), box = { window: {} }; vm.createContext(box);\
        vm.runInContext(require('node:fs').readFileSync('config.js', 'utf8'), box);\
        vm.runInContext('this.seen = { config, interfaceConfig, enableJaaS: typeof enableJaaS === \"undefined\" ? null : enableJaaS }', box);\
        process.stdout.write(JSON.stringify(box.seen))";
    let seen = succeed(Command::new("node").args(["-e", program]).current_dir(folder.path()))?;
    let seen: Value = serde_json::from_str(&seen)?;
    for (at, value) in &wanted {
        ensure!(seen.pointer(at) == Some(value), "{at} is {:?}, wanted {value}", seen.pointer(at));
    }
    Ok(())
}

fn no_third_party(visitor: &Visitor) -> Result<()> {
    for path in ["/", "/en/", "/privacy", "/config.js", "/interface_config.js", "/manifest.json", "/vc4all/landing.js"]
    {
        let body = visitor.get(path)?.body;
        for service in
            ["jitsi.net", "8x8.", "google", "gravatar.com", "amplitude.com", "callstats", "cloudflare", "unpkg"]
        {
            ensure!(!body.contains(service), "{path} names {service}");
        }
    }
    Ok(())
}

fn old_tls(visitor: &Visitor) -> Result<()> {
    let mut command = script("tls.py");
    for port in ["443", "5349"] {
        let said = succeed(command.args([&visitor.addresses[0].to, port, &visitor.domain]))?;
        ensure!(said.trim() == "refused: TLSv1 TLSv1_1; taken: TLSv1_2 TLSv1_3", "port {port}: {said}");
        command = script("tls.py");
    }
    Ok(())
}
