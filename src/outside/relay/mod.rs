//! STUN and TURN as a participant uses them.

mod door;
mod message;
mod peers;
mod wire;

pub use peers::{Kind, Peer};

use super::Way;
use super::talk::Service;
use crate::model::ports;
use crate::model::secret::Secret;
use anyhow::{Result, anyhow};
use std::net::{IpAddr, SocketAddr};
use std::thread;

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// For each address first the one over UDP, then the one over TLS.
    pub doors: Vec<Door>,
}

/// One way to the relay: an address and a transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The instance's address.
    pub address: IpAddr,
    /// How messages went.
    pub transport: Transport,
    /// From where they went; nothing when there was no way at all.
    pub here: Option<SocketAddr>,
    /// What a Binding request brought: our own address, as the server sees it (RFC 8489 §14.2).
    pub binding: Reply,
    /// What an Allocate request without credentials brought (RFC 8656 §7).
    pub without: Reply,
    /// The same with a password that nobody gave.
    pub wrong: Reply,
    /// The same with the credentials of a participant; nothing when there were none.
    pub with: Option<Reply>,
    /// To whom the relay would pass on; empty when there was no allocation.
    pub peers: Vec<Peer>,
}

impl Door {
    /// A door at which every request brings the same.
    fn closed(address: IpAddr, transport: Transport, reply: &Reply) -> Self {
        let same = || reply.clone();
        let (binding, without, wrong) = (same(), same(), same());
        Self { address, transport, here: None, binding, without, wrong, with: None, peers: Vec::new() }
    }

    /// Whether something answers STUN there at all.
    pub fn answers(&self) -> bool {
        matches!(self.binding, Reply::Gave(_) | Reply::Refused(_))
    }
}

/// How messages reach the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams to port 3478.
    Udp,
    /// A stream inside TLS to port 5349.
    Tls,
}

impl Transport {
    /// The port that it goes to.
    pub fn port(self) -> u16 {
        match self {
            Self::Udp => ports::TURN,
            Self::Tls => ports::TURN_TLS,
        }
    }

    /// How it is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tls => "TLS",
        }
    }
}

/// What a request brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A success, with the address that was given; the unspecified one where there is none to give.
    Gave(SocketAddr),
    /// An error with its number (RFC 8489 §14.8).
    Refused(u16),
    /// No answer, and why.
    Silent(String),
    /// This machine has no way to the address, and why: nothing is known of the relay.
    NoWay(String),
}

/// What a participant shows at the relay.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The name, which says until when they are good.
    pub username: Secret<String>,
    /// The password.
    pub password: Secret<String>,
}

impl Credentials {
    /// Those of the first service that came with a password.
    pub fn among(services: &[Service]) -> Option<Self> {
        services.iter().find_map(|service| {
            let password = service.password.clone()?;
            Some(Self { username: Secret::new(service.username.clone()), password })
        })
    }
}

/// Talks to the relay at each address of the instance. Allocations are given back.
///
/// # Errors
/// When the cryptography has no usable version of TLS. A relay that does not answer is a fact.
pub fn look(way: &Way, credentials: Option<&Credentials>) -> Result<Facts> {
    let tls = super::trusting::tls()?;
    let places = way.addresses.iter().flat_map(|address| [(*address, Transport::Udp), (*address, Transport::Tls)]);
    let doors: Result<Vec<Door>> = thread::scope(|scope| {
        let tls = &tls;
        let knocks: Vec<_> = places
            .map(|(address, transport)| scope.spawn(move || door::knock(way, (address, transport), tls, credentials)))
            .collect();
        let broke_off = |_| Err(anyhow!("a look at the relay broke off"));
        knocks.into_iter().map(|knock| knock.join().unwrap_or_else(broke_off)).collect()
    });
    Ok(Facts { doors: doors? })
}
