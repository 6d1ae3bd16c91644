//! A chain as it was sent: what the certificates say, and whether our roots trust it.

use super::facts::{Certificate, Hash, Key, Trust};
use super::names::Group;
use anyhow::{Context as _, Result, anyhow};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use x509_parser::oid_registry::{self as known, Oid};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate, X509Name};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// The longest text of a certificate that is kept, in characters; a DNS name has 253 at most.
const LONGEST: usize = 253;

/// The most names of one certificate that are kept.
const NAMES: usize = 100;

/// Reads each certificate of a chain.
///
/// # Errors
/// When one is no certificate.
pub(super) fn read(chain: &[Vec<u8>]) -> Result<Vec<Certificate>> {
    chain.iter().map(|der| certificate(der).context("read a certificate")).collect()
}

fn certificate(der: &[u8]) -> Result<Certificate> {
    let (_, read) = X509Certificate::from_der(der).map_err(|_| anyhow!("it is no certificate"))?;
    let validity = read.validity();
    Ok(Certificate {
        subject: name(read.subject()),
        issuer: name(read.issuer()),
        names: names(&read),
        serial: read.raw_serial().iter().take(32).map(|byte| format!("{byte:02x}")).collect(),
        key: key(read.public_key()),
        hash: hash(&read.signature_algorithm.algorithm),
        not_before: validity.not_before.timestamp(),
        not_after: validity.not_after.timestamp(),
        self_signed: read.subject().as_raw() == read.issuer().as_raw(),
    })
}

fn name(name: &X509Name<'_>) -> String {
    short(&name.to_string())
}

/// Somebody else's text, without what would move a terminal's cursor, and not longer than a name can be.
fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect()
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(alternative)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = alternative.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(short(name)),
        _ => None,
    });
    names.take(NAMES).collect()
}

fn key(info: &SubjectPublicKeyInfo<'_>) -> Key {
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => Key::Rsa(u32::try_from(key.key_size()).unwrap_or(u32::MAX)),
        Ok(PublicKey::EC(_)) => {
            let curve = info.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
            Key::Curve(curve.and_then(|oid| curve_group(&oid.to_id_string())))
        }
        _ => match info.algorithm.algorithm.to_id_string().as_str() {
            "1.3.101.112" | "1.3.101.113" => Key::Edwards,
            other => Key::Other(short(other)),
        },
    }
}

/// The group of a curve's object identifier (RFC 5480 §2.1.1.1, RFC 5639).
fn curve_group(oid: &str) -> Option<Group> {
    let group = match oid {
        "1.2.840.10045.3.1.1" => 19,
        "1.3.132.0.31" => 18,
        "1.3.132.0.32" => 20,
        "1.3.132.0.33" => 21,
        "1.3.132.0.10" => 22,
        "1.2.840.10045.3.1.7" => 23,
        "1.3.132.0.34" => 24,
        "1.3.132.0.35" => 25,
        "1.3.36.3.3.2.8.1.1.7" => 26,
        "1.3.36.3.3.2.8.1.1.11" => 27,
        "1.3.36.3.3.2.8.1.1.13" => 28,
        _ => return None,
    };
    Some(Group(group))
}

fn hash(oid: &Oid<'_>) -> Hash {
    let any = |all: &[Oid<'static>]| all.contains(oid);
    // RSA-PSS has its hash in its parameters; the guideline allows the three of SHA-2 only, and no authority uses another.
    let strong = [
        known::OID_PKCS1_SHA256WITHRSA,
        known::OID_PKCS1_SHA384WITHRSA,
        known::OID_PKCS1_SHA512WITHRSA,
        known::OID_PKCS1_RSASSAPSS,
        known::OID_SIG_ECDSA_WITH_SHA256,
        known::OID_SIG_ECDSA_WITH_SHA384,
        known::OID_SIG_ECDSA_WITH_SHA512,
        known::OID_SIG_ED25519,
    ];
    match oid.to_id_string().as_str() {
        _ if any(&strong) => Hash::Strong,
        "1.3.101.113" => Hash::Strong,
        "1.2.840.113549.1.1.14" | "1.2.840.10045.4.3.1" => Hash::Sha224,
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" | "1.3.14.3.2.29" => Hash::Sha1,
        "1.2.840.113549.1.1.4" | "1.2.840.113549.1.1.2" => Hash::Md5,
        other => Hash::Other(short(other)),
    }
}

/// Whether the roots trust a chain for a name, at the moment in its lifetime that is nearest to `now` (in seconds since
/// 1970). So a chain that has expired is still told from one that was never any good.
pub(super) fn trust(roots: &Arc<RootCertStore>, name: &str, chain: &[Vec<u8>], now: i64) -> Trust {
    let Some((first, rest)) = chain.split_first() else { return Trust::Absent };
    let Ok(read) = read(chain) else { return Trust::Untrusted("it holds something that is no certificate".into()) };
    let begin = read.iter().map(|certificate| certificate.not_before).max().unwrap_or(now);
    let end = read.iter().map(|certificate| certificate.not_after).min().unwrap_or(now);
    let moment = u64::try_from(now.min(end).max(begin.min(end))).unwrap_or_default();
    let rest: Vec<CertificateDer<'_>> = rest.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let judged = ServerName::try_from(name).map_err(|_| Error::General("it is no name".into())).and_then(|name| {
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), Arc::new(default_provider()))
            .build()
            .map_err(|error| Error::General(error.to_string()))?;
        let moment = UnixTime::since_unix_epoch(Duration::from_secs(moment));
        verifier.verify_server_cert(&CertificateDer::from(first.as_slice()), &rest, &name, &[], moment)
    });
    match judged {
        Ok(_) => Trust::Trusted,
        Err(Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => Trust::OtherName,
        Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) if read.len() == 1 && !read[0].self_signed => {
            Trust::Untrusted("the certificate came alone, without those that lead to a root".into())
        }
        Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            Trust::Untrusted("it does not lead to a root that we trust".into())
        }
        Err(error) => Trust::Untrusted(short(&error.to_string())),
    }
}
