//! The pair in force, as it lies on the host's disk, and what a standing order asks for.

use super::disk;
use crate::acme::{CertificateOrder, Side};
use crate::model::digest::Digest;
use crate::model::ledger::Held;
use crate::model::observed::SeenCertificate;
use crate::model::standing::StandingOrder;
use crate::observe;
use anyhow::Result;
use std::path::Path;
use std::time::Duration;

/// Longer than any chain.
const LONGEST: u64 = 256 * 1024;
/// How long the authority may take to validate, and again to sign. Between two steps the host's lock waits 420 s.
const PATIENCE: Duration = Duration::from_secs(180);

/// A certificate with its chain.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// What it says.
    pub(super) seen: SeenCertificate,
    /// The chain, in PEM.
    pub(super) pem: String,
}

impl Pair {
    /// Reads the pair in this folder; nothing where there is none, or none that can be read.
    ///
    /// # Errors
    /// When the disk does not give it.
    pub(super) fn read(live: &Path) -> Result<Option<Self>> {
        let (pem, authority) = (text(&live.join("fullchain.pem"))?, text(&live.join("authority"))?);
        let Some(pem) = pem else { return Ok(None) };
        Ok(observe::certificate(&pem, authority.as_deref()).map(|seen| Self { seen, pem }))
    }

    /// The same for the ledger.
    pub(super) fn held(&self) -> Held {
        let SeenCertificate { serial, not_before, not_after, .. } = &self.seen;
        Held { serial: serial.clone(), not_before: *not_before, not_after: *not_after }
    }

    /// Whether it is of the ordered authority, for all ordered names.
    pub(super) fn is_ordered(&self, standing: &StandingOrder) -> bool {
        self.seen.issued_by.as_deref() == Some(standing.directory.as_str()) && self.seen.holds(&standing.names)
    }

    /// This host's own moment in the authority's window, of 256; the same for one certificate at any time.
    pub(super) fn share(&self, standing: &StandingOrder) -> u8 {
        let digest = Digest::of(format!("{} {}", self.seen.serial, standing.domain).as_bytes());
        digest.as_str().get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0)
    }
}

fn text(path: &Path) -> Result<Option<String>> {
    Ok(disk::read(path, LONGEST)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// What is ordered at this directory; the certificate that the new one replaces is named where there is one.
pub(super) fn order(standing: &StandingOrder, directory: &str, replaces: Option<&Pair>) -> CertificateOrder {
    CertificateOrder {
        names: standing.names.clone(),
        directory: directory.to_owned(),
        root_pem: standing.roots.clone(),
        contact: standing.contact.clone(),
        profile: standing.profile.clone(),
        method: standing.method,
        // Its key stays on the operator's machine.
        binding: None,
        replaces: replaces.map(|pair| pair.pem.clone()),
        side: Side::Host,
        patience: PATIENCE,
    }
}
