//! The letter that SSL Labs' guide (SSL Server Rating Guide, version 2009r) gives to what was seen of one port.
//!
//! Three marks of 0 to 100 (versions 30 %, key exchange 30 %, ciphers 40 %) give a letter, and certain faults hold it down.
//! What the guide asks for and we do not look at (SSL 2.0, faults of certain libraries, browsers that are played) is not in
//! it; nor is the plus, which HSTS earns: that is a promise of the pages.

use super::tls_signatures::weak_certificate;
use crate::outside::tls::{Hash, Key, Spoken, Suite, Trust, Version};

/// A letter; the later one is the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    A,
    AMinus,
    B,
    C,
    D,
    E,
    F,
    /// The certificate is for other names.
    M,
    /// The certificate is not trusted.
    T,
}

impl Grade {
    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::AMinus => "A-",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
            Self::M => "M",
            Self::T => "T",
        }
    }
}

/// Why a grade is held down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cap {
    /// The best that is still possible.
    pub(super) grade: Grade,
    /// Why, as half a sentence.
    pub(super) why: &'static str,
    /// The promise that this fault breaks; nothing where it is the grade's own.
    pub(super) promise: Option<&'static str>,
}

/// The grade, and what holds it down.
pub(super) fn grade(spoken: &Spoken, now: i64) -> (Grade, Vec<Cap>) {
    let caps: Vec<Cap> = [versions(spoken), suites(spoken), certificate(spoken, now), details(spoken)].concat();
    let worst = caps.iter().map(|cap| cap.grade).max().unwrap_or(Grade::A);
    (worst.max(by_marks(spoken)), caps)
}

fn by_marks(spoken: &Spoken) -> Grade {
    let marks = [protocol_mark(spoken), exchange_mark(spoken), cipher_mark(spoken)];
    let total = if marks.contains(&0) { 0 } else { (marks[0] * 30 + marks[1] * 30 + marks[2] * 40) / 100 };
    match total {
        80.. => Grade::A,
        65.. => Grade::B,
        50.. => Grade::C,
        35.. => Grade::D,
        20.. => Grade::E,
        _ => Grade::F,
    }
}

/// The mean of the best and the worst version.
fn protocol_mark(spoken: &Spoken) -> u32 {
    let mark = |version: &Version| match version {
        Version::Ssl30 => 80,
        Version::Tls10 => 90,
        Version::Tls11 => 95,
        Version::Tls12 | Version::Tls13 => 100,
    };
    let best = spoken.suites.keys().next_back().map_or(0, mark);
    let worst = spoken.suites.keys().next().map_or(0, mark);
    (best + worst) / 2
}

/// The weaker of the certificate's key and the smallest prime, as bits of RSA.
fn exchange_mark(spoken: &Spoken) -> u32 {
    if suites_of(spoken).any(Suite::anonymous) {
        return 0;
    }
    let key = spoken.chain.first().map_or(u32::MAX, |own| match own.key {
        Key::Rsa(bits) => bits,
        // Equal strength by NIST SP 800-57 part 1, table 2.
        Key::Curve(Some(group)) => match group.0 {
            18 | 19 => 1_024,
            20 | 21 => 2_048,
            24 | 25 | 27 | 28 => 7_680,
            _ => 3_072,
        },
        Key::Curve(None) | Key::Edwards | Key::Other(_) => 3_072,
    });
    match spoken.finite_field.map_or(key, |bits| key.min(u32::from(bits))) {
        0..512 => 20,
        512..1024 => 40,
        1024..2048 => 80,
        2048..4096 => 90,
        _ => 100,
    }
}

/// The mean of the longest and the shortest key.
fn cipher_mark(spoken: &Spoken) -> u32 {
    let mark = |bits: u16| match bits {
        0 => 0,
        1..128 => 20,
        128..256 => 80,
        _ => 100,
    };
    let best = suites_of(spoken).map(Suite::bits).max().map_or(0, mark);
    let worst = suites_of(spoken).map(Suite::bits).min().map_or(0, mark);
    (best + worst) / 2
}

fn versions(spoken: &Spoken) -> Vec<Cap> {
    let speaks = |version: Version| spoken.suites.contains_key(&version);
    let modern = speaks(Version::Tls12) || speaks(Version::Tls13);
    let held = Some("tls-versions");
    chosen([
        (speaks(Version::Ssl30), Cap { grade: Grade::B, why: "SSL 3.0", promise: held }),
        (speaks(Version::Tls10), Cap { grade: Grade::B, why: "TLS 1.0", promise: held }),
        (speaks(Version::Tls11), Cap { grade: Grade::B, why: "TLS 1.1", promise: held }),
        (!modern, Cap { grade: Grade::C, why: "neither TLS 1.2 nor 1.3", promise: held }),
        (!speaks(Version::Tls13), Cap { grade: Grade::AMinus, why: "TLS 1.3 is missing", promise: None }),
    ])
}

fn suites(spoken: &Spoken) -> Vec<Cap> {
    let any = |is: fn(Suite) -> bool| suites_of(spoken).any(is);
    let after_1_0 =
        |is: fn(Suite) -> bool| spoken.suites.range(Version::Tls11..).any(|(_, all)| all.iter().copied().any(is));
    // Where an old version is spoken, its suites are its fault.
    let held = if super::tls_suites::weak(spoken).is_empty() { "tls-versions" } else { "tls-suites" };
    let cap = |grade, why| Cap { grade, why, promise: Some(held) };
    chosen([
        (
            any(|suite| suite.bits() < 112 || suite.anonymous()),
            cap(Grade::F, "suites below 112 bits or without a name"),
        ),
        (after_1_0(Suite::small_blocks), cap(Grade::C, "blocks of 64 bits")),
        (after_1_0(Suite::rc4), cap(Grade::C, "RC4")),
        (any(Suite::rc4), cap(Grade::B, "RC4")),
        (!any(Suite::forward_secret), cap(Grade::B, "no forward secrecy")),
        (!any(Suite::authenticated_encryption), cap(Grade::B, "no authenticated encryption")),
        (spoken.finite_field.is_some_and(|bits| bits < 1_024), cap(Grade::F, "a prime below 1024 bits")),
        (spoken.finite_field.is_some_and(|bits| bits < 2_048), cap(Grade::B, "a prime below 2048 bits")),
    ])
}

fn certificate(spoken: &Spoken, now: i64) -> Vec<Cap> {
    let weak = weak_certificate(spoken);
    let rsa = |below: u32| spoken.chain.first().is_some_and(|own| matches!(own.key, Key::Rsa(bits) if bits < below));
    let ends = spoken.chain.iter().any(|one| now < one.not_before || now > one.not_after);
    let trust = matches!(spoken.trust, Trust::Untrusted(_) | Trust::Absent) && weak.is_none();
    let cap = |grade, why, promise| Cap { grade, why, promise: Some(promise) };
    chosen([
        (trust, cap(Grade::T, "the certificate is not trusted", "certificate-trusted")),
        (spoken.trust == Trust::OtherName, cap(Grade::M, "the certificate is for other names", "certificate-trusted")),
        (ends, cap(Grade::T, "the certificate does not count today", "certificate-days")),
        (weak.is_some_and(|one| one.hash == Hash::Md5), cap(Grade::F, "a signature with MD5", "tls-signatures")),
        (weak.is_some(), cap(Grade::T, "a signature with SHA-1", "tls-signatures")),
        (rsa(1_024), cap(Grade::F, "a key below 1024 bits", "certificate-key")),
        (rsa(2_048), cap(Grade::B, "a key below 2048 bits", "certificate-key")),
    ])
}

fn details(spoken: &Spoken) -> Vec<Cap> {
    let held = Some("tls-details");
    let unbound = spoken.secure_renegotiation == Some(false);
    chosen([
        (spoken.compression, Cap { grade: Grade::C, why: "compression", promise: held }),
        (unbound, Cap { grade: Grade::AMinus, why: "renegotiation is not bound", promise: held }),
    ])
}

fn chosen<const N: usize>(caps: [(bool, Cap); N]) -> Vec<Cap> {
    caps.into_iter().filter(|(is, _)| *is).map(|(_, cap)| cap).collect()
}

fn suites_of(spoken: &Spoken) -> impl Iterator<Item = Suite> {
    spoken.suites.values().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::super::stage::{NOW, good, suite};
    use super::*;

    fn graded(change: impl FnOnce(&mut Spoken)) -> Grade {
        let mut spoken = good().endpoints.remove(0).spoken.unwrap();
        change(&mut spoken);
        grade(&spoken, NOW).0
    }

    fn with(name: &str) -> Grade {
        graded(|spoken| spoken.suites.entry(Version::Tls12).or_default().push(suite(name)))
    }

    #[test]
    fn the_guides_letters() {
        assert_eq!(graded(|_| {}), Grade::A);
        assert_eq!(graded(|spoken| drop(spoken.suites.remove(&Version::Tls13))), Grade::AMinus);
        assert_eq!(graded(|spoken| drop(spoken.suites.insert(Version::Tls11, Vec::new()))), Grade::B);
        assert_eq!(graded(|spoken| spoken.compression = true), Grade::C);
        assert_eq!(graded(|spoken| spoken.secure_renegotiation = Some(false)), Grade::AMinus);
        assert_eq!(graded(|spoken| spoken.trust = Trust::OtherName), Grade::M);
        assert_eq!(graded(|spoken| spoken.trust = Trust::Untrusted(String::new())), Grade::T);
        assert_eq!(graded(|spoken| spoken.chain[0].not_after = NOW - 1), Grade::T);
        assert_eq!(graded(|spoken| spoken.chain[0].hash = Hash::Sha1), Grade::T);
        assert_eq!(graded(|spoken| spoken.chain[0].key = Key::Rsa(1024)), Grade::B);
        assert_eq!(graded(|spoken| spoken.finite_field = Some(768)), Grade::F);
    }

    #[test]
    fn suites_hold_it_down() {
        assert_eq!(with("TLS_RSA_WITH_3DES_EDE_CBC_SHA"), Grade::C);
        assert_eq!(with("TLS_RSA_WITH_RC4_128_SHA"), Grade::C);
        assert_eq!(with("TLS_RSA_EXPORT_WITH_RC4_40_MD5"), Grade::F);
        assert_eq!(with("TLS_RSA_WITH_NULL_SHA256"), Grade::F);
        assert_eq!(with("TLS_DH_anon_WITH_AES_128_GCM_SHA256"), Grade::F);
        assert_eq!(with("TLS_RSA_WITH_AES_128_CBC_SHA"), Grade::A);
        let rsa_alone = |spoken: &mut Spoken| {
            spoken.suites.remove(&Version::Tls13);
            spoken.suites.insert(Version::Tls12, vec![suite("TLS_RSA_WITH_AES_128_CBC_SHA")]);
        };
        assert_eq!(graded(rsa_alone), Grade::B);
    }
}
