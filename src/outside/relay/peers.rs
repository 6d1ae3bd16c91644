//! Whom a relay must not pass on to, and whom it must.

use super::Reply;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Somebody to whom the relay was asked to pass on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The address that was asked for.
    pub address: IpAddr,
    /// What it is.
    pub kind: Kind,
    /// What a permission for it brought (RFC 8656 §9).
    pub permission: Reply,
    /// What a channel to it brought (RFC 8656 §12); the way of the bridge is not asked for one.
    pub channel: Option<Reply>,
}

impl Peer {
    /// Whether the relay would pass on to it.
    pub fn is_allowed(&self) -> bool {
        let gave = |reply: &Reply| matches!(reply, Reply::Gave(_));
        gave(&self.permission) || self.channel.as_ref().is_some_and(gave)
    }
}

/// What a peer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The address of the bridge, which is the relay's own.
    Bridge,
    /// The host itself, or a network behind it.
    Inside,
    /// Many at once.
    Multicast,
    /// Somebody in the world.
    Stranger,
}

/// Loopback, "this host", private, shared, link-local with the cloud's own data, many, an address of documentation
/// (RFC 6890, RFC 5737), and one in the world: the lists of forbidden peers that people copy hold all others, and let
/// the relay serve everybody. A permission sends nothing to a peer, so the root server A hears nothing of it.
const V4: [(Ipv4Addr, Kind); 11] = [
    (Ipv4Addr::LOCALHOST, Kind::Inside),
    (Ipv4Addr::UNSPECIFIED, Kind::Inside),
    (Ipv4Addr::new(10, 0, 0, 1), Kind::Inside),
    (Ipv4Addr::new(172, 16, 0, 1), Kind::Inside),
    (Ipv4Addr::new(192, 168, 0, 1), Kind::Inside),
    (Ipv4Addr::new(169, 254, 169, 254), Kind::Inside),
    (Ipv4Addr::new(100, 64, 0, 1), Kind::Inside),
    (Ipv4Addr::new(224, 0, 0, 1), Kind::Multicast),
    (Ipv4Addr::BROADCAST, Kind::Multicast),
    (Ipv4Addr::new(192, 0, 2, 1), Kind::Stranger),
    (Ipv4Addr::new(198, 41, 0, 4), Kind::Stranger),
];

/// The same of IPv6, with IPv4 addresses in the clothes of IPv6 (RFC 4291 §2.5.5, RFC 6052 §2.1, RFC 3849).
const V6: [(Ipv6Addr, Kind); 11] = [
    (Ipv6Addr::LOCALHOST, Kind::Inside),
    (Ipv6Addr::UNSPECIFIED, Kind::Inside),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 1), Kind::Inside),
    (Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1), Kind::Inside),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), Kind::Inside),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1), Kind::Inside),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0x0a00, 1), Kind::Inside),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0x7f00, 1), Kind::Inside),
    (Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1), Kind::Multicast),
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 1), Kind::Stranger),
    (Ipv6Addr::new(0x2001, 0x0503, 0xba3e, 0, 0, 0, 2, 0x30), Kind::Stranger),
];

/// Who is asked for over an allocation of the family of `bridge`; the instance's `own` addresses are no strangers.
pub(super) fn wanted(bridge: IpAddr, own: &[IpAddr]) -> Vec<(IpAddr, Kind)> {
    let others: Vec<(IpAddr, Kind)> = match bridge {
        IpAddr::V4(_) => V4.iter().map(|(address, kind)| (IpAddr::V4(*address), *kind)).collect(),
        IpAddr::V6(_) => V6.iter().map(|(address, kind)| (IpAddr::V6(*address), *kind)).collect(),
    };
    let others = others.into_iter().filter(|(address, _)| !own.contains(address));
    std::iter::once((bridge, Kind::Bridge)).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::address::{Reach, reach};

    #[test]
    fn the_bridge_comes_first_and_own_addresses_are_nobody_else() {
        let own: Vec<IpAddr> = vec!["10.0.0.1".parse().unwrap(), "fd00::1".parse().unwrap()];
        for bridge in &own {
            let wanted = wanted(*bridge, &own);
            assert_eq!(wanted[0], (*bridge, Kind::Bridge));
            assert_eq!(wanted.len(), 11);
            let world = |(address, kind): &(IpAddr, Kind)| *kind == Kind::Stranger && reach(*address) == Reach::World;
            assert_eq!(wanted.iter().filter(|one| world(one)).count(), 1, "a list of special addresses is no proof");
            assert_eq!(wanted.iter().filter(|(address, _)| own.contains(address)).count(), 1);
            assert!(wanted.iter().all(|(address, _)| address.is_ipv4() == bridge.is_ipv4()));
        }
    }
}
