//! How each fault is brought about, and how it goes away again.

use crate::authority::{Authority, Temper};
use crate::case::{Case, Change, Kind};
use crate::dice::Dice;
use crate::going::End;
use crate::ground::{Ground, Reference};
use crate::lab::OTHER_APT;
use crate::mirror::{Harm, Mirror};
use crate::watch::Watch;
use crate::wire::{After, Wire};
use anyhow::{Context as _, Result};
use rustix::process::Signal;
use std::path::PathBuf;
use std::time::Duration;

/// One run from its start until the fault is over.
pub(crate) struct Struck {
    pub(crate) end: End,
    /// The step at which it struck, where there was one.
    pub(crate) step: Option<usize>,
    /// The inventory that was wanted.
    pub(crate) inventory: &'static str,
    /// What an authority that stays alive needs to go on after the fault.
    _authority: Option<Authority>,
}

/// A run and what is done to it.
pub(crate) struct Strike<'a> {
    pub(crate) ground: &'a Ground<'a>,
    pub(crate) case: Case,
    pub(crate) reference: &'a Reference,
    pub(crate) dice: Dice,
}

impl Strike<'_> {
    /// The host is booted and nothing is wrong yet.
    pub(crate) fn play(mut self) -> Result<Struck> {
        let kind = self.case.kind;
        if kind.strikes_at_a_step() {
            return self.at_a_step();
        }
        if kind.cuts() {
            return self.on_the_wire();
        }
        match kind {
            Kind::HeldApt => self.held_apt(),
            Kind::NoMirror | Kind::RubbishMirror | Kind::ForgedMirror => self.mirror(),
            Kind::ClockBehind | Kind::ClockAhead => self.clock(),
            _ if kind.is_of_the_authority() => self.authority(),
            Kind::GateElsewhere => self.gate_elsewhere(),
            _ => self.gate_hindered(),
        }
    }

    fn struck(&self, end: End, step: Option<usize>) -> Struck {
        Struck { end, step, inventory: self.case.change.inventory(), _authority: None }
    }

    /// Within the step or, as often, right at its beginning.
    fn moment(&mut self) -> Duration {
        let within = if self.dice.percent(50) { 0 } else { self.dice.below(40) };
        Duration::from_millis(u64::try_from(within).unwrap_or(0))
    }

    fn at_a_step(&mut self) -> Result<Struck> {
        let (watch, later) = (Watch::on(self.ground.host)?, self.moment());
        let room = self.dice.below(65_536);
        let mut going = self.ground.going(self.case.change.inventory())?;
        let Some(paused) = watch.pause_at(self.case.step, later, &mut going)? else {
            let end = self.ground.end(going)?;
            return Ok(self.struck(end, None));
        };
        let (host, step) = (self.ground.host, Some(paused.step));
        match self.case.kind {
            Kind::KillProgram => going.signal(Signal::KILL)?,
            Kind::Interrupt => going.signal(Signal::INT)?,
            Kind::KillScript => paused.kill_script()?,
            Kind::KillWork => paused.kill_all()?,
            Kind::FullDisk => host.fill_disk(room)?,
            Kind::ReadOnly => host.run(READ_ONLY).map(drop)?,
            Kind::PowerCut => host.cut_power()?,
            _ => {}
        }
        drop(paused);
        match self.case.kind {
            Kind::Reboot => host.reboot()?,
            Kind::PowerCut => host.power_on()?,
            _ => {}
        }
        if self.case.kind == Kind::FullDisk {
            // Where the way back finds no room either, the host tries again until somebody has made some.
            let _ = going.says("sets itself right", Duration::from_secs(180));
            host.widen_disk()?;
        }
        if self.case.kind == Kind::ReadOnly {
            // The program waits for the host to set itself right, which it cannot; meanwhile somebody mends the disk and
            // boots it, as one does: after a minute at the latest.
            let _ = going.says("sets itself right", Duration::from_secs(60));
            host.run(WRITABLE)?;
            host.reboot()?;
        }
        let end = self.ground.end(going)?;
        Ok(self.struck(end, step))
    }

    /// The case's step is a slice of all bytes, one of a hundred.
    fn on_the_wire(&mut self) -> Result<Struck> {
        let slice = self.reference.bytes / 100;
        let within = self.dice.number() % slice.max(1);
        let bytes = slice * u64::try_from(self.case.step)? + within;
        let after = match self.case.kind {
            Kind::CutForAWhile => After::Silence,
            Kind::CutForGood if self.case.step.is_multiple_of(10) => After::Silence,
            _ => After::Reset,
        };
        let wire = Wire::to(self.ground.host, bytes, after)?;
        let mut going = self.ground.going(self.case.change.inventory())?;
        if self.case.kind != Kind::CutForGood {
            while wire.bytes()? <= bytes && !going.ended()? {
                std::thread::sleep(Duration::from_millis(10));
            }
            if self.case.kind == Kind::CutForAWhile {
                std::thread::sleep(Duration::from_secs(3));
            }
            drop(wire);
            let end = self.ground.end(going)?;
            return Ok(self.struck(end, None));
        }
        let end = self.ground.end(going)?;
        drop(wire);
        Ok(self.struck(end, None))
    }

    fn held_apt(&mut self) -> Result<Struck> {
        let host = self.ground.host;
        host.run(OTHER_APT)?;
        let mut going = self.ground.going(self.case.change.inventory())?;
        if going.says("apt is locked by", Duration::from_secs(120))? {
            std::thread::sleep(Duration::from_millis(self.dice.number() % 3000));
        }
        host.run("systemctl stop other-apt.service; rm -rf /run/other-apt /root/other-apt.pl")?;
        let end = self.ground.end(going)?;
        Ok(self.struck(end, None))
    }

    fn mirror(&mut self) -> Result<Struck> {
        let harm = if self.case.kind == Kind::RubbishMirror { Harm::Rubbish } else { Harm::Forgery };
        let mirror = Mirror::start(harm)?;
        let address = if self.case.kind == Kind::NoMirror { "http://10.87.0.1:9".to_owned() } else { mirror.address() };
        let host = self.ground.host;
        host.run(&format!("echo 'Acquire::http::Proxy \"{address}\";' > /etc/apt/apt.conf.d/99faults"))?;
        let end = self.ground.up(self.case.change.inventory());
        host.run("rm -f /etc/apt/apt.conf.d/99faults")?;
        Ok(self.struck(end?, None))
    }

    fn clock(&mut self) -> Result<Struck> {
        let days = match self.case.kind {
            Kind::ClockBehind => -2 - i64::try_from(self.dice.below(20))?,
            _ => 20 + i64::try_from(self.dice.below(300))?,
        };
        let host = self.ground.host;
        let library = host.tree().join("usr/lib/libfaketime.so.1");
        std::fs::copy(other_clock().context("libfaketime is not installed")?, &library)?;
        host.run(&CLOCK.replace("DAYS", &format!("{days:+}")))?;
        let end = self.ground.up(self.case.change.inventory());
        host.run(CLOCK_RIGHT)?;
        // Daemons that were started meanwhile would go on with the wrong clock.
        host.reboot()?;
        Ok(self.struck(end?, None))
    }

    fn authority(&mut self) -> Result<Struck> {
        let temper = match self.case.kind {
            Kind::NoValidation => Temper::NoValidation,
            Kind::HalfTheNonces => Temper::HalfTheNonces,
            _ => Temper::Steady,
        };
        let mut authority = self.ground.new_authority(temper)?;
        let mut going = self.ground.going(self.case.change.inventory())?;
        if self.case.kind == Kind::AuthorityStops {
            let word = *self.dice.pick(&[
                "the authority at",
                "is kept on the host",
                "serves the challenge",
                "looks at",
                "signs",
            ]);
            if going.says(word, Duration::from_secs(240))? {
                std::thread::sleep(Duration::from_millis(self.dice.number() % 60));
                if self.dice.percent(30) { authority.freeze()? } else { authority.kill() }
            }
        }
        let end = self.ground.end(going)?;
        drop(authority);
        let authority = self.ground.new_authority(Temper::Steady)?;
        Ok(Struck { _authority: Some(authority), ..self.struck(end, None) })
    }

    fn gate_elsewhere(&mut self) -> Result<Struck> {
        let inventory = if self.case.step.is_multiple_of(2) { "elsewhere.yml" } else { "elsewhere-turn.yml" };
        let end = self.ground.up(inventory)?;
        Ok(self.struck(end, None))
    }

    /// A unit that cannot come up when its turn comes; what hinders it goes when the work has failed.
    fn gate_hindered(&mut self) -> Result<Struck> {
        let units: Vec<(usize, &str)> =
            (1..).zip(&self.reference.steps).filter_map(|(n, line)| Some((n, unit(line)?))).collect();
        let taken = self.case.kind == Kind::GateTaken;
        let fits: Vec<_> = units.into_iter().filter(|(_, name)| !taken || port(name).is_some()).collect();
        let (step, name) =
            fits.get(self.case.step % fits.len().max(1)).copied().context("no such unit in this plan")?;
        let watch = Watch::on(self.ground.host)?;
        let mut going = self.ground.going(self.case.change.inventory())?;
        let Some(paused) = watch.pause_at(step, Duration::ZERO, &mut going)? else {
            let end = self.ground.end(going)?;
            return Ok(self.struck(end, None));
        };
        let (hinder, free) = hindrance(name, port(name).filter(|_| taken));
        self.ground.host.run(&hinder)?;
        drop(paused);
        let failed = watch.pause_when(&mut going, Duration::ZERO, |events| events.contains("\nfailed "))?;
        self.ground.host.run(&free)?;
        drop(failed);
        let end = self.ground.end(going)?;
        Ok(self.struck(end, Some(step)))
    }
}

fn hindrance(name: &str, port: Option<u16>) -> (String, String) {
    match port {
        Some(port) => (
            format!("systemctl stop {name}\n{}", LISTEN.replace("PORT", &port.to_string())),
            "systemctl stop foreign.service 2> /dev/null || :; rm -f /root/foreign.pl".to_owned(),
        ),
        None => (
            format!(
                "mkdir -p /run/systemd/system/{name}.d
                printf '[Unit]\\nConditionPathExists=!/\\nAssertPathExists=!/\\n' > /run/systemd/system/{name}.d/fault.conf
                systemctl daemon-reload"
            ),
            format!("rm -r /run/systemd/system/{name}.d; systemctl daemon-reload"),
        ),
    }
}

/// The unit that a step wakes so that it starts anew.
fn unit(line: &str) -> Option<&str> {
    let mut words = line.split('\t');
    let (verb, name, act) = (words.next()?, words.next()?, words.next()?);
    let daemons =
        ["prosody.service", "jicofo.service", "jitsi-videobridge2.service", "coturn.service", "nginx.service"];
    (verb == "unit" && matches!(act, "start" | "restart") && daemons.contains(&name)).then_some(name)
}

fn port(name: &str) -> Option<u16> {
    match name {
        "nginx.service" => Some(443),
        "prosody.service" => Some(5280),
        "coturn.service" => Some(5349),
        "jicofo.service" => Some(8888),
        _ => None,
    }
}

/// The library that shows programs another clock, where it is installed.
pub(crate) fn other_clock() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut files = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    files.find(|file| file.is_file())
}

/// Everything that is started from now on, by systemd and over SSH, sees another clock; daemons measure time as before.
const CLOCK: &str = r#"systemctl set-environment LD_PRELOAD=/usr/lib/libfaketime.so.1 FAKETIME=DAYSd DONT_FAKE_MONOTONIC=1 FAKETIME_NO_CACHE=0
cp -a /etc/environment /run/environment.before
printf 'LD_PRELOAD=/usr/lib/libfaketime.so.1\nFAKETIME=DAYSd\nDONT_FAKE_MONOTONIC=1\n' >> /etc/environment"#;
const CLOCK_RIGHT: &str = "systemctl unset-environment LD_PRELOAD FAKETIME DONT_FAKE_MONOTONIC FAKETIME_NO_CACHE
cp -a /run/environment.before /etc/environment
rm -f /usr/lib/libfaketime.so.1";

/// New mounts over the folders, because files that are open for writing would keep the old one writable.
const READ_ONLY: &str =
    "for place in /etc /usr /var /root; do mount --bind $place $place && mount -o remount,bind,ro $place; done";
const WRITABLE: &str = "for place in /etc /usr /var /root; do umount --lazy $place; done";

/// Somebody else who listens on a port.
const LISTEN: &str = r#"echo 'use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => PORT, Listen => 1) or die; sleep 600' > /root/foreign.pl
systemd-run --quiet --collect --unit=foreign perl /root/foreign.pl
tries=0
until ss -Hltn "sport = :PORT" | grep -q .; do tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1; sleep 0.1; done"#;

/// Changes in which a kind of fault finds something to spoil.
pub(crate) fn changes(kind: Kind) -> &'static [Change] {
    match kind {
        Kind::HeldApt | Kind::NoMirror | Kind::RubbishMirror | Kind::ForgedMirror => &[Change::Packages, Change::First],
        Kind::NoValidation | Kind::HalfTheNonces | Kind::AuthorityStops => &[Change::Certificate],
        Kind::GateElsewhere => &[Change::Settings],
        Kind::GateMasked => &[Change::Settings, Change::First],
        Kind::GateTaken => &[Change::First],
        _ => &Change::ALL,
    }
}
