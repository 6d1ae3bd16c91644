//! The HTTP client that the ACME crate speaks through: bounded in time, with our roots and our way to names.

use super::error::{Error, Kind};
use super::names::Names;
use super::order::Counter;
use super::trust::Trust;
use bytes::Bytes;
use http::Response;
use http::header::{AGE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, ResponseFuture, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use instant_acme::{BodyWrapper, BytesResponse, Error as Failure, HttpClient};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long one answer of the authority may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most bytes of one answer; a chain has some ten thousand.
const LONGEST: usize = 1 << 20;
/// How long an idle connection may be used again; while the host works, the authority may have closed it.
const IDLE: Duration = Duration::from_secs(2);

/// The client; clones share what was heard last.
#[derive(Clone)]
pub(super) struct Wire {
    http: Client<HttpsConnector<HttpConnector<Names>>, BodyWrapper<Bytes>>,
    heard: Arc<Mutex<Heard>>,
    directory: Arc<str>,
}

/// What the last answer said beside its body; times are seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// What time it is there (RFC 9110 §6.6.1).
    pub(super) date: Option<i64>,
    /// Whether it has too much to do, or did too much for us.
    pub(super) busy: bool,
    /// When it wants to be asked again (RFC 9110 §10.2.3).
    pub(super) later: Option<i64>,
}

impl Wire {
    /// Prepares a connection; nothing is sent yet.
    pub(super) fn new(trust: &Trust, counter: Counter<'_>) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::new(Kind::Unreachable, error.to_string());
        let connector = match trust.tls()? {
            Some(config) => HttpsConnectorBuilder::new().with_tls_config(config),
            None => {
                HttpsConnectorBuilder::new().with_provider_and_platform_verifier(Trust::provider()).map_err(failed)?
            }
        };
        let mut plain = HttpConnector::new_with_resolver(Names::of(counter.side));
        // The connector around it insists on TLS.
        plain.enforce_http(false);
        let connector = connector.https_only().enable_http1().enable_http2().wrap_connector(plain);
        let mut builder = Client::builder(TokioExecutor::new());
        let http = builder.pool_idle_timeout(IDLE).build(connector);
        Ok(Self { http, heard: Arc::default(), directory: counter.directory.into() })
    }

    /// Address of the authority's directory.
    pub(super) fn directory(&self) -> &str {
        &self.directory
    }

    /// What the last answer said.
    pub(super) fn heard(&self) -> Heard {
        self.heard.lock().map(|heard| *heard).unwrap_or_default()
    }
}

/// The whole answer, however slowly it comes, within the time for it.
async fn bounded(answer: ResponseFuture) -> Result<BytesResponse, Failure> {
    let (parts, body) = answer.await.map_err(|error| Failure::Other(Box::new(error)))?.into_parts();
    let whole = Limited::new(body, LONGEST).collect().await.map_err(Failure::Other)?;
    Ok(BytesResponse::from(Response::from_parts(parts, Full::new(whole.to_bytes()))))
}

/// What comes of a question.
pub(super) type Answer = Pin<Box<dyn Future<Output = Result<BytesResponse, Failure>> + Send>>;

impl HttpClient for Wire {
    fn request(&self, request: http::Request<BodyWrapper<Bytes>>) -> Answer {
        let answer = bounded(self.http.request(request));
        let heard = Arc::clone(&self.heard);
        if let Ok(mut heard) = heard.lock() {
            *heard = Heard::default();
        }
        Box::pin(async move {
            let Ok(answer) = tokio::time::timeout(PATIENCE, answer).await else {
                return Err(Failure::Other("no answer within 30 seconds".into()));
            };
            let answer = answer?;
            if let Ok(mut heard) = heard.lock() {
                *heard = read(answer.parts.status.as_u16(), &answer.parts.headers, now());
            }
            Ok(answer)
        })
    }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

fn read(status: u16, headers: &HeaderMap, now: i64) -> Heard {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let later = |text: &str| match text.parse::<u32>() {
        Ok(seconds) => Some(now.saturating_add(i64::from(seconds))),
        Err(_) => moment(text),
    };
    let busy = matches!(status, 429 | 503);
    // A cache on the way says how long ago it asked (RFC 9111 §5.1).
    let age = text(AGE).and_then(|seconds| seconds.parse::<u32>().ok()).map_or(0, i64::from);
    let date = text(DATE).and_then(moment).map(|date| date.saturating_add(age));
    Heard { date, busy, later: text(RETRY_AFTER).and_then(later) }
}

/// A date as HTTP writes it, in any of its three forms (RFC 9110 §5.6.7).
fn moment(text: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(time.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn heard(status: u16, headers: &[(HeaderName, &str)]) -> Heard {
        let pairs = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        read(status, &pairs.collect(), NOW)
    }

    #[test]
    fn a_busy_authority_says_when_to_come_back_in_seconds_or_as_a_date() {
        let date = 784_111_777;
        for (text, later) in [
            ("3600", Some(NOW + 3600)),
            (" 0 ", Some(NOW)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(date)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(date)),
            ("Sun Nov  6 08:49:37 1994", Some(date)),
            ("-1", None),
            ("99999999999999999999", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(heard(429, &[(RETRY_AFTER, text)]), Heard { date: None, busy: true, later }, "{text}");
        }
    }

    #[test]
    fn every_answer_says_what_time_it_is_there() {
        let said = heard(200, &[(DATE, "Sun, 06 Nov 1994 08:49:37 GMT")]);
        assert_eq!(said, Heard { date: Some(784_111_777), busy: false, later: None });
        let kept = heard(200, &[(DATE, "Sun, 06 Nov 1994 08:49:37 GMT"), (AGE, "86400")]);
        assert_eq!(kept.date, Some(784_111_777 + 86_400));
        assert_eq!(heard(503, &[(DATE, "x"), (AGE, "7")]), Heard { date: None, busy: true, later: None });
    }
}
