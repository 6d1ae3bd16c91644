//! What a backup holds and brings, without anything secret.

use super::names::{LoginName, SecretName};
use super::observed::SeenCertificate;
use super::resource::{Certificate, SelfSigned};
use super::values::Domain;

/// What is in a backup, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The deployment's domain.
    pub domain: Domain,
    /// When it was made: date and time in UTC, such as `2026-03-01T10:00:00Z`.
    pub made: String,
    /// The generation that was in force.
    pub generation: u32,
    /// Who has an account at the door.
    pub accounts: Vec<LoginName>,
    /// The secrets of the host.
    pub secrets: Vec<SecretName>,
    /// The certificate with its key; nothing where an authority had issued none.
    pub certificate: Option<SeenCertificate>,
    /// Whether the account at the certificate's authority is there.
    pub authority_account: bool,
    /// The names of the key pairs that the host signed itself.
    pub pairs: Vec<Domain>,
}

/// Something of a backup that takes its place on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// A secret.
    Secret(SecretName),
    /// A key with a certificate that it signed itself.
    SelfSigned(SelfSigned),
    /// The account at the certificate's authority.
    AuthorityAccount,
    /// The public certificate with its key.
    Certificate(BroughtCertificate),
    /// The accounts of meeting hosts, with all that proves who they are.
    Accounts(Vec<LoginName>),
}

/// A certificate of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtCertificate {
    /// The certificate that the host should hold.
    pub wanted: Certificate,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// Whole days that it is still valid.
    pub days: i64,
}
