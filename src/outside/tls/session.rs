//! A whole handshake, for what is only said under encryption: early data, and the certificates of TLS 1.3.

use super::line::Line;
use crate::outside::trusting;
use anyhow::{Context as _, Result};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ProtocolVersion};
use std::io::Read as _;
use std::sync::Arc;
use std::time::Instant;

/// What a handshake of TLS 1.3 showed.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// Whether its tickets allow data before the end of a later handshake.
    pub(super) early_data: bool,
    /// The certificates, in DER.
    pub(super) chain: Vec<Vec<u8>>,
}

/// Makes one handshake of TLS 1.3 and reads the tickets that follow it.
///
/// # Errors
/// When the handshake fails: a key that is too short, or no group in common.
pub(super) fn tls13(line: &Line<'_>) -> Result<Session> {
    let mut config = trusting::tls()?;
    config.enable_early_data = true;
    let config = Arc::new(config);
    let name = ServerName::try_from(line.name.to_owned()).context("the name")?;
    let mut stream = line.connect()?;
    let mut connection = ClientConnection::new(Arc::clone(&config), name.clone())?;
    while connection.is_handshaking() {
        anyhow::ensure!(Instant::now() < line.end, "it takes too long");
        connection.complete_io(&mut stream).context("shake hands")?;
    }
    anyhow::ensure!(connection.protocol_version() == Some(ProtocolVersion::TLSv1_3), "TLS 1.3 is not spoken");
    // Tickets follow the handshake at once (RFC 8446 §4.6.1). We say good-bye, so the server hangs up behind them.
    connection.send_close_notify();
    while connection.wants_write() {
        connection.write_tls(&mut stream)?;
    }
    tickets(line, &mut connection, &mut stream);
    let chain = connection.peer_certificates().unwrap_or_default();
    let chain = chain.iter().map(|certificate| certificate.to_vec()).collect();
    // A connection that would begin with a ticket knows whether it allows early data.
    let early_data = ClientConnection::new(config, name)?.early_data().is_some();
    Ok(Session { early_data, chain })
}

/// Whatever ends this (time, an error, the end) ends it: what came before counts.
fn tickets(line: &Line<'_>, connection: &mut ClientConnection, stream: &mut std::net::TcpStream) {
    let end = line.end.min(Instant::now() + line.patience / 5);
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return;
        }
        let mut piece = [0; 4096];
        let Ok(count @ 1..) = stream.read(&mut piece) else { return };
        let mut said = &piece[..count];
        while !said.is_empty() {
            // Behind the server's good-bye nothing is taken any more.
            if !matches!(connection.read_tls(&mut said), Ok(1..)) || connection.process_new_packets().is_err() {
                return;
            }
        }
    }
}
