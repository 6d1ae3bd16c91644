//! TLS as a server speaks it, found out by what it answers to many first messages.
//!
//! Most of it needs no key: a first message offers one thing or another, and the answer is read as far as it is not
//! encrypted. Every address and port is asked the same in full, since two lines of one configuration file are enough to make
//! IPv4 and IPv6 differ. What is left out: renegotiation that a client begins (it needs a finished handshake of TLS 1.2 with
//! a library that can renegotiate; nginx refuses it always), and SSL 2.0 (OpenSSL cannot speak it since 2016).

mod answer;
mod chain;
mod facts;
mod hello;
mod line;
mod names;
mod reader;
mod session;
mod survey;

pub use facts::{Certificate, Endpoint, Facts, Hash, Key, Order, Silence, Spoken, Trust};
pub use names::{Group, Scheme, Suite, Version};

use super::Way;
use anyhow::Result;
use line::{Line, Places};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::thread;

/// The web server's port, and the one of TURN over TLS.
const PORTS: [u16; 2] = [443, 5349];

/// Looks at the TLS of every address; `now` is the clock for the chain, in seconds since 1970.
///
/// # Errors
/// Never yet: a port that cannot be seen says so itself.
pub fn look(way: &Way, now: i64) -> Result<Facts> {
    let all = way.addresses.iter().flat_map(|address| PORTS.map(|port| SocketAddr::new(*address, port)));
    Ok(look_at(way, &all.collect::<Vec<_>>(), now))
}

/// The same at any ports.
pub fn look_at(way: &Way, sockets: &[SocketAddr], now: i64) -> Facts {
    let places = Places::default();
    let places = &places;
    let looked: Vec<(SocketAddr, Result<Spoken>)> = thread::scope(|scope| {
        let look = |to: &SocketAddr| {
            let to = *to;
            (
                to,
                scope.spawn(move || {
                    let line = Line::new(way.domain.as_str(), to, way.patience, places);
                    survey::survey(&line, &way.roots, now)
                }),
            )
        };
        let under_way: Vec<_> = sockets.iter().map(look).collect();
        let fell = || Err(anyhow::anyhow!("the look fell"));
        under_way.into_iter().map(|(to, looking)| (to, looking.join().unwrap_or_else(|_| fell()))).collect()
    });
    let mut facts = Facts::default();
    for (to, spoken) in looked {
        let spoken = match spoken.map_err(|error| (fault(&error), error)) {
            Ok(spoken) => Ok(spoken),
            Err((Some(ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable), _)) => {
                facts.unrouted.push(to.ip());
                continue;
            }
            Err((Some(ErrorKind::ConnectionRefused), _)) => Err(Silence::Closed),
            Err((_, error)) => Err(Silence::Troubled(format!("{error:#}"))),
        };
        facts.endpoints.push(Endpoint { address: to.ip(), port: to.port(), spoken });
    }
    facts.unrouted.dedup();
    facts
}

/// What this machine's network said, if that is what went wrong.
fn fault(error: &anyhow::Error) -> Option<ErrorKind> {
    error.root_cause().downcast_ref::<io::Error>().map(io::Error::kind)
}

impl Facts {
    /// The ports of which something was seen.
    pub fn seen(&self) -> impl Iterator<Item = (&Endpoint, &Spoken)> {
        self.endpoints.iter().filter_map(|endpoint| endpoint.spoken.as_ref().ok().map(|spoken| (endpoint, spoken)))
    }
}
