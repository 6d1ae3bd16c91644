//! What a generation keeps of the claims that it was made for, as packed JSON, and the way back from there.

pub mod manifest;

use crate::model::resource::{Claim, Resource};
use crate::model::values::Domain;
use anyhow::{Context as _, Result, ensure};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::io::{Read as _, Write as _};

/// The claims of one generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The form of the record, [`FORM`].
    pub form: u32,
    /// The deployment's domain at that time.
    pub domain: Domain,
    /// What the host was to hold, without the certificate, the accounts of meeting hosts and the secrets of the operator.
    pub claims: Vec<Claim>,
}

/// The form that this program writes.
pub const FORM: u32 = 1;
/// The most bytes that an unpacked record may have; ours have some 200 kB.
const LONGEST: u64 = 8 * 1024 * 1024;

/// Packs the claims for the host.
///
/// # Errors
/// Never for claims of ours; packing itself can fail.
pub fn pack(domain: &Domain, claims: &[Claim]) -> Result<Vec<u8>> {
    let kept =
        |claim: &&Claim| !matches!(claim.resource, Resource::Certificate(_) | Resource::Roster(_) | Resource::Given(_));
    let claims = claims.iter().filter(kept).cloned().collect();
    let record = Record { form: FORM, domain: domain.clone(), claims };
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&serde_json::to_vec(&record)?)?;
    Ok(packed.finish()?)
}

/// Reads what a host gives back; a host may be hostile.
///
/// # Errors
/// When it is too long, damaged, of another form, or holds a value that none of ours can have.
pub fn unpack(packed: &[u8]) -> Result<Record> {
    let mut text = Vec::new();
    GzDecoder::new(packed).take(LONGEST + 1).read_to_end(&mut text).context("unpack the generation's record")?;
    ensure!(text.len() as u64 <= LONGEST, "the generation's record is longer than {LONGEST} bytes");
    let record: Record = serde_json::from_slice(&text).context("read the generation's record")?;
    ensure!(record.form == FORM, "the generation's record has form {}, this program knows form {FORM}", record.form);
    Ok(record)
}
