//! What counts as the instance itself: its names, its addresses, and names that never leave the host.

use super::address::{Reach, reach};
use crate::model::deployment::Deployment;
use crate::model::subject::SubjectName;
use crate::model::traits::Traits;
use crate::model::values::{Address, Domain};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// XMPP names below the domain (Jitsi's default layout). They are listed one by one: any other name below the domain
/// could be the address of somebody else's server, as trackers like to have it.
const CHILDREN: [&str; 13] = [
    "auth",
    "internal.auth",
    "guest",
    "recorder",
    "conference",
    "breakout",
    "lobby",
    "focus",
    "metadata",
    "speakerstats",
    "endconference",
    "avmoderation",
    "polls",
];

/// Names without a dot that lead to the host itself, or to nobody: nginx's own upstreams and sockets.
const LOCAL: [&str; 4] = ["localhost", "unix", "vc4all_door", "vc4all_prosody"];

/// The instance's names and addresses.
#[derive(Debug)]
pub struct Instance {
    names: BTreeSet<String>,
    addresses: BTreeSet<IpAddr>,
}

impl Instance {
    /// Those of a deployment on a host.
    pub fn of(deployment: &Deployment, traits: &Traits) -> Self {
        let domain = deployment.domain.as_str();
        let below = CHILDREN.iter().map(|child| format!("{child}.{domain}"));
        let local = LOCAL.iter().map(|&name| name.to_owned());
        let mut names: BTreeSet<String> = below.chain(local).chain([domain.to_owned()]).collect();
        let mut addresses: BTreeSet<IpAddr> = traits.addresses.iter().copied().collect();
        for mapping in &deployment.media.nat {
            addresses.extend([mapping.local, mapping.public]);
        }
        match &deployment.host.address {
            Address::Ip(address) => _ = addresses.insert(*address),
            Address::Name(name) if Domain::parse(name).is_ok() => _ = names.insert(name.to_lowercase()),
            Address::Name(_) => {}
        }
        // The authority makes sure that these lead to us. Of a name for all below a domain, files show the domain itself.
        for name in &deployment.tls.names {
            match name {
                SubjectName::Host(domain) | SubjectName::Below(domain) => _ = names.insert(domain.to_string()),
                SubjectName::Address(address) => _ = addresses.insert(*address),
            }
        }
        Self { names, addresses }
    }

    /// Whether this name, in lower case, is the instance's.
    pub fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether this address is the instance's, or leads to nobody on the Internet.
    pub fn has_address(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address.to_canonical()) || reach(address) != Reach::World
    }
}

/// Takes `host:port` apart; the host comes in lower case, an IPv6 address without its brackets.
pub fn host_and_port(authority: &str) -> (String, Option<u16>) {
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host.to_lowercase(), rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host.to_lowercase(), port.parse().ok()),
        _ => (authority.to_lowercase(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_an_authority_apart() {
        for (text, host, port) in [
            ("Meet.Example.nl", "meet.example.nl", None),
            ("meet.example.nl:8443", "meet.example.nl", Some(8443)),
            ("[2001:DB8::1]:443", "2001:db8::1", Some(443)),
            ("[2001:db8::1]", "2001:db8::1", None),
            ("10.0.0.1:", "10.0.0.1", None),
            ("", "", None),
        ] {
            assert_eq!(host_and_port(text), (host.to_owned(), port), "{text}");
        }
    }
}
