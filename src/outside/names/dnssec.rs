//! Whether the zone of the domain is signed (RFC 4033), as the resolver sees it; signatures are not computed here.

use crate::dns::{self, Answer, Checks, Desk};
use anyhow::Result;
use hickory_proto::rr::{Name, RecordType};

/// What is said about signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dnssec {
    /// The zone in which the domain stands, or why nobody could tell.
    pub zone: Result<Zone, String>,
    /// Whether the resolver says that it has checked the domain's address.
    pub authentic: bool,
    /// Whether the address came with a signature.
    pub signature: bool,
    /// Whether the resolver gives no answer, and gives one as soon as it shall not check: the signatures are wrong.
    pub bogus: bool,
}

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// Whether the zone above vouches for its keys (`DS`).
    pub vouched: bool,
    /// Whether it has keys (`DNSKEY`).
    pub keys: bool,
}

/// Asks for the zone, its keys and a signature.
pub(super) fn look(desk: &Desk, domain: &Name) -> Dnssec {
    let address = address(desk, domain, Checks::Its);
    let (authentic, signature) =
        address.as_ref().map_or((false, false), |answer| (answer.is_authentic(), has(answer, RecordType::RRSIG)));
    let failed = address.as_ref().is_ok_and(|answer| answer.trouble().is_some());
    let bogus =
        failed && address_unchecked(desk, domain).is_ok_and(|answer| answer.trouble().is_none() && !answer.is_nobody());
    Dnssec { zone: zone(desk, domain).map_err(|error| format!("{error:#}")), authentic, signature, bogus }
}

fn address(desk: &Desk, domain: &Name, checks: Checks) -> Result<Answer> {
    let v4 = desk.ask_with(domain, RecordType::A, checks)?;
    if v4.trouble().is_some() || has(&v4, RecordType::A) {
        return Ok(v4);
    }
    desk.ask_with(domain, RecordType::AAAA, checks)
}

fn address_unchecked(desk: &Desk, domain: &Name) -> Result<Answer> {
    address(desk, domain, Checks::None)
}

fn has(answer: &Answer, kind: RecordType) -> bool {
    answer.records().iter().any(|record| record.record_type() == kind)
}

/// The zone is where the record of its start stands: in the answer, or beside one that says that there is none.
fn zone(desk: &Desk, domain: &Name) -> Result<Zone> {
    let start = desk.ask_with(domain, RecordType::SOA, Checks::None)?;
    let records = start.records().iter().chain(start.authorities());
    let apex = records.filter(|record| record.record_type() == RecordType::SOA).map(|record| &record.name);
    let Some(apex) = apex.filter(|apex| apex.zone_of(domain)).max_by_key(|apex| apex.num_labels()).cloned() else {
        anyhow::bail!("no answer says in which zone {} stands", dns::shown(domain));
    };
    let vouched = has(&desk.ask_with(&apex, RecordType::DS, Checks::None)?, RecordType::DS);
    let keys = has(&desk.ask_with(&apex, RecordType::DNSKEY, Checks::None)?, RecordType::DNSKEY);
    Ok(Zone { name: dns::shown(&apex), vouched, keys })
}
