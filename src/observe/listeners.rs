//! Reads the listening sockets as `ss -Hltunp` prints them.

use crate::model::observed::{Listener, Transport};

/// A socket on another address than loopback; nothing when the line makes no sense.
pub(super) fn read(fields: &[&str]) -> Option<Listener> {
    listening(fields).filter(|socket| !socket.is_loopback())
}

/// A socket on whatever address; nothing when the line makes no sense.
pub fn listening(fields: &[&str]) -> Option<Listener> {
    let (transport, local) = (*fields.first()?, *fields.get(1)?);
    let transport = match transport {
        "tcp" => Transport::Tcp,
        "udp" => Transport::Udp,
        _ => return None,
    };
    let (address, port) = local.rsplit_once(':')?;
    let address = address.split('%').next()?.trim_start_matches('[').trim_end_matches(']');
    let address = address.chars().filter(char::is_ascii_graphic).take(50).collect();
    Some(Listener { transport, address, port: port.parse().ok()?, process: process(fields.get(2).unwrap_or(&"")) })
}

/// The name in `users:(("nginx",pid=812,fd=6))`.
fn process(users: &str) -> String {
    let name = users.split('"').nth(1).unwrap_or_default();
    name.chars().filter(|c| c.is_ascii_graphic()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_of_both_families_are_read() {
        let seen = read(&["tcp", "[::]:443", "users:((\"nginx\",pid=1,fd=2))"]);
        let wanted = Listener { transport: Transport::Tcp, address: "::".into(), port: 443, process: "nginx".into() };
        assert_eq!(seen, Some(wanted));
    }

    #[test]
    fn loopback_and_nonsense_are_left_out() {
        assert_eq!(read(&["tcp", "127.0.0.1:5280", ""]), None);
        assert_eq!(read(&["udp", "127.0.0.53%lo:53"]), None);
        assert_eq!(read(&["tcp", "0.0.0.0:99999"]), None);
        assert_eq!(read(&[]), None);
    }
}
