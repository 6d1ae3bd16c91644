//! From a name to addresses: by the C library on the operator's machine, by `getent` on the host.

use super::Side;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use std::io::{Error, Result};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::task::{Context, Poll};
use std::vec::IntoIter;
use tower_service::Service;

/// How long `getent` may take, in seconds: several name servers that do not answer.
const PATIENCE: &str = "25";
/// The most addresses of a name that are looked at.
const MOST: usize = 32;

/// The addresses of a name, in the order in which they should be tried.
///
/// # Errors
/// When there are none, or nobody can say.
pub fn addresses(name: &str, side: Side) -> Result<Vec<IpAddr>> {
    if let Ok(address) = name.parse() {
        return Ok(vec![address]);
    }
    match side {
        Side::Operator => {
            let mut found: Vec<IpAddr> = (name, 0).to_socket_addrs()?.map(|address| address.ip()).collect();
            found.dedup();
            Ok(found)
        }
        Side::Host => by_host(name),
    }
}

/// Asks the host's own name services, in a process of their own.
fn by_host(name: &str) -> Result<Vec<IpAddr>> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if name.is_empty() || name.len() > 253 || !name.bytes().all(plain) || name.starts_with('-') {
        return Err(Error::other("it is not the name of a host"));
    }
    let mut question = Command::new("timeout");
    question.args([PATIENCE, "getent", "ahosts", name]).stdin(Stdio::null());
    let answer = question.output()?;
    let found = read(&String::from_utf8_lossy(&answer.stdout));
    if found.is_empty() {
        return Err(Error::other(match answer.status.code() {
            Some(124) => "no name server answers",
            _ => "the host knows no address of it",
        }));
    }
    Ok(found)
}

/// Each line of `getent ahosts` is an address, a kind of socket, and perhaps the name; an address comes once for each kind.
fn read(text: &str) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for address in text.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).take(MOST * 3) {
        if !found.contains(&address) && found.len() < MOST {
            found.push(address);
        }
    }
    found
}

/// What the HTTP client asks.
#[derive(Clone)]
pub(super) enum Names {
    /// The C library.
    Library(GaiResolver),
    /// `getent`.
    Host,
}

impl Names {
    /// The way of this side.
    pub(super) fn of(side: Side) -> Self {
        match side {
            Side::Operator => Self::Library(GaiResolver::new()),
            Side::Host => Self::Host,
        }
    }
}

impl Service<Name> for Names {
    type Response = IntoIter<SocketAddr>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        match self {
            Self::Library(library) => {
                let asked = library.call(name);
                Box::pin(async move { Ok(asked.await?.collect::<Vec<_>>().into_iter()) })
            }
            // Nothing else goes on meanwhile in this program.
            Self::Host => {
                let found = by_host(name.as_str());
                let ends = |list: Vec<IpAddr>| list.into_iter().map(|address| SocketAddr::new(address, 0));
                Box::pin(async move { Ok(ends(found?).collect::<Vec<_>>().into_iter()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_comes_once_and_in_order() {
        let text =
            "2001:db8::7 STREAM meet.example\n2001:db8::7 DGRAM \n192.0.2.7 STREAM\nfe80::1%eth0 RAW\nnonsense\n\n";
        assert_eq!(read(text), ["2001:db8::7".parse::<IpAddr>().unwrap(), "192.0.2.7".parse().unwrap()]);
        let many: String = (0..99).map(|n| format!("192.0.2.{n} STREAM\n")).collect();
        assert_eq!(read(&many).len(), MOST);
    }

    #[test]
    fn both_sides_find_this_machine() {
        for side in [Side::Operator, Side::Host] {
            let found = addresses("localhost", side).unwrap();
            assert!(found.iter().all(IpAddr::is_loopback) && !found.is_empty(), "{found:?}");
            assert_eq!(addresses("2001:db8::1", side).unwrap(), ["2001:db8::1".parse::<IpAddr>().unwrap()]);
        }
    }

    #[test]
    fn what_is_no_name_is_not_asked_for() {
        for name in ["", "-s", "a b", "$(id)", "a\n", "ü.example", &"a".repeat(254)] {
            assert!(by_host(name).is_err(), "{name:?}");
        }
        assert!(by_host("nowhere.invalid").is_err());
    }
}
