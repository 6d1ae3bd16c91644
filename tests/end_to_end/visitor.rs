//! Somebody in the world, with addresses of their own that are looked for in the host's logs later.

use crate::lab::{repository, succeed};
use crate::program::Deployment;
use anyhow::{Context as _, Result, ensure};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// A visitor of one deployment.
pub(crate) struct Visitor {
    pub(crate) domain: String,
    pub(crate) addresses: [Path; 2],
    pub(crate) authority: PathBuf,
}

/// From one of the visitor's addresses to one of the host's.
pub(crate) struct Path {
    pub(crate) from: String,
    pub(crate) to: String,
}

/// An answer over HTTP; names of headers are in small letters.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

const BRIDGE: &str = "vc4allbr";

impl Visitor {
    /// A visitor from an address that nothing else uses: the number is the host's, alone on this machine.
    pub(crate) fn of(deployment: &Deployment<'_>) -> Result<Self> {
        let host = deployment.host;
        let v4 = Path { from: format!("198.51.100.{}", host.number), to: host.v4.clone() };
        let v6 = Path { from: format!("fd87::1:{}", host.number), to: host.v6.clone() };
        // Deprecated, so that this machine takes it only where somebody asks for it.
        let commands: [&[&str]; 2] = [
            &["addr", "replace", &format!("{}/32", v4.from), "dev", BRIDGE],
            &["addr", "replace", &format!("{}/128", v6.from), "dev", BRIDGE, "nodad", "preferred_lft", "0"],
        ];
        for arguments in commands {
            succeed(Command::new("ip").args(arguments))?;
        }
        let authority = deployment.lab.folder.join("ca.pem");
        Ok(Self { domain: deployment.domain.clone(), addresses: [v4, v6], authority })
    }

    /// Asks for a path over HTTPS and IPv4.
    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        self.ask(&self.addresses[0], &format!("https://{}{path}", self.domain), &[])
    }

    /// Asks for an address through one way; the certificate must be right.
    pub(crate) fn ask(&self, way: &Path, url: &str, more: &[&str]) -> Result<Answer> {
        let mut command = Command::new("curl");
        command.args(["-sS", "-i", "--globoff", "--noproxy", "*", "--max-time", "20", "--interface", &way.from]);
        command.arg("--cacert").arg(&self.authority).args(more);
        let to = if way.to.contains(':') { format!("[{}]", way.to) } else { way.to.clone() };
        command.args(["--connect-to", &format!("::{to}:"), url]);
        Answer::of(&succeed(&mut command)?)
    }

    /// Something that the scripts need to know, as JSON.
    pub(crate) fn as_json(&self) -> serde_json::Value {
        let ways: Vec<_> =
            self.addresses.iter().map(|way| serde_json::json!({"from": way.from, "to": way.to})).collect();
        serde_json::json!({"domain": self.domain, "ways": ways, "authority": self.authority})
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        for (way, length) in self.addresses.iter().zip([32, 128]) {
            let address = format!("{}/{length}", way.from);
            let _ = Command::new("ip").args(["addr", "del", &address, "dev", BRIDGE]).status();
        }
    }
}

impl Answer {
    fn of(text: &str) -> Result<Self> {
        let (head, body) = text.split_once("\r\n\r\n").context("no head in the answer")?;
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let mut headers = BTreeMap::new();
        for line in lines {
            let (name, value) = line.split_once(':').context("a header without a colon")?;
            let twice = headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            ensure!(twice.is_none(), "the header {name} comes twice");
        }
        Ok(Self { status: status.context("no status")?, headers, body: body.to_owned() })
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// A script of these tests in Python, unbuffered.
pub(crate) fn script(name: &str) -> Command {
    let mut command = Command::new("python3");
    command.args(["-B", "-u"]).arg(repository().join("tests/end_to_end").join(name));
    command
}
