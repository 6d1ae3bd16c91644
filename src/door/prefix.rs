//! The part of an address that stands for one line, so that who has many addresses is still one guesser.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 in sixteens: what a line of a firm has at most. A town hall behind NAT is one of them as well.
const V4: u32 = u32::MAX << 4;
/// IPv6 by /56: what a line of a home has (RIPE-690 §4.2); a rented server has a /64 within one.
const V6: u128 = u128::MAX << 72;

/// Whose guesses are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Prefix {
    /// The first 28 bits of an address.
    V4(u32),
    /// The first 56 bits of an address.
    V6(u128),
    /// All who come without an address that can be read.
    Unknown,
}

impl Prefix {
    /// Reads the address that nginx names.
    pub(super) fn read(address: Option<&str>) -> Self {
        match address.and_then(|text| text.parse::<IpAddr>().ok()).map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => Self::V4(Ipv4Addr::to_bits(address) & V4),
            Some(IpAddr::V6(address)) => Self::V6(Ipv6Addr::to_bits(address) & V6),
            None => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_and_others_are_not() {
        let same = |one, other| Prefix::read(Some(one)) == Prefix::read(Some(other));
        assert!(same("192.0.2.1", "192.0.2.15"));
        assert!(!same("192.0.2.1", "192.0.2.16"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.2"));
        assert!(same("2001:db8:0:100::1", "2001:db8:0:1ff:ffff::2"));
        assert!(!same("2001:db8:0:100::1", "2001:db8:0:200::1"));
    }

    #[test]
    fn what_is_no_address_is_one_line() {
        for text in ["", "unix:", "192.0.2.1, 192.0.2.2", "192.0.2.256", "localhost", " 192.0.2.1"] {
            assert_eq!(Prefix::read(Some(text)), Prefix::Unknown, "{text}");
        }
        assert_eq!(Prefix::read(None), Prefix::Unknown);
    }
}
