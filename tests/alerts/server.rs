//! Servers that say what a test wants them to say.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// A connection over TLS.
pub(crate) type Tls = StreamOwned<ServerConnection, TcpStream>;

/// No test waits longer than this for somebody who has gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Takes one connection and serves it; what it hears goes to the test.
pub(crate) fn serve(work: impl FnOnce(TcpStream, Sender<String>) + Send + 'static) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        work(stream, tell);
    });
    (port, told)
}

/// Begins TLS on a connection, which the client may refuse.
pub(crate) fn secure(stream: TcpStream, config: Arc<ServerConfig>) -> Option<Tls> {
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    while tls.conn.is_handshaking() {
        tls.conn.complete_io(&mut tls.sock).ok()?;
    }
    Some(tls)
}

/// One request with its body; nothing where none comes.
pub(crate) fn request(stream: &mut impl Read) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(number) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        head += &line;
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}

/// Says each answer after a line of the client; the first is the greeting. Each line heard goes to the test.
pub(crate) fn converse(stream: &mut (impl Read + Write), answers: &[&str], tell: &Sender<String>) {
    for (at, answer) in answers.iter().enumerate() {
        if at > 0 {
            let Some(line) = line(stream) else { return };
            tell.send(line).unwrap();
        }
        if stream.write_all(answer.as_bytes()).and_then(|()| stream.flush()).is_err() {
            return;
        }
    }
    while let Some(line) = line(stream) {
        tell.send(line).unwrap();
    }
}

/// A line, read byte by byte: what follows it may be the beginning of TLS.
fn line(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
        if bytes.ends_with(b"\r\n") {
            return Some(String::from_utf8_lossy(&bytes).trim_end().to_owned());
        }
    }
}

/// Writes until the other side has had enough: how many bytes that were.
pub(crate) fn flood(stream: &mut impl Write, with: &[u8]) -> usize {
    let mut sent = 0;
    while sent < 64 * 1024 * 1024 {
        if stream.write_all(with).is_err() {
            return sent;
        }
        sent += with.len();
    }
    sent
}
