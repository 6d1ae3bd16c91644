//! XMPP over a websocket (RFC 6455, RFC 7395), one stanza a message.

use super::line::Call;
use super::xml::{self, Element, escape};
use crate::outside::{Way, trusting};
use anyhow::{Context as _, Result, anyhow, bail};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tungstenite::client::{ClientRequestBuilder, client_with_config};
use tungstenite::handshake::HandshakeError;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, Message, WebSocket};

/// An open websocket.
pub(super) struct Websocket {
    socket: WebSocket<StreamOwned<ClientConnection, Timed>>,
    domain: String,
}

impl Websocket {
    pub(super) fn open(way: &Way, call: &Call, deadline: Instant) -> Result<Self> {
        let address = *way.addresses.first().context("there is no address")?;
        let stream = TcpStream::connect_timeout(&SocketAddr::new(address, 443), left(deadline)?).context("connect")?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from(way.domain.as_str().to_owned()).context("the name")?;
        let tls = ClientConnection::new(Arc::new(trusting::tls()?), name).context("TLS")?;
        let stream = StreamOwned::new(tls, Timed { stream, deadline });
        let uri = format!("wss://{}{}", way.domain, call.address("/xmpp-websocket"));
        // The error would quote the address with the token.
        let uri = uri.parse().map_err(|_| anyhow!("its address is none"))?;
        let origin = format!("https://{}", way.domain);
        let request = ClientRequestBuilder::new(uri).with_header("Origin", origin).with_sub_protocol("xmpp");
        let bounds = WebSocketConfig::default().max_message_size(Some(xml::LONGEST)).max_frame_size(Some(xml::LONGEST));
        let (socket, _) = client_with_config(request, stream, Some(bounds)).map_err(|error| match error {
            HandshakeError::Failure(error) => anyhow!("{}", told(&error)),
            HandshakeError::Interrupted(_) => anyhow!("no answer in time"),
        })?;
        let mut websocket = Self { socket, domain: call.domain.clone() };
        websocket.greet(deadline)?;
        Ok(websocket)
    }

    /// Opens the stream, the first time or anew (RFC 7395 §3.4, §3.7).
    pub(super) fn greet(&mut self, deadline: Instant) -> Result<()> {
        let domain = escape(&self.domain).into_owned();
        self.send(&format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{domain}' version='1.0'/>"), deadline)
    }

    pub(super) fn send(&mut self, stanza: &str, deadline: Instant) -> Result<()> {
        self.socket.get_mut().sock.deadline = deadline;
        self.socket.send(Message::text(stanza)).map_err(|error| anyhow!("{}", told(&error)))
    }

    /// The next stanza; nothing where none came until the deadline.
    pub(super) fn receive(&mut self, deadline: Instant) -> Result<Vec<Element>> {
        self.socket.get_mut().sock.deadline = deadline;
        match self.socket.read() {
            Ok(Message::Text(text)) => Ok(vec![xml::parse(&text)?]),
            Ok(Message::Close(_)) => bail!("the websocket was closed"),
            Ok(_) => Ok(Vec::new()),
            Err(Error::Io(error)) if late(&error) => Ok(Vec::new()),
            Err(error) => bail!("{}", told(&error)),
        }
    }

    pub(super) fn close(&mut self, stanzas: &str, deadline: Instant) {
        if !stanzas.is_empty() {
            drop(self.send(stanzas, deadline));
        }
        drop(self.send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", deadline));
        // The server ends it; until then the session is alive, and with it the room.
        while matches!(self.receive(deadline), Ok(come) if !come.is_empty()) {}
    }
}

/// A connection whose reads and writes end at a deadline, also where the other side sends a byte a second.
struct Timed {
    stream: TcpStream,
    deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.deadline)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.deadline)?))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::Error::from(ErrorKind::TimedOut)) } else { Ok(left) }
}

fn late(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

/// The error without the server's own words.
fn told(error: &Error) -> String {
    match error {
        Error::Http(response) => format!("HTTP {}", response.status().as_u16()),
        Error::Io(error) if late(error) => "no answer in time".to_owned(),
        Error::Io(error) => error.kind().to_string(),
        Error::Capacity(_) => "an answer is too long".to_owned(),
        Error::ConnectionClosed | Error::AlreadyClosed => "the websocket was closed".to_owned(),
        _ => "it speaks no websocket with XMPP".to_owned(),
    }
}
