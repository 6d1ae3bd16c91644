//! Which addresses lead into the world, and which ones stay at home or lead nowhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The host itself: loopback, or no address at all (`0.0.0.0`, `::`).
    Host,
    /// A network that nobody can reach over the Internet, documentation, or a group of listeners (IANA's registries of
    /// special-purpose addresses, RFC 6890).
    Nowhere,
    /// Somebody, somewhere.
    World,
}

/// How far this address reaches; an IPv4 address inside of an IPv6 one reaches as far as the IPv4 one.
pub fn reach(address: IpAddr) -> Reach {
    match address.to_canonical() {
        IpAddr::V4(address) if address.is_loopback() || address.is_unspecified() => Reach::Host,
        IpAddr::V6(address) if address.is_loopback() || address.is_unspecified() => Reach::Host,
        IpAddr::V4(address) => special(SPECIAL_V4.iter().any(|range| range.holds(address))),
        IpAddr::V6(address) => special(SPECIAL_V6.iter().any(|range| range.holds(address))),
    }
}

fn special(special: bool) -> Reach {
    if special { Reach::Nowhere } else { Reach::World }
}

/// A block of addresses: its first one, and how many leading bits all of it share.
struct Range<A>(A, u32);

impl Range<Ipv4Addr> {
    fn holds(&self, address: Ipv4Addr) -> bool {
        (address.to_bits() ^ self.0.to_bits()).leading_zeros() >= self.1
    }
}

impl Range<Ipv6Addr> {
    fn holds(&self, address: Ipv6Addr) -> bool {
        (address.to_bits() ^ self.0.to_bits()).leading_zeros() >= self.1
    }
}

/// IANA IPv4 Special-Purpose Address Registry, and multicast (RFC 5771).
const SPECIAL_V4: [Range<Ipv4Addr>; 14] = [
    Range(Ipv4Addr::new(0, 0, 0, 0), 8),
    Range(Ipv4Addr::new(10, 0, 0, 0), 8),
    Range(Ipv4Addr::new(100, 64, 0, 0), 10),
    Range(Ipv4Addr::new(127, 0, 0, 0), 8),
    Range(Ipv4Addr::new(169, 254, 0, 0), 16),
    Range(Ipv4Addr::new(172, 16, 0, 0), 12),
    Range(Ipv4Addr::new(192, 0, 0, 0), 24),
    Range(Ipv4Addr::new(192, 0, 2, 0), 24),
    Range(Ipv4Addr::new(192, 168, 0, 0), 16),
    Range(Ipv4Addr::new(198, 18, 0, 0), 15),
    Range(Ipv4Addr::new(198, 51, 100, 0), 24),
    Range(Ipv4Addr::new(203, 0, 113, 0), 24),
    Range(Ipv4Addr::new(224, 0, 0, 0), 4),
    Range(Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// IANA IPv6 Special-Purpose Address Registry as far as it never leads to somebody, and multicast (RFC 4291 §2.7). The
/// prefixes that carry an IPv4 address (64:ff9b::/96, 2002::/16, 2001::/32) are not among them: a packet to those may
/// leave.
const SPECIAL_V6: [Range<Ipv6Addr>; 9] = [
    Range(Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 0), 96),
    Range(Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48),
    Range(Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64),
    Range(Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48),
    Range(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    Range(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    Range(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    Range(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    Range(Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_home_nowhere_and_the_world_apart() {
        for (address, expected) in [
            ("127.0.0.53", Reach::Host),
            ("0.0.0.0", Reach::Host),
            ("::1", Reach::Host),
            ("::", Reach::Host),
            ("::ffff:127.0.0.1", Reach::Host),
            ("10.255.255.255", Reach::Nowhere),
            ("11.0.0.0", Reach::World),
            ("100.127.255.255", Reach::Nowhere),
            ("100.128.0.0", Reach::World),
            ("172.15.255.255", Reach::World),
            ("172.31.255.255", Reach::Nowhere),
            ("198.19.255.255", Reach::Nowhere),
            ("223.255.255.255", Reach::World),
            ("fdff::", Reach::Nowhere),
            ("fec0::1", Reach::World),
            ("2001:db8:ffff::", Reach::Nowhere),
            ("2a01:4f8::1", Reach::World),
            ("64:ff9b::8.8.8.8", Reach::World),
        ] {
            assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
        }
    }
}
