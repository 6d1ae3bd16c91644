//! Whom we trust: the machine's own roots, or the roots that the inventory names and no other.

use super::error::{Error, Kind};
use crate::model::subject::SubjectName;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// Roots of trust.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    named: Option<Arc<RootCertStore>>,
}

impl Trust {
    /// The roots of a PEM text, or the machine's own.
    pub(super) fn new(root_pem: Option<&str>) -> Result<Self, Error> {
        let Some(pem) = root_pem else { return Ok(Self { named: None }) };
        let refuse = |why: String| Error::new(Kind::ChainRefused, format!("tls.root: {why}"));
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
            roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(refuse("there is no certificate in it".to_owned()));
        }
        Ok(Self { named: Some(Arc::new(roots)) })
    }

    /// The TLS of the connection to the directory; nothing when the machine's own roots are to be used.
    pub(super) fn tls(&self) -> Result<Option<ClientConfig>, Error> {
        let Some(roots) = &self.named else { return Ok(None) };
        let config = ClientConfig::builder_with_provider(Self::provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(Kind::Unreachable, error.to_string()))?
            .with_root_certificates(Arc::clone(roots))
            .with_no_client_auth();
        Ok(Some(config))
    }

    /// The cryptography that every connection uses.
    pub(super) fn provider() -> Arc<CryptoProvider> {
        Arc::new(default_provider())
    }

    /// Whether the chain ends at a named root and is good for the name at that time (RFC 5280 §6); always, where no root
    /// is named: the public roots of this machine say nothing about those of the people who will call.
    pub(super) fn ends_here(&self, chain: &[Vec<u8>], name: &SubjectName, now: u64) -> Result<(), String> {
        let Some(roots) = &self.named else { return Ok(()) };
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), Self::provider());
        let verifier = verifier.build().map_err(|error| error.to_string())?;
        let certificates: Vec<_> = chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let (leaf, rest) = certificates.split_first().ok_or("it is empty")?;
        // A certificate for everything below a domain is good for any one label there.
        let shown = match name {
            SubjectName::Below(domain) => domain.child("any").to_string(),
            other => other.to_string(),
        };
        let name = ServerName::try_from(shown.as_str()).map_err(|error| error.to_string())?;
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(now));
        verifier.verify_server_cert(leaf, rest, &name, &[], now).map(drop).map_err(|error| error.to_string())
    }
}
