//! What is wrong before or while a fresh host is changed: one clear error, its exit code, and nothing half done.

use crate::convergence::dialogue;
use crate::lab::{Lab, Release, repository, same_state, succeed};
use crate::program::{Deployment, Said};
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::process::Command;

/// What is arranged on the host, and how it is taken back.
struct Trouble {
    what: &'static str,
    make: &'static str,
    undo: &'static str,
    words: &'static [&'static str],
    code: i32,
}

/// A shell function that lets perl listen on a port.
macro_rules! listener {
    () => {
        r#"foreign() {
            echo 'use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => '$1', Listen => 1) or die; sleep 600' > /root/foreign.pl
            systemd-run --quiet --collect --unit=foreign perl /root/foreign.pl
            tries=0
            until ss -Hltn "sport = :$1" | grep -q .; do tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1; sleep 0.1; done
        }
        "#
    };
}

const TROUBLES: [Trouble; 5] = [
    Trouble {
        what: "a distribution that is not supported",
        make: "rm /etc/os-release; printf 'ID=alpine\\nVERSION_ID=3.22\\n' > /etc/os-release",
        undo: "ln -sf ../usr/lib/os-release /etc/os-release",
        words: &["alpine", "help:"],
        code: 1,
    },
    Trouble {
        what: "nginx that serves another site",
        make: "mkdir -p /etc/nginx/sites-enabled; echo 'server {}' > /etc/nginx/sites-enabled/winkel",
        undo: "rm -r /etc/nginx",
        words: &["/etc/nginx/sites-enabled/winkel", "nothing was changed"],
        code: 1,
    },
    Trouble {
        what: "somebody else who listens on port 80",
        make: concat!(listener!(), "foreign 80"),
        undo: "systemctl stop foreign; rm /root/foreign.pl",
        words: &["port 80", "perl", "nothing was changed"],
        code: 1,
    },
    Trouble {
        what: "somebody else who listens on port 443",
        make: concat!(listener!(), "foreign 443"),
        undo: "systemctl stop foreign; rm /root/foreign.pl",
        words: &["port 443", "perl", "nothing was changed"],
        code: 1,
    },
    Trouble {
        what: "apt that reaches no archive",
        make: "echo 'Acquire::http::Proxy \"http://10.87.0.1:9\"; Acquire::https::Proxy \"http://10.87.0.1:9\";' \
            > /etc/apt/apt.conf.d/99broken",
        undo: "rm /etc/apt/apt.conf.d/99broken",
        words: &["10.87.0.1", "as it was before", "help:"],
        code: 6,
    },
];

/// An inventory with one thing changed.
struct Variant {
    what: &'static str,
    old: &'static str,
    new: &'static str,
    words: &'static [&'static str],
    code: i32,
}

const VARIANTS: [Variant; 6] = [
    Variant {
        what: "an authority that does not answer",
        old: "https://10.87.0.1:14000/dir",
        new: "https://10.87.0.1:14999/dir",
        words: &["10.87.0.1:14999", "nothing was changed", "help:"],
        code: 1,
    },
    Variant {
        what: "an authority whose own certificate nobody vouches for",
        old: "  root:",
        new: "  # root:",
        words: &["10.87.0.1:14000", "nothing was changed", "help:"],
        code: 1,
    },
    Variant {
        what: "a user without sudo",
        old: "user: root",
        new: "user: noadmin",
        words: &["noadmin", "sudo", "help:"],
        code: 1,
    },
    Variant {
        what: "a host key that is not the pinned one",
        old: "  user: root",
        new: "  user: root\n  host_key: SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        words: &["host_key", "help:"],
        code: 1,
    },
    Variant {
        what: "a port where no SSH server is",
        old: "  user: root",
        new: "  user: root\n  port: 2222",
        words: &["2222", "help:"],
        code: 4,
    },
    Variant {
        what: "a word that the inventory does not know",
        old: "operator:",
        new: "operater:",
        words: &["operater", "operator", "host.yml"],
        code: 1,
    },
];

pub(crate) fn tell(story: &mut Story, lab: &Lab) -> Result<()> {
    let host = lab.host("e2e-no", Release::Bookworm)?;
    let deployment = Deployment::on(lab, &host)?;
    for (number, variant) in VARIANTS.iter().enumerate() {
        story.check(&format!("refused: {}", variant.what), || {
            let name = deployment.variant(&format!("{number}-host.yml"), variant.old, variant.new)?;
            refuses(&deployment, &name, variant.code)?.names(variant.words)
        });
    }
    story.check("refused: a host that is not there", || absent(&deployment));
    story.check("refused: a host key that changed", || other_key(&deployment));
    story.check("refused: a host key that nobody knows", || unknown_key(&deployment));
    story.check("refused: a name that points elsewhere", || elsewhere(&deployment));
    for trouble in &TROUBLES {
        story.check(&format!("refused: {}", trouble.what), || {
            host.run(trouble.make)?;
            let outcome = refuses(&deployment, "host.yml", trouble.code).and_then(|said| said.names(trouble.words));
            host.run(trouble.undo)?;
            outcome
        });
    }
    story.check("after all these refusals nothing of ours is on the host", || clean(&deployment));
    story.check("refused: a disk that is full in the middle of the work", || full(&deployment));
    story.check("refused: an archive of Jitsi's that does not answer", || no_archive(&deployment));
    story.check("refused: an archive's key that is not the pinned one", || other_signer(&deployment));
    story.check("after all these failures up converges", || {
        deployment.expect(0, &["up", "host.yml", "--yes"])?;
        deployment.is_converged()
    });
    drop(deployment);
    story.check("refused: a disk that is too small", || small(lab));
    Ok(())
}

/// `up` ends with this code and leaves the host as it is.
fn refuses(deployment: &Deployment<'_>, inventory: &str, code: i32) -> Result<Said> {
    let before = deployment.host.state()?;
    let said = deployment.expect(code, &["up", inventory, "--yes"])?;
    let errors = said.err.lines().filter(|line| line.starts_with("error:")).count();
    ensure!(errors <= 1 && !said.err.is_empty(), "more than one error:\n{}", said.err);
    same_state(&before, &deployment.host.state()?)?;
    Ok(said)
}

fn absent(deployment: &Deployment<'_>) -> Result<()> {
    let address = format!("address: {}", deployment.host.v4);
    let name = deployment.variant("absent.yml", &address, "address: 10.87.0.253")?;
    deployment.expect(4, &["up", &name, "--yes"])?.names(&["10.87.0.253", "help:"])
}

/// The program with another file of known hosts.
fn with_known_hosts(deployment: &Deployment<'_>, known: &str) -> Result<Said> {
    let config = std::fs::read_to_string(deployment.ssh_config())?;
    let usual = deployment.lab.folder.join("known_hosts").display().to_string();
    ensure!(config.contains(&usual), "the lab's configuration names no known hosts");
    let file = deployment.inventory("known_hosts");
    std::fs::write(&file, known)?;
    let own = deployment.inventory("ssh_config");
    std::fs::write(&own, config.replace(&usual, &file.display().to_string()))?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_vc4all-deploy"));
    command.arg("--ssh-config").arg(own).args(["up", "host.yml", "--yes"]).current_dir(deployment.folder.path());
    Said::of(command.env_remove("SSH_AUTH_SOCK").stdin(std::process::Stdio::null()))
}

fn other_key(deployment: &Deployment<'_>) -> Result<()> {
    let key = deployment.inventory("other");
    succeed(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key))?;
    let public = std::fs::read_to_string(key.with_extension("pub"))?;
    let before = deployment.host.state()?;
    let said = with_known_hosts(deployment, &format!("{} {public}", deployment.host.v4))?;
    said.ended(1)?;
    said.names(&["key", "changed", "help:"])?;
    same_state(&before, &deployment.host.state()?)
}

fn unknown_key(deployment: &Deployment<'_>) -> Result<()> {
    let said = with_known_hosts(deployment, "")?;
    said.ended(1)?;
    said.names(&["not known", "SHA256:", "host_key"])
}

fn elsewhere(deployment: &Deployment<'_>) -> Result<()> {
    deployment.lab.point(&deployment.domain, &["192.0.2.7"])?;
    let outcome = refuses(deployment, "host.yml", 1);
    deployment.lab.point(&deployment.domain, &[&deployment.host.name])?;
    outcome?.names(&["points to 192.0.2.7", &deployment.host.v4, "nothing was changed"])
}

/// Leaves room for apt's lists, and none for Java.
const FILL: &str = "fallocate -l $(($(df --output=avail -B1 /var | tail -n 1) - 260000000)) /var/fill";

fn full(deployment: &Deployment<'_>) -> Result<()> {
    let lab = repository().join("tests/lab/lab").display().to_string();
    let fill = [&lab, "host", "exec", &deployment.host.name, "sh", "-c", FILL];
    let said = dialogue(deployment, &["up", "host.yml"], &json!([{"await": "?", "run": fill, "type": "y"}]));
    deployment.host.run("rm -f /var/fill")?;
    let said = said?;
    let tail = said.out.lines().rev().take(12).collect::<Vec<_>>().join("\n");
    said.ended(6).with_context(|| tail.clone())?;
    ensure!(said.out.contains("space") && said.out.contains("as it was before"), "{tail}");
    taken_back(deployment)
}

fn rolled_back(deployment: &Deployment<'_>, inventory: &str) -> Result<Said> {
    let said = deployment.expect(6, &["up", inventory, "--yes"])?;
    taken_back(deployment)?;
    said.names(&["as it was before", "except for installed packages"])?;
    Ok(said)
}

/// Installed packages stay; whatever else was begun is not there any more.
fn taken_back(deployment: &Deployment<'_>) -> Result<()> {
    let left = deployment.host.run(
        "ls -d /var/lib/vc4all/lock /usr/sbin/policy-rc.d /var/lib/vc4all/current /etc/apt/sources.list.d/*itsi* \
            /usr/local/share/vc4all /etc/apt/keyrings/*itsi* /etc/nginx/sites-enabled/*vc4all* 2> /dev/null || :",
    )?;
    ensure!(left.is_empty(), "left behind: {left}");
    Ok(())
}

fn no_archive(deployment: &Deployment<'_>) -> Result<()> {
    let name = deployment.variant("no-archive.yml", "http://10.87.0.1:8087", "http://10.87.0.1:8999")?;
    rolled_back(deployment, &name)?.names(&["10.87.0.1:8999"])
}

fn other_signer(deployment: &Deployment<'_>) -> Result<()> {
    let name = deployment.variant("other-key.yml", "6B19 C8E2", "6B19 C8E3")?;
    rolled_back(deployment, &name)?.names(&["fingerprint"])
}

fn clean(deployment: &Deployment<'_>) -> Result<()> {
    let running = deployment.host.run("ss -Hltn; systemctl --failed --no-legend --plain")?;
    ensure!(running.lines().all(|line| line.contains(":22 ")), "{running}");
    let units = deployment.host.run("systemctl list-units --all --no-legend --plain 'vc4all*'")?;
    ensure!(units.trim().is_empty(), "{units}");
    Ok(())
}

fn small(lab: &Lab) -> Result<()> {
    let host = lab.small_host("e2e-small", Release::Bookworm)?;
    let deployment = Deployment::on(lab, &host)?;
    refuses(&deployment, "host.yml", 1)?.names(&["MiB are free below /var", "2048", "nothing was changed"])
}
