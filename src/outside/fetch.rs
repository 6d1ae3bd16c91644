//! One HTTP request to one address of the instance; the crates of HTTP and its runtime are named here alone.

use super::Way;
use super::trusting;
use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// The most bytes of a body that are read; Jitsi's largest script has some 6 MB.
const LONGEST: usize = 16 * 1024 * 1024;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// Over TLS, or in clear.
    pub scheme: Scheme,
    /// The port; 443 and 80 as a rule.
    pub port: u16,
    /// `GET`, `POST`, `HEAD`.
    pub method: Method,
    /// Path and query.
    pub path: &'a str,
    /// Headers beside `Host` and `User-Agent`.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: Vec<u8>,
}

/// With or without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `https:`, with whatever certificate answers: that is judged elsewhere.
    Https,
    /// `http:`
    Http,
}

impl<'a> Ask<'a> {
    /// A `GET` over TLS on port 443.
    pub fn get(path: &'a str) -> Self {
        Self { scheme: Scheme::Https, port: 443, method: Method::GET, path, headers: &[], body: Vec::new() }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Page {
    /// All values of a header, whose name is given in lower case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Asks one address of the instance; redirects are not followed.
///
/// # Errors
/// When there is no answer in time, or it is no HTTP, or it is too long.
pub fn fetch(way: &Way, address: IpAddr, ask: &Ask<'_>) -> Result<Page> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the runtime")?;
    let answer = async { tokio::time::timeout(way.patience, answer(way, address, ask)).await };
    let what = || format!("ask {address} port {} for {}", ask.port, ask.path);
    runtime
        .block_on(answer)
        .map_err(|_| anyhow!("no answer within {} s", way.patience.as_secs()))
        .and_then(|page| page)
        .with_context(what)
}

async fn answer(way: &Way, address: IpAddr, ask: &Ask<'_>) -> Result<Page> {
    let stream = TcpStream::connect(SocketAddr::new(address, ask.port)).await.context("connect")?;
    match ask.scheme {
        Scheme::Http => exchange(stream, way, ask).await,
        Scheme::Https => {
            let name = ServerName::try_from(way.domain.as_str().to_owned()).context("the name")?;
            let connector = TlsConnector::from(Arc::new(trusting::tls()?));
            exchange(connector.connect(name, stream).await.context("TLS")?, way, ask).await
        }
    }
}

async fn exchange<S>(stream: S, way: &Way, ask: &Ask<'_>) -> Result<Page>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the runtime; an error of it is one of the request too.
    tokio::spawn(connection);
    let mut request = Request::builder().method(ask.method.clone()).uri(ask.path);
    request = request.header("Host", way.domain.as_str()).header("User-Agent", "vc4all-deploy");
    for (name, value) in ask.headers {
        request = request.header(*name, *value);
    }
    let response = sender.send_request(request.body(Full::new(Bytes::from(ask.body.clone())))?).await?;
    let (head, body) = response.into_parts();
    let headers = head.headers.iter();
    let headers =
        headers.map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let body = Limited::new(body, LONGEST).collect().await.map_err(|error| anyhow!("read the body: {error}"))?;
    Ok(Page { status: head.status.as_u16(), headers: headers.collect(), body: body.to_bytes().to_vec() })
}
