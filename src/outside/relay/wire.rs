//! Brings requests to the relay and answers back, within a time that nobody can stretch.

use super::Transport;
use super::message::{self, Request};
use crate::model::values::Domain;
use anyhow::{Context as _, Result, bail, ensure};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// When a datagram that brought no answer goes again, and after how long there will be none (the shape of RFC 8489 §6.2.1,
/// cut short).
const AGAIN: [Duration; 4] =
    [Duration::from_millis(400), Duration::from_millis(600), Duration::from_millis(800), Duration::from_millis(1000)];
/// The longest message that is read.
const LONGEST: usize = 4096;

/// A way to the relay.
pub(super) enum Wire {
    /// Datagrams from a port of our own.
    Udp(UdpSocket, Instant),
    /// A stream inside TLS, and what of it is not yet a whole message.
    Tls(Box<StreamOwned<ClientConnection, Bounded>>, Vec<u8>),
}

/// Where a wire goes, and until when.
pub(super) struct Target<'a> {
    pub(super) server: SocketAddr,
    pub(super) transport: Transport,
    pub(super) name: &'a Domain,
    pub(super) tls: &'a ClientConfig,
    pub(super) until: Instant,
}

impl Wire {
    /// Opens it.
    ///
    /// # Errors
    /// When there is no way to the address, nobody listens, or it is no TLS.
    pub(super) fn open(target: &Target<'_>) -> Result<Self> {
        match target.transport {
            Transport::Udp => {
                let own: SocketAddr = match target.server {
                    SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
                    SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
                };
                let socket = UdpSocket::bind(own).context("open a socket")?;
                socket.connect(target.server).context("find a way")?;
                Ok(Self::Udp(socket, target.until))
            }
            Transport::Tls => {
                let stream = TcpStream::connect_timeout(&target.server, left(target.until)?).context("connect")?;
                stream.set_nodelay(true).context("connect")?;
                let name = ServerName::try_from(target.name.as_str().to_owned()).context("the name")?;
                let mut session = ClientConnection::new(Arc::new(target.tls.clone()), name).context("TLS")?;
                let mut stream = Bounded { stream, until: target.until };
                while session.is_handshaking() {
                    session.complete_io(&mut stream).context("TLS")?;
                }
                Ok(Self::Tls(Box::new(StreamOwned::new(session, stream)), Vec::new()))
            }
        }
    }

    /// Our own end of it.
    pub(super) fn here(&self) -> Option<SocketAddr> {
        match self {
            Self::Udp(socket, _) => socket.local_addr().ok(),
            Self::Tls(stream, _) => stream.sock.stream.local_addr().ok(),
        }
    }

    /// Sends requests at once and gathers their answers, in the order of the requests; nothing where none came in time.
    ///
    /// # Errors
    /// When the way breaks.
    pub(super) fn ask(&mut self, requests: &[Request]) -> Result<Vec<Option<Vec<u8>>>> {
        let mut answers: Vec<Option<Vec<u8>>> = requests.iter().map(|_| None).collect();
        let rounds = match self {
            Self::Udp(..) => &AGAIN[..],
            Self::Tls(..) => &[Duration::MAX],
        };
        for patience in rounds {
            for (request, _) in requests.iter().zip(&answers).filter(|(_, answer)| answer.is_none()) {
                self.send(&request.bytes)?;
            }
            let round = Instant::now().checked_add(*patience);
            while answers.iter().any(Option::is_none) {
                let Some(bytes) = self.receive(round)? else { break };
                let id = message::answered(&bytes);
                if let Some(at) = requests.iter().position(|request| Some(request.id) == id) {
                    answers[at] = Some(bytes);
                }
            }
            if answers.iter().all(Option::is_some) {
                break;
            }
        }
        Ok(answers)
    }

    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Udp(socket, _) => socket.send(bytes).map(drop).context("send"),
            Self::Tls(stream, _) => stream.write_all(bytes).and_then(|()| stream.flush()).context("send"),
        }
    }

    /// One whole message; nothing when `round` or the time of the wire is over.
    fn receive(&mut self, round: Option<Instant>) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Udp(socket, until) => {
                let until = round.map_or(*until, |round| round.min(*until));
                let Ok(patience) = left(until) else { return Ok(None) };
                socket.set_read_timeout(Some(patience))?;
                let mut buffer = [0; LONGEST];
                match socket.recv(&mut buffer) {
                    Ok(count) => Ok(Some(buffer[..count].to_vec())),
                    Err(error) if is_late(&error) => Ok(None),
                    Err(error) => Err(error).context("receive"),
                }
            }
            Self::Tls(stream, rest) => loop {
                if let Some(length) = message::length(rest)? {
                    ensure!(length <= LONGEST, "an answer of {length} bytes");
                    if rest.len() >= length {
                        let after = rest.split_off(length);
                        return Ok(Some(std::mem::replace(rest, after)));
                    }
                }
                let mut buffer = [0; LONGEST];
                match stream.read(&mut buffer) {
                    Ok(0) => bail!("the relay closed the connection"),
                    Ok(count) => rest.extend_from_slice(&buffer[..count]),
                    Err(error) if is_late(&error) => return Ok(None),
                    Err(error) => return Err(error).context("receive"),
                }
            },
        }
    }
}

/// A stream that ends at a moment, however slowly the other side talks.
pub(super) struct Bounded {
    stream: TcpStream,
    until: Instant,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Bounded {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::Error::new(ErrorKind::TimedOut, "no answer in time")) } else { Ok(left) }
}

fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
