//! What came back, and forms to send.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// An answer of the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// Reads an answer to its end; none where the connection ended without one.
    pub(crate) fn read(mut stream: impl Read) -> Option<Self> {
        let mut bytes = Vec::new();
        // A door that cuts a connection may do so with an error; what came before counts.
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(Self { status, headers: lines.map(|line| header(line).unwrap()).collect(), body: body.to_owned() })
    }

    /// The values of a header.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header that is there once.
    pub(crate) fn header(&self, name: &str) -> &str {
        let [value] = self.all(name)[..] else { panic!("{name} is not there once: {:?}", self.headers) };
        value
    }

    /// The same without what moves with the clock.
    pub(crate) fn timeless(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "date");
        self
    }
}

/// Sends bytes and reads the answer.
pub(crate) fn send(socket: &Path, request: &[u8]) -> Option<Reply> {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // Where the door answers before it has read all, writing may fail; the answer is there all the same.
    let _ = stream.write_all(request);
    Reply::read(stream)
}

/// A value as a browser writes it into a form or an address.
pub(crate) fn escaped(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    })
}

/// Fields as a browser writes them.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}
