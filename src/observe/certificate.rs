//! Reads the certificate that a host shows.

use crate::model::observed::SeenCertificate;
use crate::model::values::Domain;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;

/// The first certificate of a PEM text; nothing when there is none that can be read.
pub fn read(pem: &str, authority: Option<&str>) -> Option<SeenCertificate> {
    let first = Pem::iter_from_buffer(pem.as_bytes()).next()?.ok()?;
    let certificate = first.parse_x509().ok()?;
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|extension| extension.value.general_names.iter().filter_map(domain).collect());
    Some(SeenCertificate {
        names: names.unwrap_or_default(),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        serial: certificate.raw_serial_as_string().replace(':', ""),
        issued_by: authority.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
    })
}

fn domain(name: &GeneralName<'_>) -> Option<Domain> {
    match name {
        GeneralName::DNSName(name) => Domain::parse(name).ok(),
        _ => None,
    }
}
