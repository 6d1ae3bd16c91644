//! The work on a host, watched from beside it, and stopped dead at a step.

use crate::going::Going;
use crate::lab::Host;
use anyhow::{Context as _, Result, ensure};
use rustix::process::{getpriority_process, setpriority_process};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Waits for a run on a host that has not begun yet.
pub(crate) struct Watch {
    runs: PathBuf,
    known: BTreeSet<String>,
    group: PathBuf,
}

/// The script and all its children stand still until this value is dropped.
pub(crate) struct Paused {
    group: PathBuf,
    /// The last step that was begun; nought before the first.
    pub(crate) step: usize,
}

/// Longer than anything takes that may come before a step.
const PATIENCE: Duration = Duration::from_secs(240);

impl Watch {
    pub(crate) fn on(host: &Host) -> Result<Self> {
        let runs = host.tree().join("var/lib/vc4all/run");
        let known = names(&runs);
        Ok(Self { runs, known, group: host.group()? })
    }

    /// The run of a plan that has begun since; the order of a certificate has a run of its own, without steps.
    pub(crate) fn run(&self) -> Option<String> {
        names(&self.runs).difference(&self.known).find(|name| self.runs.join(name).join("steps").is_file()).cloned()
    }

    /// What the script has told so far.
    pub(crate) fn events(&self) -> String {
        self.run().map(|run| read(self.runs.join(run).join("events"))).unwrap_or_default()
    }

    /// Stops the work as soon as it has begun a step, and so many milliseconds have passed; nothing when the program or
    /// the work ends before.
    pub(crate) fn pause_at(&self, step: usize, later: Duration, going: &mut Going) -> Result<Option<Paused>> {
        self.pause_when(going, later, |events| last_step(events) >= step)
    }

    /// Stops the work as soon as its events say so.
    pub(crate) fn pause_when(
        &self,
        going: &mut Going,
        later: Duration,
        now: impl Fn(&str) -> bool,
    ) -> Result<Option<Paused>> {
        let deadline = Instant::now() + PATIENCE;
        let _first = Precedence::take();
        loop {
            if let Some(run) = self.run() {
                let unit = self.group.join(format!("system.slice/vc4all-apply-{run}.service"));
                let events = read(self.runs.join(&run).join("events"));
                // systemd makes the group first, and puts the script into it then.
                if now(&events) && !read(unit.join("cgroup.procs")).is_empty() {
                    std::thread::sleep(later);
                    return Ok(self.freeze(unit, &run));
                }
                if events.lines().any(|line| line.starts_with("end ")) {
                    return Ok(None);
                }
            }
            if going.ended()? {
                return Ok(None);
            }
            ensure!(Instant::now() < deadline, "the work never gets there:\n{}\n{}", self.events(), going.told());
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    fn freeze(&self, group: PathBuf, run: &str) -> Option<Paused> {
        fs::write(group.join("cgroup.freeze"), "1").ok()?;
        let deadline = Instant::now() + Duration::from_secs(5);
        // A process in the middle of a system call finishes it first.
        while !read(group.join("cgroup.events")).contains("frozen 1") && Instant::now() < deadline {
            std::thread::sleep(Duration::from_micros(500));
        }
        let step = last_step(&read(self.runs.join(run).join("events")));
        Some(Paused { group, step })
    }
}

/// This thread goes before others, or the work would be steps ahead on a busy machine.
struct Precedence(i32);

impl Precedence {
    fn take() -> Self {
        let usual = getpriority_process(None).unwrap_or(0);
        // Without the right to it a strike is less exact, and no less a strike.
        let _ = setpriority_process(None, -19);
        Self(usual)
    }
}

impl Drop for Precedence {
    fn drop(&mut self) {
        // See above.
        let _ = setpriority_process(None, self.0);
    }
}

impl Paused {
    /// Kills the script and everything that it started.
    pub(crate) fn kill_all(&self) -> Result<()> {
        fs::write(self.group.join("cgroup.kill"), "1").context("kill the group")
    }

    /// Kills the script alone: the oldest process of its group.
    pub(crate) fn kill_script(&self) -> Result<()> {
        let members = read(self.group.join("cgroup.procs"));
        let is_script = |pid: &&str| read(PathBuf::from(format!("/proc/{pid}/cmdline"))).contains("apply.sh");
        // At the very first moment it is not yet what it will be, and alone.
        let script = members.lines().find(is_script).or_else(|| members.lines().next());
        let pid: i32 = script.context("nobody in the group")?.parse()?;
        let pid = rustix::process::Pid::from_raw(pid).context("no process")?;
        Ok(rustix::process::kill_process(pid, rustix::process::Signal::KILL)?)
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        // It is gone when everything in it was killed.
        let _ = fs::write(self.group.join("cgroup.freeze"), "0");
    }
}

/// The number of the last step that was begun; one more than that when it is done, and nothing follows.
pub(crate) fn last_step(events: &str) -> usize {
    let number = |line: &str| line.strip_prefix("started ")?.parse().ok();
    events.lines().rev().find_map(number).unwrap_or(0)
}

fn names(folder: &PathBuf) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn read(path: PathBuf) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
