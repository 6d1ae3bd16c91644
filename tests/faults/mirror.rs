//! A proxy of apt's that does harm: it answers rubbish, or passes on what it gets with the signatures broken.

use crate::lab::Lab;
use anyhow::{Context as _, Result};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What the proxy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// Any answer is 200 and rubbish.
    Rubbish,
    /// The lists come through with other words than were signed.
    Forgery,
}

/// It ends with this value.
pub(crate) struct Mirror {
    port: u16,
    over: Arc<AtomicBool>,
}

impl Mirror {
    pub(crate) fn start(harm: Harm) -> Result<Self> {
        let listener = TcpListener::bind((Lab::GATEWAY, 0))?;
        let port = listener.local_addr()?.port();
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if told.load(Ordering::Relaxed) {
                    return;
                }
                // Whoever asks badly gets no answer; apt tries again, or gives up.
                std::thread::spawn(move || serve(stream, harm));
            }
        });
        Ok(Self { port, over })
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}:{}", Lab::GATEWAY, self.port)
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // The listener looks at the word only when somebody comes.
        let _ = TcpStream::connect((Lab::GATEWAY, self.port));
    }
}

/// Answers one request; apt asks again over a new connection.
fn serve(mut stream: TcpStream, harm: Harm) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
    }
    let body = match harm {
        Harm::Rubbish => b"<html>Log in to this network first</html>\n".repeat(40),
        Harm::Forgery => forged(request.split(' ').nth(1).context("no address")?)?,
    };
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    Ok(stream.write_all(&body)?)
}

/// What stands at the address, with one letter changed in the middle.
fn forged(address: &str) -> Result<Vec<u8>> {
    let (host, path) = address.trim_start_matches("http://").split_once('/').context("no path")?;
    let place = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut origin = TcpStream::connect(place)?;
    origin.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(origin, "GET /{path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    origin.read_to_end(&mut answer)?;
    let start = answer.windows(4).position(|four| four == b"\r\n\r\n").context("no end of the head")? + 4;
    let mut body = answer.split_off(start);
    let middle = body.len() / 2;
    if let Some(letter) = body.iter_mut().skip(middle).find(|letter| letter.is_ascii_alphanumeric()) {
        *letter = if *letter == b'a' { b'b' } else { b'a' };
    }
    Ok(body)
}
