//! A certificate authority of our own, so that nobody else's orders suffer from what is done to it.

use crate::free_port::free_port;
use crate::lab::Lab;
use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How an authority behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Temper {
    /// Rejects no good nonce.
    Steady,
    /// Rejects every second one.
    HalfTheNonces,
    /// Looks at a port where nobody is.
    NoValidation,
}

/// A Pebble; it ends with this value.
pub(crate) struct Authority {
    child: Child,
    port: u16,
    /// The roots of its API and of what it issues.
    pub(crate) roots: String,
}

/// The lab's own pair for Pebble's API.
const PAIR: &str = "/run/vc4all-lab/pki";

/// Where an authority listens: its address stands in files of the host, so each new one takes the place of the last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    api: u16,
    management: u16,
}

impl Ports {
    pub(crate) fn free() -> Self {
        Self { api: free_port(), management: free_port() }
    }
}

impl Authority {
    pub(crate) fn start(folder: &Path, ports: Ports, temper: Temper) -> Result<Self> {
        let Ports { api: port, management } = ports;
        let config = folder.join(format!("pebble-{port}.json"));
        let validation = if temper == Temper::NoValidation { 9 } else { 80 };
        let gateway = Lab::GATEWAY;
        let text = serde_json::json!({ "pebble": {
            "listenAddress": format!("{gateway}:{port}"), "managementListenAddress": format!("{gateway}:{management}"),
            "certificate": format!("{PAIR}/api.pem"), "privateKey": format!("{PAIR}/api.key"),
            "httpPort": validation, "tlsPort": 443, "ocspResponderURL": "", "externalAccountBindingRequired": false,
        } });
        fs::write(&config, text.to_string())?;
        let log = File::create(folder.join(format!("pebble-{port}.log")))?;
        let nonces = if temper == Temper::HalfTheNonces { "50" } else { "0" };
        let child = Command::new("pebble")
            .args(["-strict", "-dnsserver", &format!("{gateway}:8053"), "-config"])
            .arg(&config)
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", nonces)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("start pebble")?;
        let mut authority = Self { child, port, roots: String::new() };
        authority.roots = fs::read_to_string(PathBuf::from(PAIR).join("ca.pem"))? + &root(management)?;
        Ok(authority)
    }

    pub(crate) fn directory(&self) -> String {
        format!("https://{}:{}/dir", Lab::GATEWAY, self.port)
    }

    /// It stands still and closes nothing.
    pub(crate) fn freeze(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    pub(crate) fn kill(&mut self) {
        // It is gone already when it cannot be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id())?).context("no process")?;
        Ok(kill_process(pid, signal)?)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The root of what it issues, as soon as it answers.
fn root(management: u16) -> Result<String> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = Command::new("curl")
            .args(["-fsS", "--max-time", "5", "--noproxy", "*", "--cacert", &format!("{PAIR}/ca.pem")])
            .arg(format!("https://{}:{management}/roots/0", Lab::GATEWAY))
            .output()
            .context("curl")?;
        if answer.status.success() {
            return Ok(String::from_utf8(answer.stdout)?);
        }
        ensure!(Instant::now() < deadline, "pebble does not answer: {}", String::from_utf8_lossy(&answer.stderr));
        std::thread::sleep(Duration::from_millis(50));
    }
}
