//! What independent judges say of a host, and whether our own look agrees with them.

use crate::lab::{Release, repository, succeed};
use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::Visitor;
use anyhow::{Context as _, Result, ensure};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use vc4all_deploy::model::values::Domain;
use vc4all_deploy::outside::tls::{self, Version};
use vc4all_deploy::outside::{ToldBy, Way};

/// The tests on which testssl.sh bases its grade: versions, lists of suites, their order with each suite by its name,
/// forward secrecy, certificate, headers, and the known faults. Left out are single suites one by one, and browsers.
const GRADED: [&str; 19] = [
    "-p", "-s", "-P", "-f", "-S", "-h", "-H", "-I", "-T", "--BB", "-R", "-C", "-O", "-Z", "-D", "-A", "-4", "-J",
    "--quiet",
];

/// testssl.sh of Debian 13, the first with a grade, judges the web server; it runs on this machine, like any visitor.
pub(crate) fn testssl(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) {
    if deployment.host.release != Release::Trixie {
        return;
    }
    let mut said = None;
    story.check("testssl.sh gives grade A or better", || {
        let findings = judged(deployment, visitor)?;
        let grade = finding(&findings, "overall_grade")?.to_owned();
        said = Some(findings);
        ensure!(["A", "A+"].contains(&grade.as_str()), "it gives {grade}");
        Ok(())
    });
    story.check("our own look and testssl.sh see the same versions and suites", || {
        let findings = said.as_ref().context("testssl.sh said nothing")?;
        let (theirs, ours) = (theirs(findings)?, ours(visitor)?);
        ensure!(theirs == ours, "testssl.sh: {theirs:?}\nour look: {ours:?}");
        Ok(())
    });
}

/// Runs it from the host's own archive: what it found, by its name for it.
fn judged(deployment: &Deployment<'_>, visitor: &Visitor) -> Result<Vec<Value>> {
    let folder = tempfile::tempdir()?;
    unpack(deployment, &folder)?;
    let out = folder.path().join("found.json");
    let mut command = Command::new("bash");
    command.arg(folder.path().join("usr/bin/testssl")).args(GRADED);
    command.env("TESTSSL_INSTALL_DIR", folder.path().join("etc/testssl")).current_dir(folder.path());
    command.args(["--color", "0", "--warnings", "off", "--nodns", "none", "--connect-timeout", "10"]);
    command.args(["--ip", &visitor.addresses[0].to, "--add-ca"]).arg(&visitor.authority).arg("--jsonfile").arg(&out);
    command.arg(format!("https://{}/", visitor.domain));
    // Its own code counts what it does not like, so it says nothing about how it went.
    let done = command.stdin(std::process::Stdio::null()).output().context("run testssl.sh")?;
    let text = std::fs::read_to_string(&out).with_context(|| String::from_utf8_lossy(&done.stdout).into_owned())?;
    serde_json::from_str(&text).context("read what testssl.sh found")
}

fn unpack(deployment: &Deployment<'_>, folder: &TempDir) -> Result<()> {
    let script =
        "cd \"$(mktemp -d)\"; apt-get -qq download testssl.sh >&2; base64 -w 0 testssl.sh_*.deb; rm testssl.sh_*.deb";
    let package = folder.path().join("package");
    std::fs::write(&package, deployment.host.run(script)?)?;
    let script = format!("base64 -d {0} > {0}.deb && dpkg -x {0}.deb {1}", package.display(), folder.path().display());
    succeed(Command::new("sh").args(["-euc", &script]).current_dir(repository())).map(drop)
}

fn finding<'a>(findings: &'a [Value], id: &str) -> Result<&'a str> {
    let known = findings.iter().find(|known| known["id"] == id);
    known.and_then(|known| known["finding"].as_str()).with_context(|| format!("it says nothing about {id}"))
}

/// Versions and, with the version before them, suites by the names of the IANA.
fn theirs(findings: &[Value]) -> Result<BTreeSet<String>> {
    let versions = [
        (Version::Ssl30, "SSLv3"),
        (Version::Tls10, "TLS1"),
        (Version::Tls11, "TLS1_1"),
        (Version::Tls12, "TLS1_2"),
        (Version::Tls13, "TLS1_3"),
    ];
    let mut seen = BTreeSet::new();
    for (version, id) in versions {
        if finding(findings, id)?.starts_with("offered") {
            seen.insert(version.to_string());
        }
        let prefix = format!("cipher-{}_x", id.to_lowercase());
        let suites = findings.iter().filter(|known| known["id"].as_str().is_some_and(|id| id.starts_with(&prefix)));
        for suite in suites {
            let name = suite["finding"].as_str().and_then(|line| line.split_whitespace().last()).context("no name")?;
            seen.insert(format!("{version} {name}"));
        }
    }
    Ok(seen)
}

fn ours(visitor: &Visitor) -> Result<BTreeSet<String>> {
    let way = way(&visitor.domain, &visitor.authority)?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let facts = tls::look_at(&way, &[format!("{}:443", visitor.addresses[0].to).parse()?], now);
    let (_, spoken) = facts.seen().next().with_context(|| format!("nothing was seen: {facts:?}"))?;
    let versions = spoken.suites.keys().map(ToString::to_string);
    let suites = spoken.suites.iter();
    let suites = suites.flat_map(|(version, all)| all.iter().map(move |suite| format!("{version} {suite}")));
    Ok(versions.chain(suites).collect())
}

fn way(domain: &str, authority: &Path) -> Result<Way> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(authority)? {
        roots.add(root?)?;
    }
    let domain = Domain::parse(domain).ok().context("the domain")?;
    let patience = Duration::from_secs(20);
    Ok(Way { domain, addresses: Vec::new(), told_by: ToldBy::Resolver, roots: Arc::new(roots), patience })
}
