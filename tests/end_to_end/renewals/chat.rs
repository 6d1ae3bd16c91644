//! The operator's chat: it takes messages over HTTPS, and keeps them.

use crate::lab::Lab;
use anyhow::{Context as _, Result, ensure};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// What stands in its address, and nobody else may know.
pub(crate) const TOKEN: &str = "k4zr9wq1t6yh3n8x";
/// Nobody waits longer for somebody who has gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// It listens at the gateway until the tests end.
pub(crate) struct Chat {
    /// Where messages go.
    pub(crate) address: String,
    messages: Receiver<Value>,
}

impl Chat {
    /// With the lab's certificate, whose root is one of those of every authority.
    pub(crate) fn open() -> Result<Self> {
        let listener = TcpListener::bind((Lab::GATEWAY, 0))?;
        let address = format!("https://{}:{}/hooks/{TOKEN}", Lab::GATEWAY_NAME, listener.local_addr()?.port());
        let (config, (tell, messages)) = (Arc::new(config()?), channel());
        std::thread::spawn(move || {
            // A message that is none is missed by the checks.
            let heard = listener.incoming().flatten().filter_map(|stream| take(stream, &config).ok());
            heard.take_while(|message| tell.send(message.clone()).is_ok()).for_each(drop);
        });
        Ok(Self { address, messages })
    }

    /// What was told since it was asked last, each with its event.
    pub(crate) fn heard(&self) -> Vec<(String, Value)> {
        let messages = self.messages.try_iter();
        messages.map(|message| (message["event"].as_str().unwrap_or_default().to_owned(), message)).collect()
    }
}

fn config() -> Result<ServerConfig> {
    let pki = Path::new(Lab::PKI);
    let chain = CertificateDer::pem_file_iter(pki.join("api.pem"))?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(pki.join("api.key"))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    Ok(builder.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?)
}

/// One message; it is known here before the host knows that it arrived.
fn take(stream: TcpStream, config: &Arc<ServerConfig>) -> Result<Value> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(StreamOwned::new(ServerConnection::new(Arc::clone(config))?, stream));
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        ensure!(reader.read_line(&mut head)? > 0, "it ends in the middle");
    }
    ensure!(head.starts_with(&format!("POST /hooks/{TOKEN} HTTP/1.1\r\n")), "it is for somebody else");
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.context("no length")?];
    reader.read_exact(&mut body)?;
    let message = serde_json::from_slice(&body)?;
    let stream = reader.get_mut();
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    stream.flush()?;
    Ok(message)
}
