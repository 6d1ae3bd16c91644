//! Reads the certificate that a host shows.

use crate::model::observed::SeenCertificate;
use crate::model::subject::SubjectName;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;

/// The first certificate of a PEM text; nothing when there is none that can be read.
pub fn read(pem: &str, authority: Option<&str>) -> Option<SeenCertificate> {
    let first = Pem::iter_from_buffer(pem.as_bytes()).next()?.ok()?;
    let certificate = first.parse_x509().ok()?;
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|extension| extension.value.general_names.iter().filter_map(subject).collect());
    Some(SeenCertificate {
        names: names.unwrap_or_default(),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        serial: certificate.raw_serial_as_string().replace(':', ""),
        issued_by: authority.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
    })
}

fn subject(name: &GeneralName<'_>) -> Option<SubjectName> {
    match name {
        GeneralName::DNSName(name) => SubjectName::parse(&name.to_ascii_lowercase()).ok(),
        GeneralName::IPAddress(bytes) => SubjectName::from_address(bytes),
        _ => None,
    }
}
