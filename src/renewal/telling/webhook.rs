//! A message as one HTTPS request to a service, such as a chat.

use super::line::{self, Place};
use super::message::Message;
use crate::model::advice::Advice;
use crate::model::alerts::WebhookAddress;
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;

/// The most bytes that are kept of an answer's head; its body is not read at all.
const LONGEST_HEAD: usize = 16 * 1024;

/// Posts the message; anything but a status of 200 to 299 is a failure, also a redirect, which is not followed.
pub(super) async fn post(
    address: &WebhookAddress,
    message: &Message,
    place: Place<'_>,
    (trust, patience): (Arc<ClientConfig>, Duration),
) -> Result<()> {
    let stream = line::connect(&place, patience).await?;
    let stream = line::secure(stream, &place, trust).await?;
    let mut client = http1::Builder::new();
    let (mut sender, connection) = client.max_buf_size(LONGEST_HEAD).handshake(TokioIo::new(stream)).await?;
    // It ends with the runtime; an error of it is one of the request too.
    tokio::spawn(connection);
    let port = if place.port == 443 { String::new() } else { format!(":{}", place.port) };
    let request = Request::post(address.target().reveal())
        .header("Host", format!("{}{port}", place.host))
        .header("User-Agent", "vc4all-agent")
        .header("Content-Type", "application/json")
        .body(Full::new(Bytes::from(message.json())));
    // What is wrong with the request would name its secret address.
    let request = request.ok().context("the address of the webhook cannot be asked for")?;
    let answer = sender.send_request(request).await.context("no answer")?;
    judge(answer.status().as_u16())
}

fn judge(status: u16) -> Result<()> {
    let help = match status {
        200..=299 => return Ok(()),
        300..=399 => "put the address to which the service redirects into the file of `alerts.webhook`",
        401 | 403 | 404 | 410 => "make a new address at the service, and put it into the file of `alerts.webhook`",
        _ => "ask who runs the service",
    };
    Err(Advice::new(format!("the service answers with status {status}"), help).into())
}

/// Reads the file that holds the address. Nothing of what it holds stands in an error.
pub(super) fn address(text: &str) -> Result<WebhookAddress> {
    ensure!(!text.trim().is_empty(), "the file with the webhook's address is empty");
    WebhookAddress::parse(text).map_err(|refusal| {
        let cause = format!("the webhook's address {}", refusal.what);
        anyhow::Error::new(Advice::new(
            cause,
            "put the address as the service gives it into the file of `alerts.webhook`",
        ))
    })
}
