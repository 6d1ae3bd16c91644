//! The way between the program and a host: bytes are counted, and from some byte on none comes through.

use crate::lab::{Host, succeed};
use anyhow::{Context as _, Result};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What becomes of a packet after the last byte that comes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// It comes through; bytes are only counted.
    Through,
    /// It vanishes.
    Silence,
    /// The other side is told that nobody is there.
    Reset,
}

/// Rules in the packet filter of the operator's machine, for SSH to one host; they go with this value.
pub(crate) struct Wire {
    table: String,
}

impl Wire {
    pub(crate) fn to(host: &Host, bytes: u64, after: After) -> Result<Self> {
        let table = format!("vc4all_faults_{}", host.number);
        let verdict = match after {
            After::Through => "accept",
            After::Silence => "drop",
            After::Reset => "reject with tcp reset",
        };
        let address = &host.v4;
        let text = format!(
            "table ip {table}\ndelete table ip {table}\ntable ip {table} {{
                counter everything {{ }}
                quota enough {{ over {bytes} bytes }}
                chain out {{
                    type filter hook output priority filter
                    ip daddr {address} tcp dport 22 counter name \"everything\" quota name \"enough\" {verdict}
                }}
                chain in {{
                    type filter hook input priority filter
                    ip saddr {address} tcp sport 22 counter name \"everything\" quota name \"enough\" {verdict}
                }}
            }}\n"
        );
        let mut nft = Command::new("nft").args(["-f", "-"]).stdin(Stdio::piped()).spawn().context("start nft")?;
        nft.stdin.take().context("no stdin")?.write_all(text.as_bytes())?;
        anyhow::ensure!(nft.wait()?.success(), "nft refuses\n{text}");
        Ok(Self { table })
    }

    /// How many bytes have come along.
    pub(crate) fn bytes(&self) -> Result<u64> {
        let text = succeed(Command::new("nft").args(["list", "counter", "ip", &self.table, "everything"]))?;
        let mut words = text.split_whitespace().skip_while(|word| *word != "bytes");
        words.nth(1).and_then(|number| number.parse().ok()).context("no counter")
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // It is replaced by the next one when it cannot be removed.
        let _ = Command::new("nft").args(["delete", "table", "ip", &self.table]).stderr(Stdio::null()).status();
    }
}
