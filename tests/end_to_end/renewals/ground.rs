//! A host that renews by itself: how its work is begun from inside, and what came of it.

use super::authority::Authority;
use crate::breakages::{Finding, findings};
use crate::program::{Deployment, Said};
use anyhow::{Context as _, Result, bail, ensure};
use std::time::{Duration, Instant};
use vc4all_deploy::model::ledger::Ledger;

/// A deployment and the authority that its host asks.
pub(crate) struct Ground<'a> {
    pub(crate) deployment: &'a Deployment<'a>,
    pub(crate) authority: &'a Authority,
}

/// What a unit of the host is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// What the timer tells it.
    WhereDue,
    /// To renew, due or not.
    Now,
}

impl Task {
    fn unit(self) -> &'static str {
        match self {
            Self::WhereDue => "vc4all-renew.service",
            Self::Now => "vc4all-renew-now.service",
        }
    }
}

/// What one run of the unit said and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) ended_well: bool,
    pub(crate) said: String,
}

impl Run {
    pub(crate) fn well(self) -> Result<Self> {
        ensure!(self.ended_well, "the renewal failed:\n{}", self.said);
        Ok(self)
    }

    pub(crate) fn badly(self) -> Result<Self> {
        ensure!(!self.ended_well, "the renewal did not fail:\n{}", self.said);
        Ok(self)
    }

    pub(crate) fn says(&self, words: &[&str]) -> Result<()> {
        for word in words {
            ensure!(self.said.contains(word), "{word:?} does not stand in:\n{}", self.said);
        }
        Ok(())
    }
}

// Five starts in ten seconds are too many for systemd otherwise. A unit that nothing refers to is forgotten when it ends, and
// the name of its run with it.
const RUN: &str = r#"systemctl reset-failed $unit 2> /dev/null || :
before=$(journalctl -q -n 1 --show-cursor | sed -n 's/^-- cursor: //p')
if systemctl start $unit 2> /dev/null; then echo well; else echo badly; fi
journalctl --sync
journalctl -q -o cat --after-cursor="$before" _SYSTEMD_UNIT=$unit"#;

impl<'a> Ground<'a> {
    /// The inventory says that this authority is asked, and `more` in the section `tls`.
    pub(crate) fn new(deployment: &'a Deployment<'a>, authority: &'a Authority, more: &str) -> Result<Self> {
        let text = deployment.demo()?;
        let roots = deployment.lab.folder.join("ca.pem").display().to_string();
        let mine = format!("{}\n{more}", authority.roots.display());
        let changes = [("https://10.87.0.1:14000/dir", authority.directory.as_str()), (&roots, &mine)];
        let text = changes.iter().try_fold(text, |text, (old, new)| {
            ensure!(text.contains(old), "the inventory does not say {old}");
            Ok(text.replace(old, new))
        })?;
        std::fs::write(deployment.inventory("host.yml"), text)?;
        Ok(Self { deployment, authority })
    }

    pub(crate) fn up(&self) -> Result<()> {
        self.deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify"])?;
        self.in_force().map(drop)
    }

    pub(crate) fn run(&self, script: &str) -> Result<String> {
        self.deployment.host.run(script)
    }

    /// Lets the timer, on as before, start nothing before this story is over, whatever time of the day it is. Lasts until the
    /// host is restarted.
    pub(crate) fn put_off_timer(&self) -> Result<()> {
        self.run(SELDOM).map(drop)
    }

    /// Starts the unit and waits for its end.
    pub(crate) fn renew(&self, task: Task) -> Result<Run> {
        let said = self.run(&format!("unit={}\n{RUN}", task.unit()))?;
        let (end, said) = said.split_once('\n').context("no word about the end")?;
        Ok(Run { ended_well: end == "well", said: said.to_owned() })
    }

    /// Starts the unit, does something as soon as the new pair is linked, and leaves.
    pub(crate) fn renew_until_swapped(&self, then: &str) -> Result<String> {
        self.run(&format!("unit={}\n{AT_THE_SWAP}\n{then}", Task::Now.unit()))
    }

    /// Where this stands, of all that the host keeps: its files, and what it told its journal.
    pub(crate) fn places_of(&self, secret: &str) -> Result<String> {
        self.run(&EVERYWHERE.replace("SECRET", secret))
    }

    /// What the host wrote down.
    pub(crate) fn ledger(&self) -> Result<Ledger> {
        serde_json::from_str(&self.run("cat /var/lib/vc4all/renewal.json")?).context("the ledger")
    }

    /// Puts other notes in the place of the host's own.
    pub(crate) fn write_down(&self, ledger: &Ledger) -> Result<()> {
        let text = serde_json::to_string(ledger)?;
        self.run(&format!("cat > /var/lib/vc4all/renewal.json << 'END'\n{text}\nEND")).map(drop)
    }

    /// As if the authority had signed nothing for the host for a week: the last certificates of one are a renewal's.
    pub(crate) fn forget_the_week(&self) -> Result<()> {
        let mut ledger = self.ledger()?;
        ledger.attempts.signed = Default::default();
        self.write_down(&ledger)
    }

    /// The host's clock.
    pub(crate) fn clock(&self) -> Result<i64> {
        Ok(self.run("date +%s")?.trim().parse()?)
    }

    /// What `verify` says about the renewal, whatever it says about the rest.
    pub(crate) fn promise(&self) -> Result<Finding> {
        let said = Said::of(&mut self.deployment.in_the_world(&["verify", "host.yml", "--json"]))?;
        ensure!(matches!(said.code, 0 | 3), "exit code {}: {}", said.code, said.err);
        findings(&said)?.remove("renewal").context("verify does not speak of the renewal")
    }

    /// The serial number of the one pair that the link, 443 and 5349 agree on; the key is that of the certificate.
    pub(crate) fn in_force(&self) -> Result<String> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let linked = self.run(LINKED)?;
            let mut lines = linked.lines();
            let (serial, keys) = (lines.next().unwrap_or_default(), [lines.next(), lines.next()]);
            ensure!(keys[0].is_some() && keys[0] == keys[1], "the key is not that of the certificate: {linked}");
            let shown = [self.deployment.serial(443)?, self.deployment.serial(5349)?];
            if shown.iter().all(|shown| shown.trim() == serial) {
                return Ok(serial.to_owned());
            }
            ensure!(Instant::now() < deadline, "a mix: {serial} is linked, shown are {shown:?}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Seconds until only a third of the lifetime is left.
    pub(crate) fn seconds_until_due(&self) -> Result<i64> {
        Ok(self.run(UNTIL_DUE)?.trim().parse::<i64>()?)
    }

    pub(crate) fn wait_until_due(&self) -> Result<()> {
        let left = self.seconds_until_due()?;
        ensure!(left < 120, "the certificate is not due for another {left} s");
        std::thread::sleep(Duration::from_secs(u64::try_from(left + 1).unwrap_or(0)));
        Ok(())
    }

    /// Waits until nobody works on the host any more.
    pub(crate) fn wait_for_lock(&self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(90);
        while self.run("ls -d /var/lib/vc4all/lock 2> /dev/null || :")?.contains("lock") {
            if Instant::now() > deadline {
                bail!("the host stays locked: {}", self.run("cat /var/lib/vc4all/lock/* || :")?);
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        Ok(())
    }
}

const SELDOM: &str = r#"mkdir -p /run/systemd/system/vc4all-renew.timer.d
printf '[Timer]\nOnCalendar=\nOnCalendar=%s\nRandomizedDelaySec=0\n' "$(date -d '+11 hours' +%H:%M)" > /run/systemd/system/vc4all-renew.timer.d/lab.conf
systemctl daemon-reload
systemctl restart vc4all-renew.timer
while [ "$(systemctl is-active vc4all-renew.service)" = activating ]; do sleep 0.2; done"#;

const EVERYWHERE: &str = "grep -rslF --exclude-dir=archives -e SECRET /etc /var /usr/local /root /home /run /tmp || :
journalctl -q -o cat | grep -F -e SECRET || :";

// Nginx takes a while to reload, so that there is a middle to be struck in.
const AT_THE_SWAP: &str = r#"mkdir -p /run/systemd/system/nginx.service.d
printf '[Service]\nExecReload=\nExecReload=/bin/sleep 4\nExecReload=/bin/kill -HUP $MAINPID\n' > /run/systemd/system/nginx.service.d/lab.conf
systemctl daemon-reload
live=/var/lib/vc4all/tls/live before=$(readlink /var/lib/vc4all/tls/live)
systemctl start --no-block $unit
tries=0
while [ "$(readlink $live)" = "$before" ]; do
    tries=$((tries + 1))
    [ $tries -lt 2000 ] || { journalctl -q -n 20 -u $unit; exit 1; }
    sleep 0.02
done
rm -r /run/systemd/system/nginx.service.d/lab.conf"#;

const LINKED: &str = r#"cd /var/lib/vc4all/tls/live
openssl x509 -in fullchain.pem -noout -serial
openssl x509 -in fullchain.pem -noout -pubkey | sha256sum
openssl pkey -in privkey.pem -pubout | sha256sum"#;

const UNTIL_DUE: &str = r#"at() { date -d "$(openssl x509 -in /var/lib/vc4all/tls/live/fullchain.pem -noout "$1" | cut -d= -f2)" +%s; }
from=$(at -startdate) to=$(at -enddate)
echo $((to - (to - from) / 3 - $(date +%s)))"#;
