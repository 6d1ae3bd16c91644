//! New secrets and a new name: what goes on as before, what is refused from then on, and what is left behind.

use crate::doors::{self, Person};
use crate::lab::{Lab, Release};
use crate::program::{Deployment, Said};
use crate::story::Story;
use crate::visitor::{Visitor, script};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const ROOM: &str = "57038419260873150492";

pub(crate) fn tell(story: &mut Story, lab: &Lab) -> Result<()> {
    let host = lab.host("renames", Release::Trixie)?;
    let mut deployment = Deployment::on(lab, &host)?;
    let mut visitor = Visitor::of(&deployment)?;
    own_mail(&deployment)?;
    deployment.expect(0, &["up", "host.yml", "--yes"])?;
    let Some(person) = story.check("a meeting host has an account", || doors::add(&deployment)) else { return Ok(()) };
    meet(story, &deployment, &visitor, &person, "before");
    rotates(story, &deployment);
    meet(story, &deployment, &visitor, &person, "rotated");
    story.check("a rename is refused that nobody could reach", || refusals(&deployment));
    let old = deployment.domain.clone();
    // Another one that holds the old one nowhere.
    let new = format!("anders-{}.vc4all.test", host.number);
    lab.point(&new, &[&host.name])?;
    story.check("a domain that was edited by hand leads to the same plan", || by_hand(&deployment, &new));
    story.check("a rename that fails leaves the old name, and the inventory as it was", || fails(&deployment, &new));
    story.check("rename ends well and writes the inventory", || renames(&deployment, &new));
    (deployment.domain, visitor.domain) = (new.clone(), new.clone());
    meet(story, &deployment, &visitor, &person, "renamed");
    story.check("the old name gives nothing", || gives_nothing(&visitor, &old));
    story.check("nothing of ours on the host says the old name", || forgotten(&deployment, &old));
    story.check("a second up has nothing to do", || deployment.is_converged());
    // One that the authority has never looked at: what it once believed it may believe again without a look.
    let third = format!("elders-{}.vc4all.test", host.number);
    lab.point(&third, &[&host.name])?;
    story.check("a rename without a certificate is finished by up", || uncertified(&deployment, &third));
    lab.forget(&third)?;
    lab.forget(&old)
}

/// The operator's mail addresses are not below the domain.
fn own_mail(deployment: &Deployment<'_>) -> Result<()> {
    let file = deployment.inventory("host.yml");
    let text = fs::read_to_string(&file)?.replace(&format!("@{}", deployment.domain), "@demostad.example");
    Ok(fs::write(file, text)?)
}

fn meet(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor, person: &Person, stage: &str) {
    let left = deployment.inventory("left.json");
    let mut input = visitor.as_json();
    input["account"] = person.account.into();
    input["passphrase"] = person.passphrase.clone().into();
    input["key"] = person.key.clone().into();
    input["recovery"] = person.recovery.clone().into();
    input["room"] = ROOM.into();
    input["foreign"] = Value::Array(Vec::new());
    input["stage"] = stage.into();
    input["left"] = left.display().to_string().into();
    input["before"] =
        fs::read_to_string(&left).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
    story.script("a meeting host at work", &mut script("renamed.py"), &input.to_string());
}

fn rotates(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("a rotation that fails brings back every secret and what holds it", || rotation_fails(deployment));
    story.check("a rotation that is killed is taken back by the next up", || rotation_is_killed(deployment));
    story.check("rotate without a portal refuses --portal", || {
        deployment.expect(1, &["rotate", "host.yml", "--portal", "--yes"])?.names(&["portal", "help:"])
    });
    story.check("rotate renews every secret, shows none, and leaves none of the old ones", || rotated(deployment));
    story.check("after a rotation a second up has nothing to do", || deployment.is_converged());
}

/// What a rotation changes, as digests: the secrets, all that holds them, and what Prosody has of its daemons.
const HOLDERS: &str =
    "cd /; { find etc/vc4all/secrets etc/jitsi etc/prosody etc/turnserver.conf var/lib/vc4all/accounts \
    var/lib/prosody -type f; find /run/credentials/vc4all-door.service -type f; } | sort | xargs sha256sum
    sort /var/cache/debconf/passwords.dat | sha256sum";

/// The last daemon of the row does not start, once.
const TRAP: &str = "mkdir -p /run/systemd/system/coturn.service.d
printf '%s\\n' '[Service]' \"ExecStartPre=+/bin/sh -c '[ ! -e /run/trap ] || { rm /run/trap; $1; }'\" \
    > /run/systemd/system/coturn.service.d/trap.conf
systemctl daemon-reload
touch /run/trap";

const NO_TRAP: &str = "rm -rf /run/systemd/system/coturn.service.d/trap.conf /run/trap; systemctl daemon-reload";

fn trap(deployment: &Deployment<'_>, act: &str) -> Result<()> {
    deployment.host.run(&TRAP.replace("$1", act)).map(drop)
}

fn rotation_fails(deployment: &Deployment<'_>) -> Result<()> {
    let before = deployment.host.run(HOLDERS)?;
    trap(deployment, "exit 1")?;
    let said = deployment.expect(6, &["rotate", "host.yml", "--yes"])?;
    deployment.host.run(NO_TRAP)?;
    said.names(&["everything is as it was before"])?;
    same(&before, &deployment.host.run(HOLDERS)?)?;
    let copies = deployment.host.run("find /var/lib/vc4all/run -path '*/old*' -type f")?;
    ensure!(copies.is_empty(), "copies of secrets stay:\n{copies}");
    deployment.is_converged()
}

fn rotation_is_killed(deployment: &Deployment<'_>) -> Result<()> {
    let before = deployment.host.run(HOLDERS)?;
    trap(deployment, "touch /run/held; sleep 60; exit 1")?;
    let run = Run(deployment
        .command(&["rotate", "host.yml", "--yes"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?);
    let deadline = Instant::now() + Duration::from_secs(120);
    while !deployment.host.run("ls /run/held 2> /dev/null || :")?.contains("held") {
        ensure!(Instant::now() < deadline, "the rotation never comes to the trap");
        std::thread::sleep(Duration::from_millis(200));
    }
    deployment
        .host
        .run(&format!("systemctl kill --signal=KILL 'vc4all-apply-*.service'; rm -f /run/held; {NO_TRAP}"))?;
    drop(run);
    deployment.expect(0, &["up", "host.yml", "--yes"])?;
    same(&before, &deployment.host.run(HOLDERS)?)?;
    deployment.is_converged()
}

/// A run of the program; it ends with this value.
struct Run(Child);

impl Drop for Run {
    fn drop(&mut self) {
        // It has ended, or nobody waits for it any more.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn same(before: &str, after: &str) -> Result<()> {
    let changed: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    ensure!(before.lines().count() == after.lines().count() && changed.is_empty(), "changed: {changed:#?}");
    Ok(())
}

fn rotated(deployment: &Deployment<'_>) -> Result<()> {
    let read = "cd /etc/vc4all/secrets; for name in *; do cat \"$name\"; echo; done";
    let old = deployment.host.run(read)?;
    let said = deployment.expect(0, &["rotate", "host.yml", "--yes"])?;
    let new = deployment.host.run(read)?;
    ensure!(old.lines().count() == 4 && new.lines().count() == 4, "other secrets than focus, jvb, token, turn");
    for secret in old.lines().chain(new.lines()) {
        ensure!(secret.len() == 40 && !said.out.contains(secret) && !said.err.contains(secret), "a secret is shown");
    }
    ensure!(new.lines().all(|secret| !old.contains(secret)), "a secret is as before");
    let patterns = old.lines().collect::<Vec<_>>().join("\n");
    let found = deployment.host.run(&format!(
        "umask 077; printf '%s\\n' '{patterns}' > /dev/shm/old
        grep -rlF --binary-files=text -f /dev/shm/old /etc /var /root /home /usr/local /tmp /run /opt /srv 2> /dev/null || :
        rm /dev/shm/old"
    ))?;
    ensure!(found.is_empty(), "an old secret stands in:\n{found}");
    said.names(&["is in force", "refused"])
}

fn refusals(deployment: &Deployment<'_>) -> Result<()> {
    let before = fs::read(deployment.inventory("host.yml"))?;
    let cases: [(&str, &[&str]); 4] = [
        ("Not A Domain", &["help:"]),
        ("10.87.0.10", &["address", "help:"]),
        (&deployment.domain, &["already", "help:"]),
        ("nowhere.vc4all.test", &["finds no address", "nothing was changed"]),
    ];
    for (domain, words) in cases {
        deployment.expect(1, &["rename", "host.yml", domain, "--yes"])?.names(words)?;
    }
    ensure!(fs::read(deployment.inventory("host.yml"))? == before, "the inventory was written");
    deployment.is_converged()
}

fn by_hand(deployment: &Deployment<'_>, new: &str) -> Result<()> {
    let (old, line) = (&deployment.domain, format!("domain: {new}"));
    let inventory = deployment.variant("edited.yml", &format!("domain: {old}"), &line)?;
    let planned = deployment.expect(0, &["plan", &inventory])?.out;
    let title = format!("{new} (until now {old})");
    ensure!(planned.starts_with(&title), "{:?}", planned.lines().next());
    for gone in ["/etc/nginx/sites-enabled/", "/etc/jitsi/meet/"] {
        ensure!(
            planned.lines().any(|line| line.contains("- path") && line.contains(&format!("{gone}{old}"))),
            "{planned}"
        );
    }
    Ok(())
}

fn fails(deployment: &Deployment<'_>, new: &str) -> Result<()> {
    let (state, inventory) = (state(deployment)?, fs::read(deployment.inventory("host.yml"))?);
    trap(deployment, "exit 1")?;
    let said = deployment.expect(6, &["rename", "host.yml", new, "--yes"]);
    deployment.host.run(NO_TRAP)?;
    said?.names(&["everything is as it was before"])?;
    ensure!(fs::read(deployment.inventory("host.yml"))? == inventory, "the inventory was written");
    crate::lab::same_state(&state, &self::state(deployment)?)?;
    let hidden = fs::read_dir(deployment.folder.path())?.filter_map(Result::ok);
    let hidden: Vec<_> =
        hidden.map(|entry| entry.file_name()).filter(|name| name.to_string_lossy().starts_with('.')).collect();
    ensure!(hidden.is_empty(), "left behind: {hidden:?}");
    deployment.is_converged()
}

/// The host, and whom Java trusts of ours; the file of the latter has dates in it.
fn state(deployment: &Deployment<'_>) -> Result<Vec<String>> {
    let mut state = deployment.host.state()?;
    state.retain(|line| !line.ends_with("/java/cacerts"));
    let trusted =
        "keytool -list -keystore /etc/ssl/certs/java/cacerts -storepass changeit 2> /dev/null | grep vc4all.test";
    let names = deployment.host.run(trusted)?;
    state.extend(names.lines().filter_map(|line| line.split(',').next()).map(|name| format!("trusted {name}")));
    Ok(state)
}

fn renames(deployment: &Deployment<'_>, new: &str) -> Result<Said> {
    let (old, file) = (&deployment.domain, deployment.inventory("host.yml"));
    let before = fs::read_to_string(&file)?;
    let said = deployment.expect(0, &["rename", "host.yml", new, "--yes"])?;
    let expected = before.replacen(&format!("domain: {old}"), &format!("domain: {new}"), 1);
    ensure!(fs::read_to_string(&file)? == expected, "the inventory is not the old one with the new domain");
    said.names(&["the new certificate is in use", &format!("no longer answers to {old}"), "invitations"])?;
    Ok(said)
}

fn gives_nothing(visitor: &Visitor, old: &str) -> Result<()> {
    for way in &visitor.addresses {
        for scheme in ["http", "https"] {
            let answer = visitor.ask(way, &format!("{scheme}://{old}/"), &["--insecure"]);
            ensure!(answer.is_err(), "{scheme}://{old}/ answers {answer:?}");
        }
    }
    Ok(())
}

/// Names and contents; without logs, which end by themselves, and without what a generation remembers of itself.
const LEFT: &str = r#"name=$(printf %s "$domain" | sed 's/[.]/%2e/g; s/-/%2d/g')
find / -xdev '(' -path /proc -o -path /sys ')' -prune -o '(' -name "*$domain*" -o -name "*$name*" -o -lname "*$domain*" ')' -print
grep -rlF --binary-files=text --exclude-dir=log --exclude-dir=generations --exclude-dir=originals --exclude-dir=run \
    -e "$domain" -e "$name" /etc /var /usr/local /usr/share/jitsi-meet /opt /srv /root /home /tmp 2> /dev/null || :
keytool -list -keystore /etc/ssl/certs/java/cacerts -storepass changeit 2> /dev/null | grep -F "$domain" || :"#;

fn forgotten(deployment: &Deployment<'_>, old: &str) -> Result<()> {
    let found = deployment.host.run(&format!("domain={old}\n{LEFT}"))?;
    ensure!(found.is_empty(), "{old} stands in:\n{found}");
    Ok(())
}

fn uncertified(deployment: &Deployment<'_>, new: &str) -> Result<()> {
    let cut = "nft 'add table inet cut; add chain inet cut in { type filter hook input priority -50; }; \
        add rule inet cut in tcp dport 80 drop'";
    deployment.host.run(cut)?;
    let said = deployment.expect(1, &["rename", "host.yml", new, "--yes"]);
    deployment.host.run("nft delete table inet cut")?;
    said?.names(&["certificate", "the domain is"])?;
    let text = fs::read_to_string(deployment.inventory("host.yml"))?;
    ensure!(text.contains(&format!("domain: {new}\n")), "the inventory has the old domain, and the host the new one");
    let said = deployment.expect(0, &["up", "host.yml", "--yes"])?;
    said.names(&["the new certificate is in use"]).context("the up after it")?;
    deployment.is_converged()
}
