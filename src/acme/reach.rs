//! The challenge as the authority will fetch it: over HTTP on port 80, on every address of the name (RFC 8555 §8.3).

use super::Side;
use super::error::{Error, Kind, told};
use super::names::addresses;
use crate::model::subject::SubjectName;
use std::collections::BTreeMap;
use std::io::{Error as Trouble, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// What was seen at the challenge's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The right answer.
    Served,
    /// Nobody could look from there, for this reason.
    Unseen(String),
    /// The name leads elsewhere or nowhere.
    WrongDns(String),
    /// Nobody answers on port 80.
    Closed(String),
    /// Somebody else answers.
    Other(String),
}

impl Reach {
    /// The same, where a closed port may be closed for us alone.
    pub(super) fn unless_closed(self) -> Self {
        match self {
            Self::Closed(why) => Self::Unseen(why),
            other => other,
        }
    }

    /// Nothing when it is served, a reason when it could not be seen, and an error when the authority would fail too.
    pub(super) fn verdict(self, name: &SubjectName) -> Result<Option<String>, Error> {
        let refuse = |kind, why: &str| Err(Error::new(kind, format!("the challenge for {name}: {}", told(why))));
        match self {
            Self::Served => Ok(None),
            Self::Unseen(why) => Ok(Some(told(&why))),
            Self::WrongDns(why) => refuse(Kind::WrongDns, &why),
            Self::Closed(why) => refuse(Kind::ClosedPort80, &why),
            Self::Other(why) => refuse(Kind::WrongAnswer, &why),
        }
    }
}

/// How long each address may take to connect, and again to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const LONGEST: usize = 16 * 1024;

/// Looks at the challenges of one certificate. Names often share their addresses: one that does not answer for a name is
/// waited for once, and counts as silent for the names after it.
#[derive(Debug, Default)]
pub struct Looks {
    silent: BTreeMap<SocketAddr, Silence>,
}

/// Why nobody answers at an address.
#[derive(Debug, Clone)]
enum Silence {
    /// There is no way to it from here; a machine without IPv6 says nothing about the host's.
    NoWay,
    /// Nobody is there, or nobody says anything.
    Closed(String),
}

impl Looks {
    /// Looks from this machine, at every address that it knows for the name.
    pub(super) fn look(&mut self, name: &SubjectName, side: Side, (token, answer): (&str, &str)) -> Reach {
        match addresses(&name.to_string(), side) {
            Ok(found) => {
                let found: Vec<_> = found.into_iter().map(|address| SocketAddr::new(address, 80)).collect();
                self.look_at(name, &found, (token, answer))
            }
            Err(error) => Reach::Unseen(format!("this machine does not find the name: {error}")),
        }
    }

    /// Looks at these addresses of a name. One wrong answer is an error, for the authority may ask any of them; a closed
    /// address is one only when no other serves the answer.
    pub fn look_at(&mut self, name: &SubjectName, addresses: &[SocketAddr], (token, answer): (&str, &str)) -> Reach {
        let mut served = false;
        let mut closed = None;
        for address in addresses {
            match self.ask(*address, name, token) {
                Ok(seen) if seen.status == 200 && seen.body.trim_end() == answer => served = true,
                Ok(seen) => {
                    let start: String = seen.body.chars().take(60).collect();
                    return Reach::Other(format!("{address} answered {} `{}`", seen.status, told(&start)));
                }
                Err(Silence::NoWay) => {}
                Err(Silence::Closed(why)) => closed = Some(format!("{address} does not answer: {why}")),
            }
        }
        match (served, closed) {
            (true, _) => Reach::Served,
            (false, Some(why)) => Reach::Closed(why),
            (false, None) => Reach::Unseen("this machine reaches none of the name's addresses".to_owned()),
        }
    }

    fn ask(&mut self, address: SocketAddr, name: &SubjectName, token: &str) -> Result<Seen, Silence> {
        if let Some(silence) = self.silent.get(&address) {
            return Err(silence.clone());
        }
        fetch(address, name, token).map_err(|error| {
            let silence = match error.kind() {
                ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => Silence::NoWay,
                _ => Silence::Closed(error.to_string()),
            };
            self.silent.insert(address, silence.clone());
            silence
        })
    }
}

struct Seen {
    status: u16,
    body: String,
}

fn fetch(address: SocketAddr, name: &SubjectName, token: &str) -> std::io::Result<Seen> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // HTTP/1.0, so that nobody answers in chunks; in one piece, as small servers want it.
    let question = format!("GET /.well-known/acme-challenge/{token} HTTP/1.0\r\nHost: {}\r\n\r\n", name.as_authority());
    stream.write_all(question.as_bytes())?;
    let bytes = whole(stream)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Seen { status, body: body.to_owned() })
}

/// All that comes until the end or within the time for it, however slowly.
fn whole(mut stream: TcpStream) -> std::io::Result<Vec<u8>> {
    let until = Instant::now() + PATIENCE;
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    while bytes.len() < LONGEST {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Trouble::new(ErrorKind::TimedOut, "the answer does not end"));
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut piece)? {
            0 => break,
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
    Ok(bytes)
}
