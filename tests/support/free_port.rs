//! Ports that stay free until whoever asked for one listens there, or for good where nobody does.

use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below all ports that the system picks itself (Linux: from 32768): none of these is given to who asks for any.
const FIRST: u16 = 20_000;
const COUNT: u16 = 11_000;

/// A port that nobody on this machine uses, over TCP or UDP; no other call in this process gets it.
pub(crate) fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Several processes may look at once, so each begins somewhere else.
    let begin = u16::try_from(std::process::id() % 113).unwrap_or_default() * 97;
    loop {
        let step = GIVEN.fetch_add(1, Ordering::Relaxed);
        assert!(step < COUNT, "no port is free");
        let port = FIRST + (begin + step) % COUNT;
        if TcpListener::bind(("0.0.0.0", port)).is_ok() && UdpSocket::bind(("0.0.0.0", port)).is_ok() {
            return port;
        }
    }
}
