//! Versions, suites, groups and signatures by their numbers, with the names that the IANA gives them.

use std::fmt;
use tls_parser::{CIPHERS, TlsCipherAu, TlsCipherEnc, TlsCipherEncMode, TlsCipherKx, TlsCipherMac, TlsCipherSuite};

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// SSL 3.0
    Ssl30,
    /// TLS 1.0
    Tls10,
    /// TLS 1.1
    Tls11,
    /// TLS 1.2
    Tls12,
    /// TLS 1.3
    Tls13,
}

impl Version {
    /// All of them, the oldest first.
    pub const ALL: [Self; 5] = [Self::Ssl30, Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// Its number on the wire (RFC 8446 §4.2.1).
    pub(super) fn code(self) -> u16 {
        match self {
            Self::Ssl30 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Ssl30 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        })
    }
}

/// A cipher suite by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suite(pub u16);

impl Suite {
    /// The suite of this name.
    pub fn named(name: &str) -> Option<Self> {
        TlsCipherSuite::from_name(name).map(|known| Self(known.id.0))
    }

    /// Every suite that may be offered in a version, by number.
    pub fn offered_in(version: Version) -> Vec<Self> {
        let fits = |known: &&TlsCipherSuite| (known.kx == TlsCipherKx::Tls13) == (version == Version::Tls13);
        let mut all: Vec<Self> = CIPHERS.values().filter(fits).map(|known| Self(known.id.0)).collect();
        // The two that are signals and no suites (RFC 5746 §3.3, RFC 7507 §4).
        all.retain(|suite| !matches!(suite.0, 0 | 0x00ff | 0x5600));
        all.sort();
        all
    }

    /// How many bits the cipher's key has; 0 for no encryption.
    pub fn bits(self) -> u16 {
        match self.known() {
            // Three keys, but two can be met in the middle: SSL Labs counts 112.
            Some(known) if known.enc == TlsCipherEnc::TripleDes => 112,
            Some(known) if known.enc == TlsCipherEnc::Null => 0,
            Some(known) => known.enc_size,
            None => 0,
        }
    }

    /// Whether the keys of a connection are lost with it.
    pub fn forward_secret(self) -> bool {
        self.known().is_some_and(|known| matches!(known.kx, TlsCipherKx::Tls13 | TlsCipherKx::Ecdhe | TlsCipherKx::Dhe))
    }

    /// Whether the key exchange is over a curve, and signed.
    pub(super) fn over_curve(self) -> bool {
        self.known().is_some_and(|known| known.kx == TlsCipherKx::Ecdhe)
    }

    /// Whether nobody says who the server is.
    pub fn anonymous(self) -> bool {
        self.known().is_some_and(|known| known.au == TlsCipherAu::Null && known.kx != TlsCipherKx::Psk)
    }

    /// Whether encryption and integrity are one.
    pub fn authenticated_encryption(self) -> bool {
        self.known().is_some_and(|known| {
            known.mac == TlsCipherMac::Aead || matches!(known.enc_mode, TlsCipherEncMode::Ccm | TlsCipherEncMode::Gcm)
        })
    }

    /// Whether the cipher works on blocks of 64 bits.
    pub fn small_blocks(self) -> bool {
        self.known().is_some_and(|known| known.enc_block_size() == 8)
    }

    /// Whether the cipher is RC4.
    pub fn rc4(self) -> bool {
        self.known().is_some_and(|known| known.enc == TlsCipherEnc::Rc4)
    }

    fn known(self) -> Option<&'static TlsCipherSuite> {
        TlsCipherSuite::from_id(self.0)
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some(known) => out.write_str(known.name),
            None => write!(out, "suite 0x{:04x}", self.0),
        }
    }
}

/// A group of the key exchange by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub u16);

/// The groups that are asked for, with their names (IANA, TLS Supported Groups).
pub(super) const GROUPS: &[(u16, &str)] = &[
    (1, "sect163k1"),
    (2, "sect163r1"),
    (3, "sect163r2"),
    (4, "sect193r1"),
    (5, "sect193r2"),
    (6, "sect233k1"),
    (7, "sect233r1"),
    (8, "sect239k1"),
    (9, "sect283k1"),
    (10, "sect283r1"),
    (11, "sect409k1"),
    (12, "sect409r1"),
    (13, "sect571k1"),
    (14, "sect571r1"),
    (15, "secp160k1"),
    (16, "secp160r1"),
    (17, "secp160r2"),
    (18, "secp192k1"),
    (19, "secp192r1"),
    (20, "secp224k1"),
    (21, "secp224r1"),
    (22, "secp256k1"),
    (23, "secp256r1"),
    (24, "secp384r1"),
    (25, "secp521r1"),
    (26, "brainpoolP256r1"),
    (27, "brainpoolP384r1"),
    (28, "brainpoolP512r1"),
    (29, "x25519"),
    (30, "x448"),
    (31, "brainpoolP256r1tls13"),
    (32, "brainpoolP384r1tls13"),
    (33, "brainpoolP512r1tls13"),
    (41, "curveSM2"),
    (0x0100, "ffdhe2048"),
    (0x0101, "ffdhe3072"),
    (0x0102, "ffdhe4096"),
    (0x0103, "ffdhe6144"),
    (0x0104, "ffdhe8192"),
    (0x0200, "MLKEM512"),
    (0x0201, "MLKEM768"),
    (0x0202, "MLKEM1024"),
    (0x11eb, "SecP256r1MLKEM768"),
    (0x11ec, "X25519MLKEM768"),
    (0x11ed, "SecP384r1MLKEM1024"),
    (0x6399, "X25519Kyber768Draft00"),
];

/// Parameters that the server wrote out itself, over a prime or over characteristic two (RFC 8422 §5.1.1).
pub(super) const WRITTEN_OUT: [u16; 2] = [0xff01, 0xff02];

impl fmt::Display for Group {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match GROUPS.iter().find(|(code, _)| *code == self.0) {
            Some((_, name)) => out.write_str(name),
            None if WRITTEN_OUT.contains(&self.0) => out.write_str("a curve of its own"),
            None => write!(out, "group 0x{:04x}", self.0),
        }
    }
}

/// A signature of the key exchange by its number (RFC 8446 §4.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scheme(pub u16);

impl Scheme {
    /// Whether its hash is MD5 or SHA-1: the first byte of those of TLS 1.2 is the hash (RFC 5246 §7.4.1.4.1).
    pub fn weak(self) -> bool {
        matches!(self.0 >> 8, 1 | 2)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = match self.0 >> 8 {
            1 => "MD5",
            2 => "SHA-1",
            3 => "SHA-224",
            4 => "SHA-256",
            5 => "SHA-384",
            6 => "SHA-512",
            _ => return write!(out, "signature 0x{:04x}", self.0),
        };
        match self.0 & 0xff {
            1 => write!(out, "RSA with {hash}"),
            2 => write!(out, "DSA with {hash}"),
            3 => write!(out, "ECDSA with {hash}"),
            _ => write!(out, "signature 0x{:04x}", self.0),
        }
    }
}
