//! The country in which an address is registered, from tables of the five address registries inside of this program.

use super::address::{Reach, reach};
use crate::model::values::CountryCode;
use std::net::IpAddr;

/// The country of the holder to whom a registry gave this address, without asking anybody.
///
/// A registry says who holds a block, not where the machine stands: this is no proof of a location. Private, loopback,
/// documentation and other special addresses have no country, and neither has a block that no registry gave away. RIPE
/// also wrote `EU` for blocks that are used in several countries of Europe; that code is given back as it is, and is none
/// of the countries of the EEA.
pub fn of(address: IpAddr) -> Option<CountryCode> {
    let address = address.to_canonical();
    if reach(address) != Reach::World {
        return None;
    }
    iptocc::country_code(address).and_then(|code| CountryCode::parse(code).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(address: &str) -> Option<String> {
        of(address.parse().unwrap()).map(|code| code.to_string())
    }

    #[test]
    fn knows_servers_whose_country_their_operator_tells() {
        // SURF (NL), RIPE NCC (NL), DENIC's a.nic.de (DE), Google (US), each in both families.
        for (address, code) in [
            ("193.0.6.139", "NL"),
            ("2001:67c:2e8:22::c100:68b", "NL"),
            ("145.100.0.1", "NL"),
            ("194.0.0.53", "DE"),
            ("8.8.8.8", "US"),
            ("2001:4860:4860::8888", "US"),
        ] {
            assert_eq!(country(address).as_deref(), Some(code), "{address}");
        }
    }

    #[test]
    fn an_address_of_nobody_has_no_country() {
        for address in [
            "10.87.0.1",
            "127.0.0.1",
            "192.168.1.1",
            "169.254.1.1",
            "100.64.0.1",
            "192.0.2.1",
            "198.51.100.7",
            "203.0.113.5",
            "224.0.0.251",
            "255.255.255.255",
            "0.0.0.0",
            "::",
            "::1",
            "fe80::1",
            "fd12::1",
            "ff02::fb",
            "2001:db8::1",
            "3fff::1",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(country(address), None, "{address}");
        }
    }

    #[test]
    fn an_address_in_the_clothes_of_the_other_family_is_the_same_address() {
        assert_eq!(country("::ffff:8.8.8.8").as_deref(), Some("US"));
    }
}
