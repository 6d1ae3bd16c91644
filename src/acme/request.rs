//! The host's request for a certificate, read before the authority sees it.

use super::chain::subject;
use super::error::{Error, Kind, told};
use crate::model::subject::SubjectName;
use std::collections::BTreeSet;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer as _;

/// A request (PKCS #10, RFC 2986) that fits with the order.
#[derive(Debug)]
pub(super) struct Request {
    /// The request itself.
    pub(super) der: Vec<u8>,
    /// The public key in it (SubjectPublicKeyInfo, DER).
    pub(super) public_key: Vec<u8>,
}

/// Reads a request: signed by its own key, for exactly these names.
pub(super) fn read(der: &[u8], names: &[SubjectName]) -> Result<Request, Error> {
    let refuse = |why: &str| Error::new(Kind::RequestRefused, format!("the host's request {why}"));
    let (rest, request) = X509CertificationRequest::from_der(der).map_err(|_| refuse("cannot be read"))?;
    if !rest.is_empty() {
        return Err(refuse("has more behind its end"));
    }
    request.verify_signature().map_err(|_| refuse("is not signed by its own key"))?;
    let mut asked = BTreeSet::new();
    for extension in request.requested_extensions().into_iter().flatten() {
        let ParsedExtension::SubjectAlternativeName(list) = extension else { continue };
        for name in &list.general_names {
            let read = subject(name).ok_or_else(|| refuse(&format!("asks for {}", told(&name.to_string()))))?;
            asked.insert(read);
        }
    }
    if asked != names.iter().cloned().collect() {
        return Err(refuse("is not for the ordered names"));
    }
    let public_key = request.certification_request_info.subject_pki.raw.to_vec();
    Ok(Request { der: der.to_vec(), public_key })
}
