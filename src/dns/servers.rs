//! Whom this machine asks for names.

use anyhow::{Context as _, Result, ensure};
use resolv_conf::Config;
use std::fs;
use std::net::{IpAddr, SocketAddr};

const FILE: &str = "/etc/resolv.conf";
/// The port of the DNS (RFC 1035 §4.2).
const PORT: u16 = 53;
/// As many as the C library asks.
const MOST: usize = 2;

/// The given server, or otherwise the first ones of this machine's own file.
///
/// # Errors
/// When the file cannot be read, or names nobody.
pub fn servers(given: Option<SocketAddr>) -> Result<Vec<SocketAddr>> {
    if let Some(server) = given {
        return Ok(vec![server]);
    }
    named_in(&fs::read(FILE).with_context(|| format!("read {FILE}"))?)
}

fn named_in(text: &[u8]) -> Result<Vec<SocketAddr>> {
    // A line that this parser does not know is no reason to ask nobody.
    let (config, _) = Config::parse_with_errors(text);
    let addresses = config.nameservers.iter().map(|server| IpAddr::from(server.clone()));
    let servers: Vec<SocketAddr> = addresses.take(MOST).map(|address| SocketAddr::new(address, PORT)).collect();
    ensure!(!servers.is_empty(), "{FILE} names no server");
    Ok(servers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_servers_are_asked() {
        let text = b"# made by hand\nsearch example.nl\nnameserver 192.0.2.1\nfrobnicate\nnameserver 2001:db8::1\nnameserver 192.0.2.3\n";
        let servers = named_in(text).unwrap();
        assert_eq!(servers, ["192.0.2.1:53".parse().unwrap(), "[2001:db8::1]:53".parse().unwrap()]);
        assert!(named_in(b"search example.nl\n").is_err());
    }
}
