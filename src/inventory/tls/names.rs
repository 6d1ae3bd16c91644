//! The names of the certificate beside the domain, and what they ask of the authority.

use crate::inventory::forms;
use crate::inventory::section::Section;
use crate::model::subject::SubjectName;
use crate::model::tls::{Authority, Tls};
use crate::model::values::{Domain, Refusal};

/// Most names in a certificate; authorities take no more (Let's Encrypt's profile classic: 100).
const MOST_NAMES: usize = 100;

pub(super) fn names(at: &Section<'_>, domain: Option<&Domain>) -> Vec<SubjectName> {
    let hook = at.has("dns_hook");
    let names = at.texts("names", |text| {
        let name = SubjectName::parse(text)?;
        match &name {
            SubjectName::Host(host) if Some(host) == domain => {
                Err(Refusal::new("is the domain, which the certificate is for anyway", "take it out"))
            }
            SubjectName::Below(_) if !hook => Err(Refusal::new(
                "can be proven by a record in the DNS alone",
                "name a program that writes records under `tls.dns_hook`, or take the name out",
            )),
            SubjectName::Address(_) if hook => Err(Refusal::new(
                "can be proven by a page alone, and `tls.dns_hook` proves by records",
                "take the address out, or `tls.dns_hook`",
            )),
            SubjectName::Address(_) => forms::interface_address(text).map(SubjectName::Address),
            _ => Ok(name),
        }
    });
    if names.len() >= MOST_NAMES {
        let what = format!("are {} names with the domain, and a certificate has at most {MOST_NAMES}", names.len() + 1);
        at.clash("names", &what, "take some out");
    }
    names
}

/// What Let's Encrypt would refuse only after everything else was done (letsencrypt.org/docs/profiles; Boulder's rule
/// about names that a wildcard covers).
pub(super) fn fits(at: &Section<'_>, tls: &Tls, domain: Option<&Domain>) {
    if matches!(tls.authority, Authority::Other(_)) || !at.has("names") {
        return;
    }
    let has_address = tls.names.iter().any(|name| matches!(name, SubjectName::Address(_)));
    if has_address && tls.profile.as_ref().is_none_or(|profile| profile.as_str() != "shortlived") {
        at.clash(
            "names",
            "hold an address, for which Let's Encrypt issues by its profile shortlived alone",
            "write `profile: shortlived`, or take the address out",
        );
    }
    let hosts = tls.names.iter().filter_map(|name| match name {
        SubjectName::Host(host) => Some(host),
        _ => None,
    });
    let covered = domain.into_iter().chain(hosts).find(|host| tls.names.iter().any(|name| covers(name, host)));
    if let Some(host) = covered {
        let what = format!("hold a wildcard that covers {host}, and Let's Encrypt refuses both in one certificate");
        at.clash("names", &what, "take the wildcard or the name out");
    }
}

fn covers(name: &SubjectName, host: &Domain) -> bool {
    let SubjectName::Below(above) = name else { return false };
    host.as_str().split_once('.').is_some_and(|(_, rest)| rest == above.as_str())
}
