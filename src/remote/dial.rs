//! Opens the TCP connection: every address of a name, both families, the first that answers wins (after RFC 8305).

use super::{Error, ErrorKind, Target};
use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long all addresses together may take.
const LONGEST_DIAL: Duration = Duration::from_secs(10);

/// Head start of an address before the next one is tried beside it (RFC 8305 §5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects without Nagle's algorithm, which makes each round trip of a script thirteen times slower.
///
/// # Errors
/// When the name is unknown, or no address answers.
pub(super) fn dial(target: &Target) -> Result<TcpStream, Error> {
    let addresses = resolve(target)?;
    let stream = race(&addresses).map_err(|causes| refused(target, &causes))?;
    stream.set_nodelay(true).map_err(|e| refused(target, &[(None, e)]))?;
    Ok(stream)
}

type Failure = (Option<SocketAddr>, io::Error);

fn resolve(target: &Target) -> Result<Vec<SocketAddr>, Error> {
    let unknown = |cause: String| {
        let help = "Check the host's address in the inventory, and that this machine can resolve names";
        Error::new(ErrorKind::Unreachable, &target.name, cause, help)
    };
    let found = (target.address.as_str(), target.port).to_socket_addrs();
    let found = found.map_err(|e| unknown(format!("the name {} cannot be resolved: {e}", target.address)))?;
    let (six, four): (Vec<_>, Vec<_>) = found.partition(SocketAddr::is_ipv6);
    let mut addresses = Vec::new();
    for at in 0..six.len().max(four.len()) {
        addresses.extend(six.get(at).into_iter().chain(four.get(at)));
    }
    addresses.dedup();
    if addresses.is_empty() {
        return Err(unknown(format!("the name {} has no address", target.address)));
    }
    Ok(addresses)
}

fn race(addresses: &[SocketAddr]) -> Result<TcpStream, Vec<Failure>> {
    let end = Instant::now() + LONGEST_DIAL;
    let (tell, heard) = mpsc::channel();
    let mut waiting = addresses.iter();
    let mut running = 0;
    let mut failures = Vec::new();
    loop {
        if let Some(address) = waiting.next().copied() {
            let tell = tell.clone();
            running += 1;
            // The thread of an address that lost ends by itself when its time is over.
            thread::spawn(move || {
                let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
                let _ = tell.send((address, TcpStream::connect_timeout(&address, left)));
            });
        }
        let left = end.saturating_duration_since(Instant::now());
        let wait = if waiting.len() > 0 { HEAD_START.min(left) } else { left + HEAD_START };
        match heard.recv_timeout(wait) {
            Ok((_, Ok(stream))) => return Ok(stream),
            Ok((address, Err(e))) => {
                failures.push((Some(address), e));
                running -= 1;
            }
            Err(RecvTimeoutError::Timeout) if waiting.len() > 0 => {}
            Err(_) => failures.push((None, io::ErrorKind::TimedOut.into())),
        }
        if waiting.len() == 0 && (running == 0 || Instant::now() > end) {
            return Err(failures);
        }
    }
}

fn refused(target: &Target, failures: &[Failure]) -> Error {
    let told: Vec<String> = failures
        .iter()
        .map(|(address, e)| match (address, e.kind()) {
            (Some(address), io::ErrorKind::TimedOut) => format!("{address} does not answer"),
            (Some(address), io::ErrorKind::ConnectionRefused) => format!("{address} refuses the connection"),
            (Some(address), _) => format!("{address}: {e}"),
            (None, _) => e.to_string(),
        })
        .collect();
    let help = if failures.iter().any(|(_, e)| e.kind() == io::ErrorKind::ConnectionRefused) {
        "Check that the SSH server runs on that port; `host.port` in the inventory names another one"
    } else {
        "Check that the host is on, that its address is right, and that no firewall is in between"
    };
    Error::new(ErrorKind::Unreachable, &target.name, format!("connect by SSH: {}", told.join("; ")), help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn closed() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    #[test]
    fn an_address_that_answers_wins_over_those_that_do_not() {
        let open = TcpListener::bind("[::1]:0").unwrap();
        let address = open.local_addr().unwrap();
        let begun = Instant::now();
        assert_eq!(race(&[closed(), closed(), address]).unwrap().peer_addr().unwrap(), address);
        assert!(begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn every_address_that_fails_is_told() {
        let addresses = [closed(), closed()];
        let failures = race(&addresses).unwrap_err();
        assert_eq!(failures.iter().filter_map(|(address, _)| *address).collect::<Vec<_>>(), addresses);
        assert!(failures.iter().all(|(_, e)| e.kind() == io::ErrorKind::ConnectionRefused));
    }
}
