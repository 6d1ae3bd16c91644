//! A run of the program that goes on while something is done to it.

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

/// The program at work.
pub(crate) struct Going {
    child: Child,
    out: PathBuf,
    err: PathBuf,
    status: Option<ExitStatus>,
}

/// How it ended and what it had said.
#[derive(Debug, Clone)]
pub(crate) struct End {
    /// Nothing when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Going {
    pub(crate) fn start(command: &mut Command, folder: &Path) -> Result<Self> {
        let (out, err) = (folder.join("said.out"), folder.join("said.err"));
        let child = command.stdout(File::create(&out)?).stderr(File::create(&err)?).spawn().context("start it")?;
        Ok(Self { child, out, err, status: None })
    }

    /// What it has told people so far.
    pub(crate) fn told(&self) -> String {
        read(&self.err)
    }

    pub(crate) fn ended(&mut self) -> Result<bool> {
        if self.status.is_none() {
            self.status = self.child.try_wait()?;
        }
        Ok(self.status.is_some())
    }

    /// Waits until it says a word; false when it ends without.
    pub(crate) fn says(&mut self, word: &str, patience: Duration) -> Result<bool> {
        let deadline = Instant::now() + patience;
        loop {
            let over = self.ended()?;
            if self.told().contains(word) {
                return Ok(true);
            }
            if over {
                return Ok(false);
            }
            ensure!(Instant::now() < deadline, "it never says {word:?}:\n{}", self.told());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn signal(&mut self, signal: Signal) -> Result<()> {
        if self.ended()? {
            return Ok(());
        }
        let pid = Pid::from_raw(i32::try_from(self.child.id())?).context("no process")?;
        Ok(kill_process(pid, signal)?)
    }

    pub(crate) fn end(mut self, patience: Duration) -> Result<End> {
        let deadline = Instant::now() + patience;
        while !self.ended()? {
            ensure!(Instant::now() < deadline, "`up` does not end:\n{}", self.told());
            std::thread::sleep(Duration::from_millis(20));
        }
        let status = self.status.context("no status")?;
        Ok(End { code: status.code(), signal: status.signal(), out: read(&self.out), err: read(&self.err) })
    }
}

fn read(path: &Path) -> String {
    std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

impl Drop for Going {
    fn drop(&mut self) {
        // It has ended, or nobody waits for it any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
