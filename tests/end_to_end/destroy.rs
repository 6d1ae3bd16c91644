//! `destroy`: everything that was made is gone, what stood there before is back, and a second life begins from scratch.

use crate::convergence::dialogue;
use crate::lab::{Lab, Release};
use crate::program::{Deployment, Said};
use crate::revocation;
use crate::story::Story;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A host of its own, from bare to bare and to a second life.
pub(crate) fn tell(story: &mut Story, lab: &Lab) -> Result<()> {
    let host = lab.host("e2e-destroy", Release::Bookworm)?;
    let deployment = Deployment::on(lab, &host)?;
    deployment.host.run(OWN)?;
    let before = listing(&deployment)?;
    story.check("destroy of a host that holds nothing of ours says so", || nothing_there(&deployment));
    let up = || deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify"]);
    if story.check("up beside files that were there before", up).is_none() {
        return Ok(());
    }
    story.check("destroy asks for the domain, and any other word changes nothing", || refuses(&deployment));
    story.check("destroy of another inventory's instance is refused", || foreign(&deployment));
    story.check("destroy that is killed in the middle is gone on with by the next one", || killed(&deployment));
    story.check("destroy leaves exactly what was there before", || same(&before, &listing(&deployment)?));
    story.check("after destroy nothing listens but sshd, and no unit failed", || quiet(&deployment));
    if story.check("a second life works from scratch", || again(&deployment)).is_some() {
        revocation::tell(story, &deployment);
    }
    story.check("destroy goes in one go, and revokes the certificate first", || in_one_go(&deployment));
    story.check("the second destroy leaves exactly what was there before", || same(&before, &listing(&deployment)?));
    Ok(())
}

/// Files of somebody who was there before us, at places that we use.
const OWN: &str = "
printf '/var/log/apt/*.log { weekly }\\n# of the house\\n' > /etc/logrotate.d/apt
chmod 640 /etc/logrotate.d/apt; chgrp adm /etc/logrotate.d/apt
mkdir -p /etc/systemd/journald.conf.d; printf '[Journal]\\nMaxLevelStore=info\\n' > /etc/systemd/journald.conf.d/vc4all.conf
printf 'kernel.sysrq = 0\\n' > /etc/sysctl.d/90-house.conf";

/// All paths with kind, mode, owner, target and digest, and all packages. What the kernel shows, what is volatile and
/// what logs are is left out.
fn listing(deployment: &Deployment<'_>) -> Result<Vec<String>> {
    let text = deployment.host.run(LISTING)?;
    Ok(text.lines().filter(|line| !is_of_debian(line)).map(str::to_owned).collect())
}

const LISTING: &str = r#"
export LC_ALL=C
dpkg-query -W -f 'package ${Package} ${Version} ${db:Status-Abbrev}\n'
systemctl list-unit-files --no-legend --no-pager | awk '{ print "unit", $1, $2 }'
leave_out="-path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /dev -o -path /var/cache -o -path /var/log"
find / -xdev \( $leave_out \) -prune -o -printf 'path %p %y %M %U %G %l\n' | sort
find / -xdev \( $leave_out \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | awk '{ print "sum", $2, $1 }'
ls -d /run/vc4all* /var/log/nginx /var/log/prosody /var/log/jitsi /usr/sbin/policy-rc.d 2> /dev/null || :
"#;

/// What Debian's own tools keep of packages that were: users and groups (Debian Policy §9.2.2), the notes of apt, dpkg and
/// ucf.
const OF_DEBIAN: [&str; 14] = [
    "/etc/passwd",
    "/etc/group",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/passwd-",
    "/etc/group-",
    "/etc/shadow-",
    "/etc/gshadow-",
    "/var/lib/apt/extended_states",
    "/var/lib/dpkg/status-old",
    "/var/lib/dpkg/statoverride-old",
    "/var/lib/dpkg/diversions-old",
    "/var/lib/apt/lists/auxfiles",
    "/var/lib/dpkg/statoverride",
];

fn is_of_debian(line: &str) -> bool {
    let path = line.split(' ').nth(1).unwrap_or_default();
    // Lists of the distribution are new; one of our own source, which is flat and has no `dists`, would be a trace.
    let lists =
        (path.starts_with("/var/lib/apt/lists/") && path.contains("_dists_")) || path.starts_with("/var/lib/ucf/");
    OF_DEBIAN.contains(&path) || lists
}

fn same(before: &[String], after: &[String]) -> Result<()> {
    let (old, new): (BTreeSet<&String>, BTreeSet<&String>) = (before.iter().collect(), after.iter().collect());
    let gone = old.difference(&new).map(|line| format!("- {line}"));
    let differ: Vec<String> = gone.chain(new.difference(&old).map(|line| format!("+ {line}"))).take(40).collect();
    ensure!(differ.is_empty(), "the host is not as it was before:\n{}", differ.join("\n"));
    Ok(())
}

fn nothing_there(deployment: &Deployment<'_>) -> Result<()> {
    let said = deployment.expect(0, &["destroy", "host.yml", "--confirm", &deployment.domain])?;
    said.names(&["there is nothing of ours"])
}

fn refuses(deployment: &Deployment<'_>) -> Result<()> {
    let before = deployment.host.state()?;
    deployment.expect(1, &["destroy", "host.yml"])?.names(&["no terminal", "--confirm"])?;
    deployment.expect(1, &["destroy", "host.yml", "--confirm", "meet.example.org"])?.names(&["meet.example.org"])?;
    let said = dialogue(deployment, &["destroy", "host.yml"], &json!([{"await": "Type the domain", "type": "yes"}]))?;
    said.ended(1)?;
    ensure!(said.out.contains("Nothing was changed") && said.out.contains("There is no way back"), "{}", said.out);
    crate::lab::same_state(&before, &deployment.host.state()?)
}

fn foreign(deployment: &Deployment<'_>) -> Result<()> {
    let other = deployment.variant("other.yml", &deployment.domain, "meet.example.org")?;
    let said = deployment.expect(1, &["destroy", &other, "--confirm", "meet.example.org"])?;
    said.names(&[&format!("it holds {}", deployment.domain), "help:"])
}

/// The work is killed while dpkg purges; the manifest is still there, and what was removed stays removed.
fn killed(deployment: &Deployment<'_>) -> Result<()> {
    deployment.host.run("echo '# edited' >> /etc/nginx/nginx.conf; echo '# edited' >> /etc/logrotate.d/apt")?;
    let said = std::thread::scope(|scope| -> Result<Said> {
        let run = scope.spawn(|| deployment.say(&["destroy", "host.yml", "--confirm", &deployment.domain]));
        let killed = kill_the_purge(deployment);
        let said = run.join().map_err(|_| anyhow::anyhow!("it panicked"))?;
        killed.and(said)
    })?;
    said.ended(1)?;
    ensure!(said.out.contains("somebody changed"), "edited files were not named:\n{}", said.out);
    deployment.host.run("test -s /var/lib/vc4all/current/manifest && dpkg --configure -a > /dev/null 2>&1")?;
    let again = deployment.expect(0, &["destroy", "host.yml", "--confirm", &deployment.domain])?;
    ensure!(again.out.contains("Nothing is left of what was made"), "{}", again.out);
    Ok(())
}

fn kill_the_purge(deployment: &Deployment<'_>) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(120);
    let half = "pgrep -x dpkg > /dev/null && ! dpkg-query -W -f '${db:Status-Abbrev}' jicofo 2> /dev/null | grep -q '^.i' && echo half || :";
    while deployment.host.run(half)?.trim() != "half" {
        ensure!(Instant::now() < deadline, "no purge was seen");
        std::thread::sleep(Duration::from_millis(50));
    }
    deployment.host.run("systemctl kill --signal=KILL 'vc4all-apply-*.service'").context("kill the work").map(drop)
}

fn quiet(deployment: &Deployment<'_>) -> Result<()> {
    let running =
        deployment.host.run("ss -Hltun; systemctl --failed --no-legend --plain; nft list tables 2> /dev/null || :")?;
    ensure!(running.lines().all(|line| line.contains(":22 ")), "{running}");
    Ok(())
}

fn again(deployment: &Deployment<'_>) -> Result<()> {
    deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify"])?.names(&["generation 1 is in force"])?;
    deployment.is_converged()
}

fn in_one_go(deployment: &Deployment<'_>) -> Result<()> {
    let serial = revocation::in_force(deployment)?;
    let kept = dialogue(
        deployment,
        &["destroy", "host.yml", "--keep-certificate"],
        &json!([{"await": "Type the domain", "type": "no"}]),
    )?;
    ensure!(kept.out.contains("stays good, as --keep-certificate says"), "{}", kept.out);
    let said = dialogue(
        deployment,
        &["destroy", "host.yml"],
        &json!([{"await": "Type the domain", "type": deployment.domain}]),
    )?;
    said.ended(0)?;
    ensure!(said.out.contains("Nothing is left of what was made"), "{}", said.out);
    for words in ["revoked at the authority", "done: close the account at the authority"] {
        ensure!(said.out.contains(words), "{words}:\n{}", said.out);
    }
    revocation::ceased(&serial)
}
