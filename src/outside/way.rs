//! How the instance is reached from here: its addresses, and whom we believe.

use crate::model::deployment::Deployment;
use crate::model::values::Domain;
use anyhow::{Context as _, Result, ensure};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

/// How the instance is reached from here.
#[derive(Debug, Clone)]
pub struct Way {
    /// Its name.
    pub domain: Domain,
    /// Its addresses, IPv4 first; never empty.
    pub addresses: Vec<IpAddr>,
    /// Who said so.
    pub told_by: ToldBy,
    /// The roots of trust: those that the inventory names, otherwise Mozilla's.
    pub roots: Arc<RootCertStore>,
    /// How long one answer may take.
    pub patience: Duration,
}

/// Who knows the addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldBy {
    /// This machine's resolver.
    Resolver,
    /// The inventory, because this machine's resolver does not know the name.
    Inventory,
}

impl Way {
    /// Finds the addresses of the domain, and reads the roots.
    ///
    /// # Errors
    /// When nobody knows an address, or the roots cannot be read.
    pub fn find(deployment: &Deployment, root_pem: Option<&str>) -> Result<Self> {
        let domain = deployment.domain.clone();
        let (mut addresses, told_by) = match resolved(domain.as_str()) {
            found if found.is_empty() => (declared(deployment), ToldBy::Inventory),
            found => (found, ToldBy::Resolver),
        };
        addresses.sort();
        addresses.dedup();
        ensure!(
            !addresses.is_empty(),
            "nobody knows an address of {domain}: neither this machine's resolver nor the inventory"
        );
        let roots = Arc::new(roots(root_pem)?);
        Ok(Self { domain, addresses, told_by, roots, patience: Duration::from_secs(5) })
    }
}

/// What this machine's resolver says; nothing where it does not know the name.
fn resolved(name: &str) -> Vec<IpAddr> {
    (name, 443).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect()).unwrap_or_default()
}

/// What the inventory says: where SSH goes, and the public addresses of a host behind NAT.
fn declared(deployment: &Deployment) -> Vec<IpAddr> {
    let mapped: Vec<IpAddr> = deployment.media.nat.iter().map(|mapping| mapping.public).collect();
    if mapped.is_empty() { resolved(&deployment.host.address.to_string()) } else { mapped }
}

fn roots(pem: Option<&str>) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match pem {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                roots.add(certificate.context("tls.root: read a certificate")?).context("tls.root")?;
            }
        }
    }
    ensure!(!roots.is_empty(), "tls.root: there is no certificate in it");
    Ok(roots)
}
