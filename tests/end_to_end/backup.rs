//! A host is lost; another one, with another release and address, returns from its backup.

use crate::doors::{self, Person};
use crate::lab::{Host, Lab, Release, same_state, succeed};
use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::{Visitor, script};
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOM: &str = "30918274650192837465";
const TYPED: &str = "vijf molens malen samen 3";

/// What is carried from one host to the other.
struct Luggage {
    folder: tempfile::TempDir,
    domain: String,
    person: Person,
    sums: String,
    serial: String,
}

impl Luggage {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

pub(crate) fn tell(story: &mut Story, lab: &Lab) -> Result<()> {
    let Some(luggage) = before(story, lab)? else { return Ok(()) };
    let host = lab.host("returned", Release::Trixie)?;
    // The name still points at the host that is gone.
    let deployment = Deployment::called(lab, &host, &luggage.domain)?;
    with_choice(&deployment)?;
    story.check("a backup that is not whole, or of somebody else, changes nothing", || refusals(&deployment, &luggage));
    story.check("a restore that fails takes away again what the backup brought", || fails(&deployment, &luggage));
    let restored =
        story.check("restore brings it to another release, address and host", || restore(&deployment, &luggage));
    if restored.is_none() {
        return Ok(());
    }
    story.check("secrets, keys, certificate and accounts are the same", || same(&deployment, &luggage));
    story.check("nothing of the backup stays in the run's folder, in logs or in generations", || traces(&deployment));
    lab.point(&luggage.domain, &[&host.name])?;
    story.check("once the name points there, up rehearses the renewal", || {
        deployment.expect(0, &["up", "host.yml", "--yes"])?.names(&["rehears"])
    });
    story.check("verify keeps every promise then", || deployment.expect(0, &["verify", "host.yml"]));
    story.check("a second up finds nothing to do", || deployment.is_converged());
    log_in(story, &deployment, &luggage, "after")?;
    story.check("the account that chose its passphrase has it still", || typed(&deployment));
    story.check("restore refuses a host with a generation", || {
        let said = deployment
            .expect(1, &["restore", "host.yml", &luggage.text("b.age"), "--identity", &luggage.text("key"), "--yes"])?;
        said.names(&["generation", "help:", "destroy"])
    });
    Ok(())
}

/// The life of the first host, which is gone at the end.
fn before(story: &mut Story, lab: &Lab) -> Result<Option<Luggage>> {
    let host = lab.host("lost", Release::Bookworm)?;
    let deployment = Deployment::on(lab, &host)?;
    with_choice(&deployment)?;
    if story.check("a host that will be lost comes up", || deployment.expect(0, &["up", "host.yml", "--yes"])).is_none()
    {
        return Ok(None);
    }
    let Some(person) = story.check("it has two accounts, one with an app", || people(&deployment)) else {
        return Ok(None);
    };
    let folder = tempfile::tempdir()?;
    let luggage = Luggage {
        folder,
        domain: deployment.domain.clone(),
        person,
        sums: String::new(),
        serial: deployment.serial(443)?,
    };
    log_in(story, &deployment, &luggage, "before")?;
    let luggage = Luggage { sums: sums(&host)?, ..luggage };
    let made = story.check("backup fetches it in one look and changes nothing", || backup(&deployment, &luggage));
    story.check("the ordinary age opens it, and tar lists it", || lists(&luggage));
    story.check("backup waits for nobody who works on the host", || busy(&deployment, &luggage));
    Ok(made.map(|()| luggage))
}

/// An instance on which an account may have no app.
fn with_choice(deployment: &Deployment<'_>) -> Result<()> {
    deployment.variant("optional.yml", "media:", "access:\n  second_factor: optional\n\nmedia:")?;
    Ok(std::fs::rename(deployment.inventory("optional.yml"), deployment.inventory("host.yml"))?)
}

fn people(deployment: &Deployment<'_>) -> Result<Person> {
    let person = doors::add(deployment)?;
    let words = ["users", "add", "host.yml", "noor", "--name", "Noor Voorbeeld", "--no-second-factor", "--typed"];
    doors::with_input(deployment, &words, &format!("{TYPED}\n"))?.ended(0)?;
    Ok(person)
}

fn log_in(story: &mut Story, deployment: &Deployment<'_>, luggage: &Luggage, when: &str) -> Result<()> {
    let visitor = Visitor::of(deployment)?;
    let mut input = visitor.as_json();
    let Person { account, passphrase, key, recovery } = &luggage.person;
    let more = json!({ "account": account, "passphrase": passphrase, "key": key, "recovery": recovery, "room": ROOM,
        "left": luggage.text("left.json"), "foreign": [], "when": when });
    for (name, value) in more.as_object().context("no object")? {
        input[name] = value.clone();
    }
    story.script(&format!("a meeting host {when} the loss"), &mut script("returned.py"), &input.to_string());
    Ok(())
}

/// What has to be the same afterwards. Each log-in writes the account's file, so of the accounts it is what proves them.
fn sums(host: &Host) -> Result<String> {
    host.run(
        "sha256sum /etc/vc4all/secrets/* /var/lib/vc4all/acme-account.json /etc/prosody/certs/*.vc4all.test.*
        cd /var/lib/vc4all/tls/live && sha256sum *
        for file in /var/lib/vc4all-door/accounts/*.json; do
          echo $file; grep -oE '\"(passphrase|app_key|id|generated)\":[^,]*' $file
        done",
    )
}

fn backup(deployment: &Deployment<'_>, luggage: &Luggage) -> Result<()> {
    succeed(Command::new("age-keygen").arg("-o").arg(luggage.path("key")))?;
    let recipient = succeed(Command::new("age-keygen").arg("-y").arg(luggage.path("key")))?;
    let output = luggage.text("b.age");
    let before = deployment.host.state()?;
    let words = ["backup", "host.yml", "--output", &output, "--recipient", recipient.trim()];
    let said = deployment.expect(0, &words)?;
    same_state(&before, &deployment.host.state()?)?;
    said.names(&["2 accounts", "4 secrets", "the certificate with its key", "personal data"])?;
    let rights = succeed(Command::new("stat").args(["-c", "%a"]).arg(&output))?;
    ensure!(rights.trim() == "600", "its rights are {rights}");
    deployment.expect(1, &words)?.names(&["is there already"])?;
    let secret = deployment.host.run("cat /etc/vc4all/secrets/token")?;
    ensure!(!said.err.contains(secret.trim()) && !said.out.contains(secret.trim()), "a secret is shown");
    Ok(())
}

fn lists(luggage: &Luggage) -> Result<()> {
    let mut list = Command::new("sh");
    list.args(["-c", "age --decrypt --identity \"$1\" \"$2\" | tar --list --verbose", "sh"]);
    let listed = succeed(list.arg(luggage.path("key")).arg(luggage.path("b.age")))?;
    for name in ["secrets/token", "accounts/jo.voorbeeld.json", "certificate/fullchain.pem", "generation/record"] {
        ensure!(listed.lines().any(|line| line.ends_with(name)), "{name} is not in\n{listed}");
    }
    Ok(())
}

fn busy(deployment: &Deployment<'_>, luggage: &Luggage) -> Result<()> {
    let lock = "/var/lib/vc4all/lock";
    deployment.host.run(&format!("mkdir {lock}; printf '1\\nboot\\n/run\\nsam since 10:00\\nup\\n' > {lock}/owner"))?;
    let recipient = succeed(Command::new("age-keygen").arg("-y").arg(luggage.path("key")))?;
    let output = luggage.text("busy.age");
    let said = deployment.say(&["backup", "host.yml", "--output", &output, "--recipient", recipient.trim()]);
    deployment.host.run(&format!("rm -r {lock}"))?;
    let said = said?;
    said.ended(1)?;
    said.names(&["somebody is at work", "sam since 10:00", "help:"])?;
    ensure!(!Path::new(&output).exists(), "half a backup is there");
    Ok(())
}

fn refusals(deployment: &Deployment<'_>, luggage: &Luggage) -> Result<()> {
    let sealed = std::fs::read(luggage.path("b.age"))?;
    let mut altered = sealed.clone();
    altered[sealed.len() / 2] ^= 1;
    std::fs::write(luggage.path("altered.age"), altered)?;
    std::fs::write(luggage.path("cut.age"), &sealed[..sealed.len() / 2])?;
    std::fs::write(luggage.path("none.age"), "no age file")?;
    succeed(Command::new("age-keygen").arg("-o").arg(luggage.path("other")))?;
    let before = deployment.host.state()?;
    for (file, key, words) in [
        ("altered.age", "key", "altered"),
        ("cut.age", "key", "cut short"),
        ("none.age", "key", "no age file"),
        ("b.age", "other", "somebody else"),
    ] {
        let words_of = ["restore", "host.yml", &luggage.text(file), "--identity", &luggage.text(key), "--yes"];
        deployment.expect(1, &words_of)?.names(&[words, "help:"])?;
    }
    same_state(&before, &deployment.host.state()?)
}

/// The very last step fails, when everything was brought already.
fn fails(deployment: &Deployment<'_>, luggage: &Luggage) -> Result<()> {
    deployment.host.run("install -d -m 711 /var/lib/vc4all && touch /var/lib/vc4all/generations")?;
    let words =
        ["restore", "host.yml", &luggage.text("b.age"), "--identity", &luggage.text("key"), "--yes", "--no-verify"];
    let said = deployment.say(&words)?;
    let left = deployment.host.run(
        "rm -f /var/lib/vc4all/generations
        ls -A /etc/vc4all/secrets /var/lib/vc4all-door/accounts 2> /dev/null | grep -v : || :
        ls -d /var/lib/vc4all/tls/live /var/lib/vc4all/acme-account.json /etc/prosody/certs/*.vc4all.test.* /var/lib/vc4all/run/*/data 2> /dev/null || :",
    )?;
    said.ended(6)?;
    ensure!(left.trim().is_empty(), "it left\n{left}");
    Ok(())
}

fn restore(deployment: &Deployment<'_>, luggage: &Luggage) -> Result<()> {
    let words =
        ["restore", "host.yml", &luggage.text("b.age"), "--identity", &luggage.text("key"), "--yes", "--no-verify"];
    let said = deployment.expect(0, &words)?;
    said.names(&["2 accounts", "generation 1 is in force", "stands again"])?;
    ensure!(said.out.contains("+jo.voorbeeld +noor") && said.out.contains("from the backup"), "{}", said.out);
    ensure!(!said.out.contains("issue (ACME"), "a certificate was ordered:\n{}", said.out);
    Ok(())
}

fn same(deployment: &Deployment<'_>, luggage: &Luggage) -> Result<()> {
    let now = sums(deployment.host)?;
    ensure!(now == luggage.sums, "before:\n{}\nafter:\n{now}", luggage.sums);
    for port in [443, 5349] {
        let serial = deployment.serial(port)?;
        ensure!(serial == luggage.serial, "port {port} shows {serial}, it was {}", luggage.serial);
    }
    let owners = deployment.host.run(
        "stat -c '%a %U' /etc/vc4all/secrets/*; stat -Lc '%a %U' /var/lib/vc4all-door/accounts/*
        stat -Lc %u /var/lib/vc4all-door /var/lib/vc4all-door/accounts /var/lib/vc4all-door/accounts/*.json | sort -u | wc -l",
    )?;
    ensure!(owners.lines().all(|line| line.starts_with("600 ") || line == "1"), "{owners}");
    Ok(())
}

fn traces(deployment: &Deployment<'_>) -> Result<()> {
    let found = deployment.host.run(
        "journalctl --no-pager -o export > /run/journal
        for secret in /etc/vc4all/secrets/*; do cat $secret; echo; done > /run/words
        grep -oh '\\$argon2id[^\"]*' /var/lib/vc4all-door/accounts/*.json >> /run/words
        [ $(wc -l < /run/words) = 6 ]
        grep -lrF -f /run/words /var/lib/vc4all/run /var/lib/vc4all/generations /var/log /run/journal || :
        ls -d /var/lib/vc4all/run/*/data 2> /dev/null || :
        rm -f /run/journal /run/words",
    )?;
    ensure!(found.trim().is_empty(), "found in {found}");
    Ok(())
}

fn typed(deployment: &Deployment<'_>) -> Result<()> {
    let visitor = Visitor::of(deployment)?;
    let fields = format!("room={ROOM}&account=noor&passphrase={}&lang=nl", TYPED.replace(' ', "+"));
    let status = doors::post(&visitor, &fields)?;
    ensure!(status == 303, "it is answered {status}");
    Ok(())
}
