//! The instance's names in the DNS, as the operator's resolver tells them.

mod climb;
mod dnssec;

pub use dnssec::{Dnssec, Zone};

use super::Way;
use crate::dns::{self, Desk};
use crate::model::caa::Caa;
use crate::model::values::Domain;
use anyhow::{Result, anyhow};
use hickory_proto::rr::{Name, RData, RecordType};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::thread;
use std::time::Duration;

/// What was seen.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The resolvers that were asked, the first one first.
    pub servers: Vec<SocketAddr>,
    /// IPv4 addresses of the domain.
    pub a: Found,
    /// IPv6 addresses of the domain.
    pub aaaa: Found,
    /// Names to which the domain is an alias, in the order of the answer.
    pub aliases: Vec<String>,
    /// Which authorities may issue certificates for each name: the domain, and those that were asked for.
    pub caa: BTreeMap<Domain, Caa>,
    /// Signatures.
    pub dnssec: Dnssec,
    /// Other names, each with its addresses.
    pub others: BTreeMap<String, Found>,
}

/// What a question brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// These addresses, sorted.
    Addresses(Vec<IpAddr>),
    /// The name exists, and has none.
    Nothing,
    /// The name does not exist (RFC 8020).
    NoSuchName,
    /// The resolver could not tell, or did not answer; and why.
    Failed(String),
}

impl Found {
    /// The addresses, where there are some.
    pub fn addresses(&self) -> &[IpAddr] {
        match self {
            Self::Addresses(all) => all,
            _ => &[],
        }
    }
}

/// The most names that are asked beside the domain.
const MOST_OTHERS: usize = 32;

/// The host of `host:port`, of `[address]:port` and of a lone host.
pub fn without_port(authority: &str) -> String {
    let bare = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    bare.to_owned()
}

/// Names that are asked about beside the domain.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// Those whose addresses matter.
    pub others: &'a [String],
    /// Those that the certificate is for as well.
    pub certified: &'a [Domain],
}

/// Asks `dns`, or otherwise the first servers of `/etc/resolv.conf`, for the domain and the names beside it.
///
/// # Errors
/// When there is no resolver to ask. One that does not answer is a fact.
pub fn look(way: &Way, dns: Option<SocketAddr>, beside: Beside<'_>) -> Result<Facts> {
    let desk = Desk::new(dns::servers(dns)?, way.patience);
    let domain = Name::from_ascii(way.domain.as_str()).map_err(|_| anyhow!("the domain is no name in the DNS"))?;
    thread::scope(|scope| {
        let (desk, domain) = (&desk, &domain);
        let a = scope.spawn(move || addresses(desk, domain, RecordType::A));
        let aaaa = scope.spawn(move || addresses(desk, domain, RecordType::AAAA));
        let caa = scope.spawn(move || climbed(desk, [&way.domain].into_iter().chain(beside.certified)));
        let dnssec = scope.spawn(move || dnssec::look(desk, domain));
        let others = beside.others.iter().take(MOST_OTHERS);
        let others: Vec<_> = others.map(|name| (name.clone(), scope.spawn(move || both(desk, name)))).collect();
        let broke_off = || anyhow!("a question broke off");
        let (a, aliases) = a.join().map_err(|_| broke_off())?;
        let (aaaa, _) = aaaa.join().map_err(|_| broke_off())?;
        let mut known = BTreeMap::new();
        for (name, found) in others {
            known.insert(name, found.join().map_err(|_| broke_off())?);
        }
        Ok(Facts {
            servers: desk.servers().to_vec(),
            a,
            aaaa,
            aliases,
            caa: caa.join().map_err(|_| broke_off())?,
            dnssec: dnssec.join().map_err(|_| broke_off())?,
            others: known,
        })
    })
}

/// What `dns`, or otherwise the first servers of `/etc/resolv.conf`, say about authorities for each of these names.
///
/// # Errors
/// When there is no resolver to ask. One that does not answer is a fact.
pub fn authorities(names: &[Domain], dns: Option<SocketAddr>, patience: Duration) -> Result<BTreeMap<Domain, Caa>> {
    Ok(climbed(&Desk::new(dns::servers(dns)?, patience), names))
}

/// Where `dns`, or otherwise the first servers of `/etc/resolv.conf`, say that a name leads. Who knows one family of addresses
/// alone does not know where it leads.
pub fn whereabouts(name: &Domain, dns: Option<SocketAddr>, patience: Duration) -> Found {
    let asked = || -> Result<[Found; 2]> {
        let desk = Desk::new(dns::servers(dns)?, patience);
        let name = Name::from_ascii(name.as_str()).map_err(|_| anyhow!("{name} is no name in the DNS"))?;
        Ok([RecordType::A, RecordType::AAAA].map(|kind| addresses(&desk, &name, kind).0))
    };
    match asked() {
        Err(error) => Found::Failed(format!("{error:#}")),
        Ok([Found::Failed(why), _] | [_, Found::Failed(why)]) => Found::Failed(why),
        Ok([v4, v6]) => together(v4, v6),
    }
}

/// The most names that are asked about at the same time.
const AT_ONCE: usize = 8;

fn climbed<'a>(desk: &Desk, names: impl IntoIterator<Item = &'a Domain>) -> BTreeMap<Domain, Caa> {
    let names: Vec<&Domain> = names.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut known = BTreeMap::new();
    for some in names.chunks(AT_ONCE) {
        thread::scope(|scope| {
            let asked: Vec<_> = some.iter().map(|&name| (name, scope.spawn(move || records(desk, name)))).collect();
            let broken = || Caa { at: None, properties: Vec::new(), trouble: Some("a question broke off".to_owned()) };
            known.extend(asked.into_iter().map(|(name, caa)| (name.clone(), caa.join().unwrap_or_else(|_| broken()))));
        });
    }
    known
}

fn records(desk: &Desk, name: &Domain) -> Caa {
    match Name::from_ascii(name.as_str()) {
        Ok(name) => climb::climb(desk, &name),
        Err(_) => Caa { at: None, properties: Vec::new(), trouble: Some(format!("{name} is no name in the DNS")) },
    }
}

/// The addresses of one family, and the aliases on the way to them.
fn addresses(desk: &Desk, name: &Name, kind: RecordType) -> (Found, Vec<String>) {
    let answer = match desk.ask(name, kind) {
        Ok(answer) => answer,
        Err(error) => return (Found::Failed(format!("{error:#}")), Vec::new()),
    };
    let mut found: Vec<IpAddr> = Vec::new();
    let mut aliases = Vec::new();
    for record in answer.records() {
        match &record.data {
            RData::A(address) => found.push(address.0.into()),
            RData::AAAA(address) => found.push(address.0.into()),
            RData::CNAME(target) => aliases.push(dns::shown(&target.0)),
            _ => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    let found = match answer.trouble() {
        _ if !found.is_empty() => Found::Addresses(found),
        Some(trouble) => Found::Failed(trouble),
        None if answer.is_nobody() => Found::NoSuchName,
        None => Found::Nothing,
    };
    (found, aliases)
}

/// The addresses of both families of another name; an address is its own.
fn both(desk: &Desk, name: &str) -> Found {
    if let Ok(address) = name.parse::<IpAddr>() {
        return Found::Addresses(vec![address]);
    }
    let Ok(name) = Name::from_ascii(name) else { return Found::Failed("no name of the DNS".to_owned()) };
    let [v4, v6] = [RecordType::A, RecordType::AAAA].map(|kind| addresses(desk, &name, kind).0);
    together(v4, v6)
}

/// Both families as one; where neither has an address, what was said of the first one counts unless it is nothing.
fn together(v4: Found, v6: Found) -> Found {
    let all = [v4.addresses(), v6.addresses()].concat();
    match (all.is_empty(), v4) {
        (false, _) => Found::Addresses(all),
        (true, Found::Nothing) => v6,
        (true, v4) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_part_of_a_name() {
        for (authority, host) in [
            ("download.jitsi.org", "download.jitsi.org"),
            ("10.87.0.1:8087", "10.87.0.1"),
            ("[fd87::1]:8087", "fd87::1"),
            ("stun.example.nl:3478", "stun.example.nl"),
        ] {
            assert_eq!(without_port(authority), host);
        }
    }
}
