//! The chain that the authority sent, looked at before it is installed.

use super::Issued;
use super::error::{Error, Kind, told};
use super::trust::Trust;
use crate::model::values::Domain;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer as _;

/// A chain that is what was ordered.
#[derive(Debug)]
pub(super) struct Chain {
    /// The certificates, the host's own first, and nothing else.
    pub(super) pem: String,
    /// What it says.
    pub(super) issued: Issued,
}

/// Most certificates in a chain.
const LONGEST: usize = 8;

/// Checks names, dates, key, signatures, and where roots are named, that it ends there.
pub(super) fn check(pem: &str, names: &[Domain], public_key: &[u8], trust: &Trust) -> Result<Chain, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    at(pem, names, public_key, &Moment { now, trust })
        .map_err(|why| Error::new(Kind::ChainRefused, format!("the chain that the authority sent is refused: {why}")))
}

struct Moment<'a> {
    now: u64,
    trust: &'a Trust,
}

fn at(pem: &str, names: &[Domain], public_key: &[u8], moment: &Moment<'_>) -> Result<Chain, String> {
    let ders = certificates(pem)?;
    let parsed = ders.iter().map(|der| X509Certificate::from_der(der).map(|(_, certificate)| certificate));
    let chain = parsed.collect::<Result<Vec<_>, _>>().map_err(|_| "a certificate cannot be read")?;
    let leaf = chain.first().ok_or("there is no certificate in it")?;
    ours(leaf, names, public_key)?;
    let now = i64::try_from(moment.now).map_err(|error| error.to_string())?;
    for (index, certificate) in chain.iter().enumerate() {
        let validity = certificate.validity();
        if now < validity.not_before.timestamp() || now > validity.not_after.timestamp() {
            return Err(format!("certificate {} is not valid now; is the clock of this machine right?", index + 1));
        }
    }
    for pair in chain.windows(2) {
        if let [below, above] = pair {
            signed(below, above)?;
        }
    }
    let name = names.first().ok_or("no name was ordered")?;
    moment.trust.ends_here(&ders, name.as_str(), moment.now)?;
    let issued = Issued {
        not_before: leaf.validity().not_before.timestamp(),
        not_after: leaf.validity().not_after.timestamp(),
        issuer: told(&leaf.issuer().to_string()),
        serial: leaf.raw_serial_as_string().replace(':', ""),
    };
    Ok(Chain { pem: text(&ders), issued })
}

fn certificates(pem: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut ders = Vec::new();
    for block in Pem::iter_from_buffer(pem.as_bytes()) {
        let block = block.map_err(|_| "it is not PEM")?;
        if block.label != "CERTIFICATE" {
            return Err(format!("there is a {} in it", told(&block.label)));
        }
        ders.push(block.contents);
    }
    match ders.len() {
        0 => Err("there is no certificate in it".to_owned()),
        1..=LONGEST => Ok(ders),
        many => Err(format!("{many} certificates are in it")),
    }
}

fn ours(leaf: &X509Certificate<'_>, names: &[Domain], public_key: &[u8]) -> Result<(), String> {
    if leaf.public_key().raw != public_key {
        return Err("it is for another key".to_owned());
    }
    let extension = leaf.subject_alternative_name().map_err(|_| "its names cannot be read")?;
    let mut held = BTreeSet::new();
    for name in extension.iter().flat_map(|extension| &extension.value.general_names) {
        match name {
            GeneralName::DNSName(name) => held.insert(name.to_ascii_lowercase()),
            other => return Err(format!("it is also for {}", told(&other.to_string()))),
        };
    }
    let wanted: BTreeSet<_> = names.iter().map(|name| name.as_str().to_owned()).collect();
    if held != wanted {
        let list = |names: BTreeSet<String>| told(&names.into_iter().collect::<Vec<_>>().join(", "));
        return Err(format!("it is for {}, not for {}", list(held), list(wanted)));
    }
    if leaf.is_ca() {
        return Err("its first certificate is that of an authority".to_owned());
    }
    Ok(())
}

fn signed(below: &X509Certificate<'_>, above: &X509Certificate<'_>) -> Result<(), String> {
    if below.issuer().as_raw() != above.subject().as_raw() || !above.is_ca() {
        return Err("its certificates are not in order".to_owned());
    }
    below.verify_signature(Some(above.public_key())).map_err(|_| "a signature in it is wrong".to_owned())
}

/// The certificates as PEM (RFC 7468), without anything that stood between them.
fn text(ders: &[Vec<u8>]) -> String {
    let mut pem = String::new();
    for der in ders {
        pem += "-----BEGIN CERTIFICATE-----\n";
        for line in BASE64_STANDARD.encode(der).as_bytes().chunks(64) {
            pem += &String::from_utf8_lossy(line);
            pem += "\n";
        }
        pem += "-----END CERTIFICATE-----\n";
    }
    pem
}
