//! A server's first answer, read without keys and believing nothing.

use super::names::{Version, WRITTEN_OUT};
use super::reader::Reader;
use anyhow::{Context as _, Result, bail};

/// The most certificates that are kept of a chain.
const LONGEST_CHAIN: usize = 10;

/// The random number that makes a hello a request for another group (RFC 8446 §4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What a server says to a first message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It takes part.
    Flight(Box<Flight>),
    /// It does not; with the number of the alert, if there was one (RFC 8446 §6).
    Refused(Option<u8>),
}

/// What is to be read of the server's messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Flight {
    /// The version that it chose, by number.
    pub(super) version: u16,
    /// The suite that it chose.
    pub(super) suite: u16,
    /// The compression that it chose.
    pub(super) compression: u8,
    /// The group of the key exchange.
    pub(super) group: Option<u16>,
    /// The bits of the prime of a finite-field key exchange.
    pub(super) finite_field: Option<u16>,
    /// The signature of the key exchange, in TLS 1.2.
    pub(super) scheme: Option<u16>,
    /// Whether it binds renegotiations.
    pub(super) secure_renegotiation: bool,
    /// Whether it binds keys to the handshake.
    pub(super) extended_master_secret: bool,
    /// Whether the status of its certificate came along.
    pub(super) stapled: bool,
    /// Its certificates, in DER.
    pub(super) chain: Vec<Vec<u8>>,
    /// Whether it had nothing more to say.
    done: bool,
}

/// Reads what has come so far; nothing while more is needed.
///
/// # Errors
/// When it is no TLS.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Answer>> {
    let mut records = Reader::new(bytes);
    let mut messages = Vec::new();
    let mut alert = None;
    while let Some((kind, content)) = record(&mut records)? {
        match (kind, content) {
            // A warning (1) may come before an answer: that the name is not known to the server, for one.
            (21, [1, description, ..]) if *description != 0 => {}
            (21, [_, description, ..]) => {
                alert = Some(*description);
                break;
            }
            (22, _) => messages.extend_from_slice(content),
            // What follows the answer of TLS 1.3 is encrypted.
            _ if !messages.is_empty() => break,
            _ => bail!("a record of type {kind} in place of an answer"),
        }
    }
    let flight = handshake(&messages)?.filter(|flight| flight.done);
    let refused = || alert.map(|alert| Answer::Refused(Some(alert)));
    Ok(flight.map(|flight| Answer::Flight(Box::new(flight))).or_else(refused))
}

/// One record (RFC 8446 §5.1); nothing while it is not whole.
fn record<'a>(records: &mut Reader<'a>) -> Result<Option<(u8, &'a [u8])>> {
    let Some(kind) = records.u8() else { return Ok(None) };
    if !(20..=24).contains(&kind) {
        bail!("the answer is no TLS");
    }
    let Some(version) = records.u16() else { return Ok(None) };
    if version >> 8 != 3 {
        bail!("the answer is no TLS");
    }
    Ok(records.sized16().map(|content| (kind, content)))
}

/// What the messages say so far; nothing before the first whole one.
fn handshake(bytes: &[u8]) -> Result<Option<Flight>> {
    let mut reader = Reader::new(bytes);
    let mut flight: Option<Flight> = None;
    while let Some((kind, body)) = reader.u8().zip(reader.sized24()) {
        match (kind, &mut flight) {
            (2, None) => flight = Some(server_hello(body).context("its hello")?),
            (11, Some(flight)) => flight.chain = chain(body).context("its certificates")?,
            (12, Some(flight)) => exchange(flight, body),
            (14, Some(flight)) => flight.done = true,
            (22, Some(flight)) => flight.stapled = true,
            // A request for a certificate of ours; we have none.
            (13, Some(_)) => {}
            _ => bail!("a message of type {kind} in place of an answer"),
        }
    }
    Ok(flight)
}

fn server_hello(body: &[u8]) -> Option<Flight> {
    let mut reader = Reader::new(body);
    let version = reader.u16()?;
    let retry = reader.take(32)? == RETRY;
    reader.sized8()?;
    let mut flight = Flight { version, suite: reader.u16()?, compression: reader.u8()?, ..Flight::default() };
    let mut extensions = Reader::new(reader.sized16().unwrap_or_default());
    while let Some((kind, content)) = extensions.u16().zip(extensions.sized16()) {
        match kind {
            23 => flight.extended_master_secret = true,
            43 => flight.version = Reader::new(content).u16()?,
            51 => flight.group = Some(Reader::new(content).u16()?),
            0xff01 => flight.secure_renegotiation = true,
            _ => {}
        }
    }
    // What follows is encrypted, or waits for our next message.
    flight.done = retry || flight.version == Version::Tls13.code();
    Some(flight)
}

fn chain(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut reader = Reader::new(Reader::new(body).sized24()?);
    let mut chain = Vec::new();
    while let Some(certificate) = reader.sized24() {
        if chain.len() < LONGEST_CHAIN {
            chain.push(certificate.to_vec());
        }
    }
    Some(chain)
}

/// The key exchange (RFC 8422 §5.4, RFC 5246 §7.4.3). What cannot be read stays unknown: the rest of the answer still counts.
fn exchange(flight: &mut Flight, body: &[u8]) {
    let over_curve = super::names::Suite(flight.suite).over_curve();
    let mut reader = Reader::new(body);
    let read = if over_curve { curve(&mut reader) } else { prime(&mut reader) };
    let Some(parameters) = read else { return };
    match parameters {
        Parameters::Curve(group) => flight.group = Some(group),
        Parameters::Prime(bits) => flight.finite_field = Some(bits),
    }
    if flight.version == Version::Tls12.code() {
        flight.scheme = reader.u16().filter(|_| reader.sized16().is_some());
    }
}

enum Parameters {
    Curve(u16),
    Prime(u16),
}

fn curve(reader: &mut Reader<'_>) -> Option<Parameters> {
    let group = match reader.u8()? {
        3 => reader.u16()?,
        kind => return WRITTEN_OUT.get(usize::from(kind).checked_sub(1)?).copied().map(Parameters::Curve),
    };
    reader.sized8()?;
    Some(Parameters::Curve(group))
}

fn prime(reader: &mut Reader<'_>) -> Option<Parameters> {
    let prime = reader.sized16()?;
    let (_generator, _public) = (reader.sized16()?, reader.sized16()?);
    let first = prime.iter().position(|byte| *byte != 0)?;
    let bits = (prime.len() - first) * 8 - prime[first].leading_zeros() as usize;
    u16::try_from(bits).ok().map(Parameters::Prime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record_of(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind, 3, 3];
        bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        bytes.extend(content);
        bytes
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind, 0];
        bytes.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        bytes.extend(body);
        bytes
    }

    fn hello(suite: u16, extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.push(0);
        body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
        body.extend(extensions);
        message(2, &body)
    }

    fn flight(bytes: &[u8]) -> Flight {
        match read(bytes).unwrap().unwrap() {
            Answer::Flight(flight) => *flight,
            Answer::Refused(alert) => panic!("refused: {alert:?}"),
        }
    }

    #[test]
    fn a_flight_of_tls_1_2_is_read_over_any_cut_of_records() {
        let mut all = hello(0xc02b, &[0xff, 0x01, 0, 1, 0, 0, 23, 0, 0]);
        all.extend(message(11, &[0, 0, 6, 0, 0, 3, 1, 2, 3]));
        all.extend(message(22, &[1, 0, 0, 0]));
        all.extend(message(12, &[3, 0, 23, 1, 9, 4, 3, 0, 1, 8]));
        all.extend(message(14, &[]));
        for cut in 1..all.len() {
            let mut bytes = record_of(22, &all[..cut]);
            assert_eq!(read(&bytes).unwrap(), None);
            bytes.extend(record_of(22, &all[cut..]));
            let flight = flight(&bytes);
            assert_eq!((flight.suite, flight.group, flight.scheme), (0xc02b, Some(23), Some(0x0403)));
            assert!(flight.secure_renegotiation && flight.extended_master_secret && flight.stapled);
            assert_eq!(flight.chain, [vec![1, 2, 3]]);
        }
    }

    #[test]
    fn the_bits_of_a_prime_are_counted_without_leading_zeros() {
        let mut all = hello(0x009e, &[]);
        all.extend(message(12, &[0, 3, 0, 1, 0xff, 0, 1, 2, 0, 1, 5, 2, 1, 0, 1, 8]));
        all.extend(message(14, &[]));
        let flight = flight(&record_of(22, &all));
        assert_eq!((flight.finite_field, flight.scheme), (Some(9), Some(0x0201)));
    }

    #[test]
    fn tls_1_3_says_its_group_at_once() {
        let flight = flight(&record_of(22, &hello(0x1302, &[0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0x11, 0xec])));
        assert_eq!((flight.version, flight.group), (0x0304, Some(0x11ec)));
    }

    #[test]
    fn compression_is_seen() {
        let mut all = hello(0xc02b, &[]);
        // Behind the message's head, the version, the random number, the session's name and the suite.
        all[4 + 2 + 32 + 1 + 2] = 1;
        all.extend(message(14, &[]));
        assert_eq!(flight(&record_of(22, &all)).compression, 1);
    }

    #[test]
    fn refusals_keep_their_number_and_warnings_are_passed_over() {
        let mut bytes = record_of(21, &[1, 112]);
        assert_eq!(read(&bytes).unwrap(), None);
        bytes.extend(record_of(21, &[2, 40]));
        assert_eq!(read(&bytes).unwrap(), Some(Answer::Refused(Some(40))));
        assert_eq!(read(&record_of(21, &[1, 0])).unwrap(), Some(Answer::Refused(Some(0))));
        assert!(read(b"HTTP/1.1 400 Bad Request").is_err());
        assert!(read(&record_of(23, &[1])).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_fall(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_messages_are_read_without_a_fall(
            messages in proptest::collection::vec((0_u8..24, proptest::collection::vec(any::<u8>(), 0..80)), 0..6),
            suite in prop_oneof![Just(0xc02b_u16), Just(0x009e), Just(0x1301), any::<u16>()],
        ) {
            let mut all = hello(suite, &[]);
            messages.iter().for_each(|(kind, body)| all.extend(message(*kind, body)));
            let _ = read(&record_of(22, &all));
        }
    }
}
