//! What the instance says without TLS.

use super::list::Wanted;
use crate::outside::fetch::{Ask, Page, Scheme, fetch_all};
use crate::outside::way::Way;
use std::net::IpAddr;

/// One answer on port 80.
#[derive(Debug, Clone)]
pub struct InClear {
    /// The address that was asked.
    pub address: IpAddr,
    /// Path and query.
    pub path: String,
    /// What came, or why nothing did.
    pub answer: Result<Page, String>,
}

/// Where challenges of a certificate authority lie (RFC 8555 §8.3); this one does not exist.
pub const CHALLENGE: &str = "/.well-known/acme-challenge/there-is-nothing";

/// Asks one address for pages, a room, signalling and a challenge over HTTP.
pub(super) fn look(way: &Way, address: IpAddr, wanted: &Wanted) -> Vec<InClear> {
    let room = format!("{}?a=b", wanted.room);
    let paths = ["/", &room, "/config.js", "/http-bind", CHALLENGE];
    let asks = paths.map(|path| Ask { scheme: Scheme::Http, port: 80, ..Ask::get(path) });
    let answers = paths.into_iter().zip(fetch_all(way, address, &asks));
    answers
        .map(|(path, answer)| InClear {
            address,
            path: path.to_owned(),
            answer: answer.map_err(|why| format!("{why:#}")),
        })
        .collect()
}
