//! HTTP requests to one address of the instance; the crates of HTTP and its runtime are named here alone.

use super::Way;
use super::trusting;
use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
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

/// How many connections one call opens at once to an address: a slow line is used well, and no limit of the host is near.
const LINES: usize = 4;

/// Asks one address of the instance; redirects are not followed.
///
/// # Errors
/// When there is no answer in time, or it is no HTTP, or it is too long.
pub fn fetch(way: &Way, address: IpAddr, ask: &Ask<'_>) -> Result<Page> {
    fetch_as(way, address, way.domain.as_str(), ask)
}

/// The same under another name than the instance's; an IP address is a name that no handshake mentions (RFC 6066 §3).
///
/// # Errors
/// As [`fetch`].
pub fn fetch_as(way: &Way, address: IpAddr, name: &str, ask: &Ask<'_>) -> Result<Page> {
    let mut line = Line { address, name: Cow::Borrowed(name), open: None };
    runtime()?.block_on(line.ask(ask, way.patience))
}

/// Asks one address several things over a few connections; the answers stand in the order of the asks, which all go to
/// one port. The whole takes at most twice the patience for one answer; what was not asked by then has an error.
pub fn fetch_all(way: &Way, address: IpAddr, asks: &[Ask<'_>]) -> Vec<Result<Page>> {
    let (next, until) = (AtomicUsize::new(0), Instant::now() + 2 * way.patience);
    let line = || one_line(way, address, Work { asks, next: &next, until });
    let mut answers: Vec<Option<Result<Page>>> = asks.iter().map(|_| None).collect();
    std::thread::scope(|scope| {
        let lines: Vec<_> = (0..LINES.min(asks.len())).map(|_| scope.spawn(line)).collect();
        for (at, answer) in lines.into_iter().flat_map(|line| line.join().unwrap_or_default()) {
            if let Some(place) = answers.get_mut(at) {
                *place = Some(answer);
            }
        }
    });
    let unasked = || Err(anyhow!("{address} was not asked: no connection, or no time left"));
    answers.into_iter().map(|answer| answer.unwrap_or_else(unasked)).collect()
}

/// A connection to one address that stays open from one request to the next, for whoever has many that wait for each other.
pub struct Kept {
    runtime: Runtime,
    line: Line<'static>,
    patience: Duration,
}

impl Kept {
    /// One for this address; it is opened by the first request.
    ///
    /// # Errors
    /// When the runtime does not start.
    pub fn new(way: &Way, address: IpAddr) -> Result<Self> {
        let line = Line { address, name: Cow::Owned(way.domain.to_string()), open: None };
        Ok(Self { runtime: runtime()?, line, patience: way.patience })
    }

    /// Asks; as [`fetch`].
    ///
    /// # Errors
    /// As [`fetch`].
    pub fn fetch(&mut self, ask: &Ask<'_>) -> Result<Page> {
        self.runtime.block_on(self.line.ask(ask, self.patience))
    }
}

/// What the connections of one call share.
struct Work<'a> {
    asks: &'a [Ask<'a>],
    next: &'a AtomicUsize,
    until: Instant,
}

/// Takes asks as long as there are some and the address answers.
fn one_line(way: &Way, address: IpAddr, work: Work<'_>) -> Vec<(usize, Result<Page>)> {
    let Ok(runtime) = runtime() else { return Vec::new() };
    let mut line = Line { address, name: Cow::Borrowed(way.domain.as_str()), open: None };
    let mut answers = Vec::new();
    loop {
        let at = work.next.fetch_add(1, Ordering::Relaxed);
        let left = work.until.saturating_duration_since(Instant::now());
        let Some(ask) = work.asks.get(at).filter(|_| !left.is_zero()) else { return answers };
        let answer = runtime.block_on(line.ask(ask, way.patience.min(left)));
        let reached = answer.is_ok() || line.open.is_some();
        answers.push((at, answer));
        if !reached {
            return answers;
        }
    }
}

fn runtime() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("start the runtime")
}

/// A connection that is opened when it is needed and used as long as it lasts.
struct Line<'a> {
    address: IpAddr,
    name: Cow<'a, str>,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Line<'_> {
    async fn ask(&mut self, ask: &Ask<'_>, patience: Duration) -> Result<Page> {
        let what = format!("ask {} port {} for {}", self.address, ask.port, ask.path);
        let answer = tokio::time::timeout(patience, self.answer(ask)).await;
        if answer.is_err() {
            // What is still under way must not be taken for the answer to the next.
            self.open = None;
        }
        answer.map_err(|_| anyhow!("no answer within {} ms", patience.as_millis())).and_then(|page| page).context(what)
    }

    async fn answer(&mut self, ask: &Ask<'_>) -> Result<Page> {
        if let Some(mut sender) = self.open.take()
            && let Ok(page) = self.exchange(&mut sender, ask).await
        {
            self.open = Some(sender);
            return Ok(page);
        }
        // A server may end a kept connection at any time (RFC 9112 §9.3.1), so it is no answer.
        let mut sender = self.connect(ask).await?;
        let page = self.exchange(&mut sender, ask).await;
        self.open = Some(sender);
        page
    }

    async fn connect(&self, ask: &Ask<'_>) -> Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(SocketAddr::new(self.address, ask.port)).await.context("connect")?;
        match ask.scheme {
            Scheme::Http => handshake(stream).await,
            Scheme::Https => {
                let name = ServerName::try_from(self.name.to_string()).context("the name")?;
                let connector = TlsConnector::from(Arc::new(trusting::tls()?));
                handshake(connector.connect(name, stream).await.context("TLS")?).await
            }
        }
    }

    async fn exchange(&self, sender: &mut SendRequest<Full<Bytes>>, ask: &Ask<'_>) -> Result<Page> {
        sender.ready().await?;
        let host =
            self.name.parse::<Ipv6Addr>().map_or_else(|_| self.name.to_string(), |address| format!("[{address}]"));
        let mut request = Request::builder().method(ask.method.clone()).uri(ask.path);
        request = request.header("Host", host).header("User-Agent", "vc4all-deploy");
        for (name, value) in ask.headers {
            request = request.header(*name, *value);
        }
        let response = sender.send_request(request.body(Full::new(Bytes::from(ask.body.clone())))?).await?;
        let (head, body) = response.into_parts();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let body = Limited::new(body, LONGEST).collect().await.map_err(|error| anyhow!("read the body: {error}"))?;
        Ok(Page { status: head.status.as_u16(), headers, body: body.to_bytes().to_vec() })
    }
}

async fn handshake<S>(stream: S) -> Result<SendRequest<Full<Bytes>>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the runtime; an error of it is one of the request too.
    tokio::spawn(connection);
    Ok(sender)
}
