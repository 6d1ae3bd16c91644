//! What the address registries say of a set of addresses.

use crate::model::reach::is_private;
use crate::policy::country;
use std::net::IpAddr;

/// How the registries wrote blocks that are used in several countries of Europe.
const SEVERAL: &str = "EU";

/// Addresses with their names, sorted by what the registries say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Register {
    /// Given out in the European Economic Area.
    pub(super) inside: Vec<String>,
    /// Given out elsewhere.
    pub(super) outside: Vec<String>,
    /// Of no country, or not known at all, and why.
    pub(super) unknown: Vec<String>,
}

impl Register {
    /// Notes an address of somebody.
    pub(super) fn add(&mut self, whose: &str, address: IpAddr) {
        let shown = address.to_string();
        let whose = if whose == shown { shown } else { format!("{whose} {shown}") };
        match country::of(address) {
            Some(code) if code.is_in_eea() => self.inside.push(format!("{whose} ({code})")),
            Some(code) if code.as_str() == SEVERAL => {
                self.unknown.push(format!("{whose} is registered for several countries of Europe"));
            }
            Some(code) => self.outside.push(format!("{whose} ({code})")),
            None if is_private(address) => self.unknown.push(format!("{whose} is a private address")),
            None => self.unknown.push(format!("{whose} stands in no registry")),
        }
    }

    /// Notes that somebody's address is not known.
    pub(super) fn add_unknown(&mut self, whose: &str, why: &str) {
        self.unknown.push(format!("{whose}: {why}"));
    }
}

/// At most six of them in one line.
pub(super) fn list(all: &[String]) -> String {
    const MOST: usize = 6;
    let more = all.len().saturating_sub(MOST);
    let shown = all.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_inside_outside_or_unknown() {
        let mut register = Register::default();
        for address in ["193.0.6.139", "8.8.8.8", "10.0.0.1", "192.0.2.1"] {
            register.add("x", address.parse().unwrap());
        }
        register.add_unknown("y", "no answer");
        assert_eq!(register.inside, ["x 193.0.6.139 (NL)"]);
        assert_eq!(register.outside, ["x 8.8.8.8 (US)"]);
        assert_eq!(
            register.unknown,
            ["x 10.0.0.1 is a private address", "x 192.0.2.1 stands in no registry", "y: no answer"]
        );
        let many: Vec<String> = (0..8).map(|n| n.to_string()).collect();
        assert_eq!(list(&many), "0, 1, 2, 3, 4, 5 and 2 more");
    }
}
