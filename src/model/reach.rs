//! The addresses under which the world reaches a host.

use super::deployment::NatMapping;
use std::net::IpAddr;

/// The host's addresses that matter to the world, each with the one that the world sees.
///
/// Public addresses and those with a NAT mapping; where there is none of either, all (a closed network). Where nothing is
/// known of the host itself, the mappings.
pub fn reachable(own: &[IpAddr], mappings: &[NatMapping]) -> Vec<NatMapping> {
    if own.is_empty() {
        return mappings.to_vec();
    }
    let mapped = |local: &IpAddr| mappings.iter().find(|mapping| mapping.local == *local).copied();
    let as_it_is = |local: &IpAddr| NatMapping { local: *local, public: *local };
    // A dry run takes the address that SSH reaches for one of the host's own, although it may be the NAT's.
    let outside =
        |local: &&IpAddr| mappings.iter().any(|mapping| mapping.public == **local && mapping.local != **local);
    let known: Vec<_> = own
        .iter()
        .filter(|local| !outside(local))
        .filter_map(|local| mapped(local).or_else(|| (!is_private(*local)).then(|| as_it_is(local))))
        .collect();
    if known.is_empty() { own.iter().map(as_it_is).collect() } else { known }
}

/// Whether the world cannot reach the address (RFC 1918, RFC 6598, RFC 4193, link-local, loopback).
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}
