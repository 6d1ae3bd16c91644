//! A way to talk: stanzas out, stanzas in, each with a deadline.

use super::bosh::Bosh;
use super::websocket::Websocket;
use super::xml::Element;
use crate::model::secret::Secret;
use crate::outside::Way;
use anyhow::Result;
use std::time::Instant;

/// How stanzas travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// One POST after the other (XEP-0124, XEP-0206).
    Bosh,
    /// RFC 7395.
    Websocket,
}

/// Who calls: the domain to log in to, and what the address says beside.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The domain to log in to.
    pub(super) domain: String,
    /// The room's name, as Jitsi's client puts it into the address; nothing where it must not reach a log.
    pub(super) room: Option<String>,
    /// The token, as Jitsi's client puts it into the address.
    pub(super) token: Option<Secret<String>>,
}

impl Call {
    /// Path and query. Rooms and tokens are of letters that need no escape there; others are left out.
    pub(super) fn address(&self, path: &str) -> String {
        let room = self.room.as_deref().map(|room| format!("room={}", plain(room)));
        let token = self.token.as_ref().map(|token| format!("token={}", plain(token.reveal())));
        let query: Vec<String> = room.into_iter().chain(token).collect();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect()
}

/// An open way to talk.
pub(super) enum Line {
    /// Over BOSH.
    Bosh(Box<Bosh>),
    /// Over the websocket.
    Websocket(Box<Websocket>),
}

impl Line {
    /// Opens a stream. What the server says to that comes as the first stanzas.
    ///
    /// # Errors
    /// When nothing answers there, or it speaks something else.
    pub(super) fn open(transport: Transport, way: &Way, call: &Call, deadline: Instant) -> Result<Self> {
        Ok(match transport {
            Transport::Bosh => Self::Bosh(Box::new(Bosh::open(way, call)?)),
            Transport::Websocket => Self::Websocket(Box::new(Websocket::open(way, call, deadline)?)),
        })
    }

    /// Sends stanzas.
    ///
    /// # Errors
    /// When the connection is lost.
    pub(super) fn send(&mut self, stanzas: &str, deadline: Instant) -> Result<()> {
        match self {
            Self::Bosh(bosh) => {
                bosh.say(stanzas);
                Ok(())
            }
            Self::Websocket(websocket) => websocket.send(stanzas, deadline),
        }
    }

    /// Begins the stream anew, as after a log-in (RFC 6120 §6.4.6).
    ///
    /// # Errors
    /// When the connection is lost.
    pub(super) fn restart(&mut self, deadline: Instant) -> Result<()> {
        match self {
            Self::Bosh(bosh) => bosh.restart(),
            Self::Websocket(websocket) => websocket.greet(deadline),
        }
    }

    /// What came next; nothing where nothing came until now or until the deadline.
    ///
    /// # Errors
    /// When the connection is lost, or what came is no XML.
    pub(super) fn receive(&mut self, deadline: Instant) -> Result<Vec<Element>> {
        match self {
            Self::Bosh(bosh) => bosh.exchange(),
            Self::Websocket(websocket) => websocket.receive(deadline),
        }
    }

    /// Says goodbye; whether somebody hears it does not matter any more.
    pub(super) fn close(&mut self, stanzas: &str, deadline: Instant) {
        match self {
            Self::Bosh(bosh) => bosh.close(stanzas),
            Self::Websocket(websocket) => websocket.close(stanzas, deadline),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_room_and_token_and_nothing_else() {
        let mut call = Call { domain: "HOST".into(), room: None, token: None };
        assert_eq!(call.address("/http-bind"), "/http-bind");
        call.room = Some("kamer 7&x=1".into());
        call.token = Some(Secret::new("aa.bb.cc\r\nX: y".into()));
        assert_eq!(call.address("/http-bind"), "/http-bind?room=kamer7x1&token=aa.bb.ccXy");
        assert!(!format!("{call:?}").contains("aa.bb"), "{call:?}");
    }

    #[test]
    fn an_empty_token_is_one() {
        let call = Call { domain: "HOST".into(), room: None, token: Some(Secret::new(String::new())) };
        assert_eq!(call.address("/http-bind"), "/http-bind?token=");
    }
}
