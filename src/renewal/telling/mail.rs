//! A message as a mail, handed to one server over TLS and nothing else.

use super::line::{self, Place};
use super::message::Message;
use super::talk::{Reply, Talk};
use crate::model::advice::Advice;
use crate::model::alert_order::MailOrder;
use crate::model::secret::Secret;
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// How long a server may take for its farewell.
const FAREWELL: Duration = Duration::from_secs(2);

/// What is sent: by which route, with which password, what.
pub(super) struct Parcel<'a> {
    pub(super) route: &'a MailOrder,
    pub(super) password: Option<Secret<String>>,
    pub(super) message: &'a Message,
}

/// Hands the mail over; the server has taken it when this ends well.
pub(super) async fn send(
    parcel: &Parcel<'_>,
    place: Place<'_>,
    (trust, patience): (Arc<ClientConfig>, Duration),
) -> Result<()> {
    let stream = line::connect(&place, patience).await?;
    let name = parcel.message.instance.as_str();
    let mut talk = if parcel.route.server.upgrades() {
        Talk::over(upgraded(stream, name, &place, trust).await?)
    } else {
        let mut talk = Talk::over(line::secure(stream, &place, trust).await?);
        good("the greeting", talk.hear().await?)?;
        talk
    };
    let offers = good("EHLO", talk.ask(&format!("EHLO {name}")).await?)?;
    if let (Some(login), Some(password)) = (&parcel.route.login, &parcel.password) {
        log_in(&mut talk, &offers, (login.user.as_str(), password)).await?;
    }
    hand_over(&mut talk, parcel).await?;
    // The mail is with the server; whether it answers to the farewell, or ever does, changes nothing.
    let _ = tokio::time::timeout(FAREWELL, talk.ask("QUIT")).await;
    Ok(())
}

/// Asks for TLS on a connection without it (RFC 3207). A server that has none gets nothing.
async fn upgraded(
    stream: TcpStream,
    name: &str,
    place: &Place<'_>,
    trust: Arc<ClientConfig>,
) -> Result<TlsStream<TcpStream>> {
    let mut talk = Talk::over(stream);
    good("the greeting", talk.hear().await?)?;
    let offers = good("EHLO", talk.ask(&format!("EHLO {name}")).await?)?;
    if offers.offers("STARTTLS").is_none() {
        let cause = format!("{} offers no TLS on port {}", place.host, place.port);
        return Err(
            Advice::new(cause, "name a server with TLS under `alerts.mail.server`; no mail goes without it").into()
        );
    }
    good("STARTTLS", talk.ask("STARTTLS").await?)?;
    line::secure(talk.into_bare()?, place, trust).await
}

/// Logs in (RFC 4954). What the server says stands in no error: it may repeat what it was told.
async fn log_in<S>(talk: &mut Talk<S>, offers: &Reply, (user, password): (&str, &Secret<String>)) -> Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let ways = offers.offers("AUTH").unwrap_or_default();
    let can = |way: &str| ways.iter().any(|known| known == way);
    let password = password.reveal().trim_end_matches(['\r', '\n']);
    let answer = if can("PLAIN") {
        let both = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
        talk.ask(&format!("AUTH PLAIN {both}")).await?
    } else if can("LOGIN") {
        let mut answer = talk.ask("AUTH LOGIN").await?;
        for word in [user, password] {
            if answer.code == 334 {
                answer = talk.ask(&BASE64_STANDARD.encode(word)).await?;
            }
        }
        answer
    } else {
        let help = "take a server that takes passwords (PLAIN or LOGIN), or take `user` out of `alerts.mail`";
        return Err(Advice::new("the server takes no password", help).into());
    };
    if answer.code == 235 {
        return Ok(());
    }
    let cause = format!("the server refuses name or password with {}", answer.code);
    Err(Advice::new(cause, "look at `user` and the password's file under `alerts.mail`").into())
}

async fn hand_over<S>(talk: &mut Talk<S>, parcel: &Parcel<'_>) -> Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let MailOrder { to, from, .. } = parcel.route;
    good("the sender", talk.ask(&format!("MAIL FROM:<{from}>")).await?)?;
    good("the recipient", talk.ask(&format!("RCPT TO:<{to}>")).await?)?;
    let ready = talk.ask("DATA").await?;
    if ready.code != 354 {
        return Err(refused("the mail", &ready));
    }
    let mail = parcel.message.mail(from, to).context("write the mail")?;
    good("the mail", talk.hand_over(&mail).await?).map(drop)
}

/// A reply of the 2xx kind: it is done (RFC 5321 §4.2.1).
fn good(what: &str, reply: Reply) -> Result<Reply> {
    if (200..300).contains(&reply.code) { Ok(reply) } else { Err(refused(what, &reply)) }
}

fn refused(what: &str, reply: &Reply) -> anyhow::Error {
    let cause = format!("the server does not take {what}: {reply}");
    Advice::new(cause, "ask who runs the mail server, and look at `alerts.mail`").into()
}
