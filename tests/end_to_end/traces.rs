//! What must not be left behind: secrets, addresses of visitors, names of rooms, tokens.

use crate::meetings::Room;
use crate::program::{Deployment, Said};
use crate::story::Story;
use crate::visitor::Visitor;
use anyhow::{Context as _, Result, ensure};

/// What was said and used before.
pub(crate) struct Words {
    pub(crate) first: Said,
    pub(crate) rooms: Vec<Room>,
    /// What was used at the door.
    pub(crate) secrets: Vec<String>,
}

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor, words: &Words) {
    story.check("secrets are long, different, and root's alone", || secrets(deployment).map(drop));
    story.check("no secret is in what up says, in a generation, or in the operator's files", || {
        hidden(deployment, &words.first)
    });
    story.check("no log has a secret, a visitor's address, a room or a token", || logs(deployment, visitor, words));
    story.check("no process shows a secret in its arguments", || arguments(deployment));
    story.check("prosodyctl check config finds nothing", || {
        deployment.host.run("prosodyctl check config > /tmp/check 2>&1 || { cat /tmp/check; exit 1; }").map(drop)
    });
    story.check("no unit has failed", || {
        let failed = deployment.host.run("systemctl --failed --no-legend --plain")?;
        ensure!(failed.trim().is_empty(), "{failed}");
        Ok(())
    });
}

fn secrets(deployment: &Deployment<'_>) -> Result<Vec<String>> {
    let modes = deployment.host.run("stat -c '%a %U %G' /etc/vc4all/secrets/*")?;
    ensure!(modes.lines().all(|line| line == "600 root root"), "{modes}");
    let text = deployment.host.run("for name in focus jvb turn token; do cat /etc/vc4all/secrets/$name; echo; done")?;
    let found: Vec<String> = text.lines().map(str::to_owned).collect();
    ensure!(found.len() == 4 && found.iter().all(|secret| secret.len() >= 32), "they are too short or too few");
    let mut sorted = found.clone();
    sorted.sort();
    sorted.dedup();
    ensure!(sorted.len() == found.len(), "two secrets are the same");
    Ok(found)
}

fn hidden(deployment: &Deployment<'_>, first: &Said) -> Result<()> {
    let kept = deployment.host.run("cat /var/lib/vc4all/generations/*/plan /var/lib/vc4all/generations/*/steps")?;
    let json = deployment.expect(0, &["plan", "host.yml", "--json"])?.out;
    for secret in secrets(deployment)? {
        for (what, text) in [("output", &first.out), ("progress", &first.err), ("generation", &kept), ("JSON", &json)] {
            ensure!(!text.contains(&secret), "a secret is in the {what}");
        }
    }
    Ok(())
}

/// Everything that the host remembers in words: files below /var/log, the journal, and the state of the daemons.
const EVERYTHING: &str = "journalctl --flush 2> /dev/null || :
    journalctl --no-pager -o verbose > /tmp/journal.txt
    grep -rlaF -f /tmp/words /var/log /tmp/journal.txt /var/lib/prosody /var/lib/turn /var/lib/nginx 2> /dev/null |
    grep -v '^/var/log/journal/' || :";

fn logs(deployment: &Deployment<'_>, visitor: &Visitor, words: &Words) -> Result<()> {
    let mut wanted: Vec<String> = secrets(deployment)?;
    wanted.extend(visitor.addresses.iter().map(|way| way.from.clone()));
    for room in &words.rooms {
        let signature = room.token.rsplit('.').next().context("no signature")?;
        wanted.extend([room.name.clone(), signature.to_owned()]);
    }
    wanted.extend(words.secrets.iter().cloned());
    let list = wanted.join("\n");
    deployment.host.run(&format!("umask 077; cat > /tmp/words << 'END'\n{list}\nEND"))?;
    let found = deployment.host.run(EVERYTHING)?;
    let mut shown = String::new();
    for file in found.lines() {
        for word in &wanted {
            let count = deployment.host.run(&format!("grep -caF -e '{word}' '{file}' || :"))?;
            if count.trim() != "0" {
                let lines = deployment.host.run(&format!("grep -aF -e '{word}' '{file}' | head -n 2 | cut -c1-200"))?;
                shown += &format!("{file}: {word}: {}\n", lines.trim());
            }
        }
    }
    deployment.host.run("rm -f /tmp/words /tmp/journal.txt")?;
    // Secrets of a throw-away host; without them nobody could tell what leaked.
    ensure!(shown.is_empty(), "{shown}");
    Ok(())
}

/// What every user of the host can read of every process.
fn arguments(deployment: &Deployment<'_>) -> Result<()> {
    let shown =
        deployment.host.run("for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $file 2> /dev/null; echo; done")?;
    for secret in secrets(deployment)? {
        let guilty = shown.lines().find(|line| line.contains(&secret));
        ensure!(guilty.is_none(), "{}", guilty.unwrap_or_default().replace(&secret, "SECRET"));
    }
    Ok(())
}
