//! What a host is, as far as the rendering depends on it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// A release of a distribution that we know the package versions of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Release {
    /// Debian 12: Prosody 0.12.3, nginx 1.22, coturn 4.6.1, OpenSSL 3.0, OpenJDK 17.
    Debian12,
    /// Debian 13: Prosody 13.0, nginx 1.26, coturn 4.6.1, OpenSSL 3.5, OpenJDK 21.
    Debian13,
    /// Ubuntu 24.04: Prosody 0.12.4, nginx 1.24, coturn 4.6.1, OpenSSL 3.0, OpenJDK 21.
    Ubuntu2404,
}

impl Release {
    /// All releases, in the order in which messages list them.
    pub const ALL: [Self; 3] = [Self::Debian12, Self::Debian13, Self::Ubuntu2404];

    /// The word for it in an inventory.
    pub fn word(self) -> &'static str {
        match self {
            Self::Debian12 => "debian-12",
            Self::Debian13 => "debian-13",
            Self::Ubuntu2404 => "ubuntu-24.04",
        }
    }

    /// The release whose `/etc/os-release` has these values of `ID` and `VERSION_ID`.
    pub fn from_os_release(id: &str, version: &str) -> Option<Self> {
        match (id, version) {
            ("debian", "12") => Some(Self::Debian12),
            ("debian", "13") => Some(Self::Debian13),
            ("ubuntu", "24.04") => Some(Self::Ubuntu2404),
            _ => None,
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Debian12 => "Debian 12",
            Self::Debian13 => "Debian 13",
            Self::Ubuntu2404 => "Ubuntu 24.04",
        })
    }
}

/// What a host's processor is, as `uname -m` calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Architecture {
    /// x86-64.
    X86_64,
    /// ARM with 64 bits.
    Aarch64,
    /// One that none of our programs is built for.
    Other,
}

impl Architecture {
    /// Those that programs are built for.
    pub const BUILT: [Self; 2] = [Self::X86_64, Self::Aarch64];

    /// The word of `uname -m`.
    pub fn word(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
            Self::Other => "another architecture",
        }
    }

    /// The architecture with this word.
    pub fn from_word(word: &str) -> Self {
        Self::BUILT.into_iter().find(|known| known.word() == word).unwrap_or(Self::Other)
    }
}

/// What a host is: declared by the inventory for a dry run, observed otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Traits {
    /// Distribution and release.
    pub release: Release,
    /// Its processor; a dry run takes x86-64.
    pub architecture: Architecture,
    /// Memory in MiB; the heaps of Jicofo and JVB are cut from it.
    pub memory_mib: u32,
    /// The addresses on the host's own interfaces, without loopback and link-local ones, sorted.
    pub addresses: Vec<IpAddr>,
    /// The TCP ports on which the host takes SSH; the firewall never closes them. Sorted, never empty.
    pub ssh_ports: Vec<u16>,
}
