//! A connection over TLS to a server that takes messages: to one of its addresses, and to nobody else.

use crate::model::advice::Advice;
use crate::model::values::Domain;
use anyhow::{Context as _, Result, anyhow};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A server: its name, which its certificate has to show, and where it listens.
pub(super) struct Place<'a> {
    pub(super) host: &'a Domain,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) port: u16,
}

/// Runs the exchange to its end, and no longer than the patience lasts.
pub(super) fn within<T>(patience: Duration, exchange: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = Builder::new_current_thread().enable_all().build().context("start the runtime")?;
    let late = || anyhow!("no end within {} seconds", patience.as_secs_f32());
    runtime.block_on(async { tokio::time::timeout(patience, exchange).await.map_err(|_| late())? })
}

/// Connects to the first of the server's addresses that answers; an address that is silent costs the others no more than
/// their share of the patience.
pub(super) async fn connect(place: &Place<'_>, patience: Duration) -> Result<TcpStream> {
    let count = u32::try_from(place.addresses.len()).unwrap_or(u32::MAX);
    let share = patience.checked_div(count.saturating_add(1)).unwrap_or(patience);
    let mut last = anyhow!("it has no address");
    for address in &place.addresses {
        match tokio::time::timeout(share, TcpStream::connect(SocketAddr::new(*address, place.port))).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = anyhow!(error).context(*address),
            Err(_) => last = anyhow!("no answer").context(*address),
        }
    }
    Err(last.context(format!("connect to {} port {}", place.host, place.port)))
}

/// Begins TLS; the server has to show a certificate for its name that ends at a trusted root.
pub(super) async fn secure(
    stream: TcpStream,
    place: &Place<'_>,
    trust: Arc<ClientConfig>,
) -> Result<TlsStream<TcpStream>> {
    let what = || format!("TLS with {} port {}", place.host, place.port);
    let name = ServerName::try_from(place.host.to_string()).with_context(what)?;
    let done = TlsConnector::from(trust).connect(name, stream).await;
    done.map_err(|error| {
        let distrusted = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match distrusted {
            Some(rustls::Error::InvalidCertificate(why)) => {
                let cause = format!("{}: its certificate is not trusted: {why:?}", what());
                anyhow!(Advice::new(cause, UNTRUSTED))
            }
            _ => anyhow!(error).context(what()),
        }
    })
}

const UNTRUSTED: &str =
    "give that server a certificate for its name that this host trusts; the roots of `tls.root` count too";

/// TLS 1.2 and 1.3 that trust this machine's roots, and those that the standing order names.
pub(super) fn trust(named: Option<&str>) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for certificate in CertificateDer::pem_slice_iter(named.unwrap_or_default().as_bytes()) {
        roots.add(certificate.context("read the roots")?).context("take a root")?;
    }
    if roots.is_empty() {
        let cause = "this host has no roots of trust";
        return Err(Advice::new(cause, "install ca-certificates on the host").into());
    }
    let config =
        ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
