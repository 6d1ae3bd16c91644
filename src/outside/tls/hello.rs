//! A client's first message, written by hand: it offers whatever a question needs, also what no library would.

use super::names::{GROUPS, Version};

/// What is offered. The rest of the message is the same in every question.
#[derive(Debug, Clone)]
pub(super) struct Hello {
    /// The newest version; older ones may be answered.
    pub(super) version: Version,
    /// Suites, the dearest first.
    pub(super) suites: Vec<u16>,
    /// Groups, the dearest first.
    pub(super) groups: Vec<u16>,
    /// Signatures, the dearest first.
    pub(super) schemes: Vec<u16>,
    /// Ways to compress; `[0]` is none.
    pub(super) compressions: Vec<u8>,
}

/// Signatures that any server can give: ECDSA, Ed25519, Ed448, RSA-PSS, RSA and DSA, with SHA-2, then with SHA-1.
pub(super) const SCHEMES: [u16; 21] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x081a, 0x081b, 0x081c, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806,
    0x0401, 0x0501, 0x0601, 0x0402, 0x0203, 0x0201, 0x0202,
];

impl Hello {
    /// Offers a version with these suites and everything else that is known.
    pub(super) fn new(version: Version, suites: Vec<u16>) -> Self {
        let groups = groups(version);
        Self { version, suites, groups, schemes: SCHEMES.to_vec(), compressions: vec![0] }
    }

    /// The bytes of the record for a server of this name.
    pub(super) fn bytes(&self, name: &str) -> Vec<u8> {
        let legacy = self.version.min(Version::Tls12).code();
        let mut body = legacy.to_be_bytes().to_vec();
        // Nothing is ever encrypted here, so it need not be random.
        body.extend([0x5a; 32]);
        // TLS 1.3 in its disguise for middle boxes has a session's name (RFC 8446 appendix D.4).
        let session: &[u8] = if self.version == Version::Tls13 { &[0xa5; 32] } else { &[] };
        body.extend(sized8(session));
        body.extend(sized16(&numbers(&self.suites)));
        body.extend(sized8(&self.compressions));
        body.extend(sized16(&self.extensions(name)));

        let mut handshake = vec![1, 0];
        handshake.extend(sized16(&body));
        let mut record = vec![22];
        record.extend(self.version.min(Version::Tls10).code().to_be_bytes());
        record.extend(sized16(&handshake));
        record
    }

    fn extensions(&self, name: &str) -> Vec<u8> {
        let mut host = vec![0];
        host.extend(sized16(name.as_bytes()));
        let mut all = extension(0, &sized16(&host));
        all.extend(extension(10, &sized16(&numbers(&self.groups))));
        all.extend(extension(11, &[1, 0]));
        all.extend(extension(23, &[]));
        all.extend(extension(0xff01, &[0]));
        if self.version >= Version::Tls12 {
            all.extend(extension(5, &[1, 0, 0, 0, 0]));
            all.extend(extension(13, &sized16(&numbers(&self.schemes))));
        }
        if self.version == Version::Tls13 {
            all.extend(extension(43, &sized8(&Version::Tls13.code().to_be_bytes())));
            all.extend(extension(45, &[1, 1]));
            // No share at all: the server then has to say which group it wants (RFC 8446 §4.2.8).
            all.extend(extension(51, &[0, 0]));
        }
        all
    }
}

/// The groups that a version knows.
fn groups(version: Version) -> Vec<u16> {
    let all = GROUPS.iter().map(|(code, _)| *code);
    match version {
        // Those of post-quantum exchanges first, then X25519, and so on down.
        Version::Tls13 => all.filter(|code| *code > 22 && !matches!(code, 26..=28)).rev().collect(),
        _ => all.filter(|code| *code <= 30).rev().collect(),
    }
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_be_bytes().to_vec();
    bytes.extend(sized16(content));
    bytes
}

fn numbers(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// Our own lists are far below 256 bytes; a longer one would be cut, not miscounted.
fn sized8(content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![length];
    bytes.extend(&content[..usize::from(length)]);
    bytes
}

/// Likewise for 65,536 bytes.
fn sized16(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(&content[..usize::from(length)]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::names::Suite;
    use super::*;
    use tls_parser::{TlsMessage, TlsMessageHandshake, parse_tls_client_hello_extensions, parse_tls_plaintext};

    #[test]
    fn another_reader_finds_every_offer() {
        for version in Version::ALL {
            let suites: Vec<u16> = Suite::offered_in(version).iter().map(|suite| suite.0).collect();
            let bytes = Hello::new(version, suites.clone()).bytes("meet.voorbeeldstad.example");
            let (rest, record) = parse_tls_plaintext(&bytes).unwrap();
            assert!(rest.is_empty());
            let [TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello))] = record.msg.as_slice() else {
                panic!("{version}: no first message");
            };
            assert_eq!(hello.ciphers.iter().map(|suite| suite.0).collect::<Vec<_>>(), suites);
            let (rest, extensions) = parse_tls_client_hello_extensions(hello.ext.unwrap()).unwrap();
            assert!(rest.is_empty());
            assert!(extensions.len() >= 5, "{extensions:?}");
        }
    }
}
