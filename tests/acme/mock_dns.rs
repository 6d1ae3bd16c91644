//! What the mock DNS of an authority is told.

use crate::pebble::Pebble;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

impl Pebble {
    /// Tells the mock DNS something, such as `set-servfail`.
    pub(crate) fn tell_names(&self, what: &str, json: &str) {
        tell(self.names, what, json);
    }
}

/// Tells the mock DNS that listens on this port.
pub(crate) fn tell(port: u16, what: &str, json: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the mock DNS");
    let length = json.len();
    write!(stream, "POST /{what} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{json}").expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    assert!(answer.contains(" 200 "), "{answer}");
}
