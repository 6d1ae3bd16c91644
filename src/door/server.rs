//! HTTP on the socket: small requests, little patience, a bounded number at once, and an end that lets nobody down.

use super::answer::Answer;
use super::desk::Desk;
use super::limit::FORGET_ONE;
use super::pages::Notice;
use anyhow::{Context as _, Result};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::os::unix::net;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Bytes of a request's line and headers together.
const LARGEST_HEAD: usize = 16 * 1024;
/// Headers of a request.
const MOST_HEADERS: usize = 64;
/// Bytes of a form.
const LARGEST_BODY: usize = 8 * 1024;
/// Connections at the same time; the others wait in the socket's own queue.
const CONNECTIONS: u32 = 256;
/// From the first byte of a request to the last byte of its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a head may take to arrive, and again a form: nginx has them whole before it asks. The rest of the time is for
/// the judging.
const ARRIVAL: Duration = Duration::from_secs(3);
/// How long the door rests when it cannot take a connection, such as when files run out.
const REST: Duration = Duration::from_millis(100);
/// Threads on which accounts are read: two hashes, and a few small questions beside.
const THREADS: usize = 4;

/// The machinery under the server, which has to be there before the desk.
///
/// # Errors
/// When the system gives no threads or timers.
pub(super) fn runtime() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().max_blocking_threads(THREADS).build().context("start the server")
}

/// Serves until the signal to end comes, and then answers what is still open.
///
/// # Errors
/// When the socket or the signal cannot be used.
pub(super) async fn serve(listener: net::UnixListener, desk: Arc<Desk>) -> Result<()> {
    listener.set_nonblocking(true).context("use the socket")?;
    let listener = UnixListener::from_std(listener).context("use the socket")?;
    let mut end = signal(SignalKind::terminate()).context("listen for the signal to end")?;
    let places = Arc::new(Semaphore::new(CONNECTIONS as usize));
    let sweeping = tokio::spawn(sweep(Arc::clone(&desk)));
    let accepting = tokio::spawn(accept(listener, desk, Arc::clone(&places)));
    // Where nobody waits for the word it goes nowhere (sd_notify(3)).
    sd_notify::notify(&[sd_notify::NotifyState::Ready]).context("tell systemd that the door is open")?;
    end.recv().await;
    accepting.abort();
    sweeping.abort();
    // All places together are free only when the last connection is done; each ends by itself.
    let _ = timeout(PATIENCE + REST, places.acquire_many(CONNECTIONS)).await;
    Ok(())
}

/// Forgets addresses also while nobody comes.
async fn sweep(desk: Arc<Desk>) {
    loop {
        sleep(FORGET_ONE).await;
        desk.sweep();
    }
}

async fn accept(listener: UnixListener, desk: Arc<Desk>, places: Arc<Semaphore>) {
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(REST).await;
            continue;
        };
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let _until_done = place;
            // What is cut here was too slow, or gone already.
            let _ = timeout(PATIENCE, connection(stream, desk)).await;
        });
    }
}

/// One request and its answer; nginx opens a connection for each.
async fn connection(stream: UnixStream, desk: Arc<Desk>) -> hyper::Result<()> {
    let service = service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(respond(&desk, request).await) }
    });
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(ARRIVAL).keep_alive(false);
    protocol.max_headers(MOST_HEADERS).max_buf_size(LARGEST_HEAD);
    protocol.serve_connection(TokioIo::new(stream), service).await
}

async fn respond(desk: &Desk, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let answer = match timeout(ARRIVAL, Limited::new(body, LARGEST_BODY).collect()).await {
        Ok(Ok(body)) => desk.answer(&Request::from_parts(head, body.to_bytes())).await,
        Ok(Err(error)) => unread(desk, &head.headers, error.is::<LengthLimitError>()),
        Err(_) => desk.refuse(&head.headers, StatusCode::REQUEST_TIMEOUT, Notice::Broken),
    };
    answer.response()
}

fn unread(desk: &Desk, headers: &http::HeaderMap, too_large: bool) -> Answer {
    match too_large {
        true => desk.refuse(headers, StatusCode::PAYLOAD_TOO_LARGE, Notice::Large),
        false => desk.refuse(headers, StatusCode::BAD_REQUEST, Notice::Broken),
    }
}
