//! Certificates that a host holds, or held, and that may have to be revoked.

use super::subject::SubjectName;

/// A certificate of an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocable {
    /// What it is to the host.
    pub place: Place,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// The names in it that an order could hold.
    pub names: Vec<SubjectName>,
    /// Last second of validity, seconds since 1970.
    pub not_after: i64,
    /// The directory address that issued it; text of the host.
    pub directory: String,
    /// The certificate itself (PEM).
    pub pem: String,
}

/// What a certificate is to its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The servers show it.
    InForce,
    /// The servers showed it before; its key is still there.
    Former,
    /// An earlier run wanted it revoked and could not.
    Left,
}

/// What a host knows about certificates of authorities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Each certificate once.
    pub certificates: Vec<Revocable>,
    /// Whether an earlier run made everything new and has only to revoke the rest.
    pub rest: bool,
    /// Whether an earlier run wanted another key for the account and could not change it.
    pub account: bool,
}

impl Holdings {
    /// Those that this authority issued and that still count at `clock`.
    pub fn of<'a>(&'a self, directory: &'a str, clock: i64) -> impl Iterator<Item = &'a Revocable> {
        let counts = move |held: &&Revocable| held.directory == directory && held.not_after > clock;
        self.certificates.iter().filter(counts)
    }
}
