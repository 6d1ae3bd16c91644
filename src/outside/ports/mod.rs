//! Which TCP ports answer.
//!
//! UDP has no handshake: a port that is open and one that is closed behind a firewall are equally silent, so datagrams
//! are not tried here; those of STUN and TURN are in the look at the relay.

mod list;
mod scan;

pub use list::Reach;

use super::Way;
use crate::model::ports;
use anyhow::Result;
use std::net::IpAddr;

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// For each address of the instance.
    pub hosts: Vec<Host>,
}

/// What one address said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The address.
    pub address: IpAddr,
    /// Ports that took a connection, sorted.
    pub open: Vec<u16>,
    /// Ports that refused one aloud, sorted: no firewall stands before them.
    pub refused: Vec<u16>,
    /// How many ports were silent.
    pub silent: usize,
    /// How many ports were not tried, because there was no way to the address or no room on this machine.
    pub untried: usize,
    /// Why not, of the first of them.
    pub why: Option<String>,
}

impl Host {
    /// How many ports were tried.
    pub fn tried(&self) -> usize {
        self.open.len() + self.refused.len() + self.silent
    }
}

/// The TCP ports on which a deployment answers, when SSH is at `ssh`: sorted.
pub fn declared(ssh: &[u16]) -> Vec<u16> {
    let mut all = vec![ports::HTTP, ports::HTTPS, ports::TURN_TLS];
    all.extend_from_slice(ssh);
    all.sort_unstable();
    all.dedup();
    all
}

/// Tries the TCP ports of each address of the instance; `also` are ports beside those of `reach`.
///
/// # Errors
/// When the runtime cannot be started. An address that cannot be reached is a fact.
pub fn look(way: &Way, reach: Reach, also: &[u16]) -> Result<Facts> {
    let wanted = list::wanted(reach, also);
    Ok(Facts { hosts: scan::scan(&way.addresses, &wanted)? })
}
