//! What visitors get who ask for another name than the instance's, or for a bare address.

use crate::outside::fetch::{Ask, Scheme, fetch_as};
use crate::outside::way::Way;
use anyhow::{Error, Result};
use std::net::IpAddr;

/// One such visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// The address that was asked.
    pub address: IpAddr,
    /// With or without TLS.
    pub scheme: Scheme,
    /// The name that was asked for.
    pub name: String,
    /// What came of it.
    pub welcome: Welcome,
}

/// What comes of such a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Welcome {
    /// The handshake was refused, or the connection was closed without an answer.
    Refused,
    /// There was an answer with this status.
    Answered(u16),
    /// Nothing can be said, and why.
    Unknown(String),
}

/// A name that is nobody's (RFC 2606 §2).
const NOBODY: &str = "somebody-else.invalid";

/// Asks one address under a name that is not the instance's, and under none.
pub(super) fn look(way: &Way, address: IpAddr) -> Vec<Stranger> {
    let bare = address.to_string();
    let visits = [(Scheme::Https, NOBODY), (Scheme::Https, &bare), (Scheme::Http, NOBODY), (Scheme::Http, &bare)];
    let visit = |(scheme, name): (Scheme, &str)| {
        let port = if scheme == Scheme::Https { 443 } else { 80 };
        let answer = fetch_as(way, address, name, &Ask { scheme, port, ..Ask::get("/") });
        Stranger { address, scheme, name: name.to_owned(), welcome: welcome(answer.map(|page| page.status)) }
    };
    std::thread::scope(|scope| {
        let visits: Vec<_> = visits.into_iter().map(|one| scope.spawn(move || visit(one))).collect();
        visits.into_iter().filter_map(|visit| visit.join().ok()).collect()
    })
}

fn welcome(answer: Result<u16>) -> Welcome {
    match answer {
        Ok(status) => Welcome::Answered(status),
        Err(why) if came_to_a_connection(&why) => Welcome::Refused,
        Err(why) => Welcome::Unknown(format!("{why:#}")),
    }
}

/// Whether somebody was there to refuse: only the connection itself and patience end otherwise.
fn came_to_a_connection(why: &Error) -> bool {
    let outside = |link: String| link == "connect" || link.starts_with("no answer within");
    !why.chain().any(|link| outside(link.to_string()))
}
