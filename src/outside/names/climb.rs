//! Which authorities may issue certificates for the domain (RFC 8659).

use crate::dns::{self, Desk};
use crate::model::caa::{Caa, Property};
use hickory_proto::rr::{Name, RData, RecordType};

/// The longest value of a property that is kept.
const LONGEST: usize = 200;
/// The most properties that are kept.
const MOST: usize = 32;

/// Climbs from the domain to the top, and stops at the first name with records (RFC 8659 §3).
pub(super) fn climb(desk: &Desk, domain: &Name) -> Caa {
    let mut name = domain.clone();
    while !name.is_root() {
        let answer = match desk.ask(&name, RecordType::CAA) {
            Ok(answer) => answer,
            Err(error) => return Caa { at: None, properties: Vec::new(), trouble: Some(format!("{error:#}")) },
        };
        let records = answer.records().iter().filter_map(|record| property(&record.data));
        let properties: Vec<Property> = records.take(MOST).collect();
        if !properties.is_empty() {
            return Caa { at: Some(dns::shown(&name)), properties, trouble: None };
        }
        if let Some(trouble) = answer.trouble() {
            let trouble = format!("{}: {trouble}", dns::shown(&name));
            return Caa { at: None, properties, trouble: Some(trouble) };
        }
        name = name.base_name();
    }
    Caa { at: None, properties: Vec::new(), trouble: None }
}

fn property(data: &RData) -> Option<Property> {
    let RData::CAA(caa) = data else { return None };
    let printable = |c: &char| c.is_ascii_graphic() || *c == ' ';
    let value: String = String::from_utf8_lossy(&caa.value).chars().filter(printable).take(LONGEST).collect();
    let tag = caa.tag.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect();
    Some(Property { critical: caa.issuer_critical, tag, value })
}
