//! People who come while the certificate changes: whole TLS handshakes without a pause, each of which believes what it is
//! shown.

use crate::program::Deployment;
use anyhow::{Context as _, Result, anyhow, ensure};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Visitors of the web server and of TURN; the firewall takes 200 connections a second from one address.
const PORTS: [u16; 6] = [443, 443, 443, 443, 5349, 5349];
const PAUSE: Duration = Duration::from_millis(30);

/// Handshakes that go on until they are ended.
pub(crate) struct Load {
    enough: Arc<AtomicBool>,
    visitors: Vec<(u16, JoinHandle<Seen>)>,
}

/// What the visitors of one port saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) handshakes: usize,
    pub(crate) failures: Vec<String>,
    /// The certificates, each once.
    pub(crate) certificates: BTreeSet<Vec<u8>>,
    pub(crate) slowest: Duration,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.handshakes += other.handshakes;
        self.failures.extend(other.failures);
        self.certificates.extend(other.certificates);
        self.slowest = self.slowest.max(other.slowest);
    }
}

impl Load {
    pub(crate) fn on(deployment: &Deployment<'_>, roots: &Path) -> Result<Self> {
        let config = Arc::new(config(roots)?);
        let enough = Arc::new(AtomicBool::new(false));
        let name = ServerName::try_from(deployment.domain.clone())?;
        let visitors = PORTS.iter().map(|port| {
            let address = format!("{}:{port}", deployment.host.v4).parse::<SocketAddr>()?;
            let (config, enough, name) = (Arc::clone(&config), Arc::clone(&enough), name.clone());
            Ok((*port, std::thread::spawn(move || visit(address, &name, &config, &enough))))
        });
        Ok(Self { visitors: visitors.collect::<Result<_>>()?, enough })
    }

    /// What was seen at 443 and at 5349.
    pub(crate) fn end(mut self) -> Result<[Seen; 2]> {
        self.enough.store(true, Ordering::Relaxed);
        let mut seen = [Seen::default(), Seen::default()];
        for (port, visitor) in self.visitors.drain(..) {
            let one = visitor.join().map_err(|_| anyhow!("a visitor panicked"))?;
            seen[usize::from(port != 443)].add(one);
        }
        Ok(seen)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.enough.store(true, Ordering::Relaxed);
    }
}

/// Every handshake is a whole one.
fn config(roots: &Path) -> Result<ClientConfig> {
    let mut store = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(roots)? {
        store.add(root?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.with_root_certificates(store).with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn visit(address: SocketAddr, name: &ServerName<'static>, config: &Arc<ClientConfig>, enough: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    while !enough.load(Ordering::Relaxed) {
        let began = Instant::now();
        seen.handshakes += 1;
        match shake(address, name, config) {
            Ok(certificate) => drop(seen.certificates.insert(certificate)),
            Err(why) => seen.failures.push(format!("{address}: {why:#}")),
        }
        seen.slowest = seen.slowest.max(began.elapsed());
        std::thread::sleep(PAUSE);
    }
    seen
}

/// The certificate that was shown.
fn shake(address: SocketAddr, name: &ServerName<'static>, config: &Arc<ClientConfig>) -> Result<Vec<u8>> {
    let patience = Duration::from_secs(10);
    let mut stream = TcpStream::connect_timeout(&address, patience).context("connect")?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    let mut connection = ClientConnection::new(Arc::clone(config), name.clone())?;
    while connection.is_handshaking() {
        let (read, written) = connection.complete_io(&mut stream).context("shake hands")?;
        ensure!(read + written > 0, "the server went away");
    }
    connection.send_close_notify();
    while connection.wants_write() {
        connection.write_tls(&mut stream).context("take leave")?;
    }
    let shown = connection.peer_certificates().and_then(<[_]>::first).context("no certificate")?;
    Ok(shown.to_vec())
}
