//! One person who talks XMPP, as Jitsi's web client does: logs in, asks, and goes to rooms.

use super::facts::{Entry, Refusal};
use super::line::{Call, Line, Transport};
use super::xml::{Element, escape, word};
use crate::outside::Way;
use anyhow::{Context as _, Result, bail, ensure};
use std::time::{Duration, Instant};

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
/// How our people are called in a meeting: the lobby wants a name (`muc_lobby_rooms`).
const CALLED: &str = "vc4all-deploy verify";
/// The most stanzas that are kept; a visit hears some 60.
const MOST: usize = 2000;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hurry {
    /// One answer.
    pub(super) patience: Duration,
    /// The whole visit.
    pub(super) end: Instant,
}

impl Hurry {
    fn deadline(self) -> Instant {
        self.end.min(Instant::now() + self.patience)
    }
}

/// Somebody who is logged in.
pub(super) struct Client {
    line: Line,
    hurry: Hurry,
    jid: String,
    heard: Vec<Element>,
    said: u32,
}

/// What came of a log-in.
pub(super) enum Welcome {
    /// They are in.
    In(Box<Client>),
    /// They are not, with this condition.
    Refused(String),
    /// The domain is not there: the stream ended with this condition before anybody logged in.
    Absent(String),
}

impl Client {
    /// Logs in with SASL ANONYMOUS (RFC 4505), for which Jitsi also takes a token.
    ///
    /// # Errors
    /// When nobody answers, or something that is no XMPP.
    pub(super) fn log_in(transport: Transport, way: &Way, call: &Call, hurry: Hurry) -> Result<Welcome> {
        let line = Line::open(transport, way, call, hurry.deadline())?;
        let mut client = Self { line, hurry, jid: String::new(), heard: Vec::new(), said: 0 };
        let first = client.wait(|stanza| stanza.is("features") || ends(stanza))?;
        let first = first.context("no greeting came in time")?;
        if ends(&first) {
            return Ok(Welcome::Absent(reason(&first)));
        }
        client.send(&format!("<auth xmlns='{SASL}' mechanism='ANONYMOUS'/>"))?;
        let outcome = client.wait(|stanza| stanza.space == SASL || ends(stanza))?;
        let outcome = outcome.context("no answer to the log-in came in time")?;
        if !outcome.is("success") {
            client.close("");
            return Ok(Welcome::Refused(reason(&outcome)));
        }
        client.line.restart(hurry.deadline())?;
        client.wait(|stanza| stanza.is("features"))?.context("no stream came after the log-in")?;
        let asked = client.ask("set", "", &format!("<bind xmlns='{BIND}'/>"))?;
        let bound = client.answer(&asked)?.context("no address came in time")?;
        let jid = bound.all().into_iter().find(|element| element.is("jid")).map(|jid| jid.text.clone());
        client.jid = jid.filter(|jid| jid.len() <= 512).context("the log-in brought no address")?;
        Ok(Welcome::In(Box::new(client)))
    }

    /// The nickname that Jitsi's client takes, and `muc_resource_validate` wants: eight letters of the own address.
    fn nick(&self) -> String {
        let node = self.jid.split('@').next().unwrap_or_default();
        node.chars().take(8).collect()
    }

    /// Sends stanzas as they are.
    pub(super) fn send(&mut self, stanzas: &str) -> Result<()> {
        self.line.send(stanzas, self.hurry.deadline())
    }

    /// Sends a query and returns its id; an empty address is the own server.
    pub(super) fn ask(&mut self, kind: &str, to: &str, payload: &str) -> Result<String> {
        self.said += 1;
        let id = format!("v{}", self.said);
        let to = if to.is_empty() { String::new() } else { format!(" to='{}'", escape(to)) };
        self.send(&format!("<iq xmlns='jabber:client' type='{kind}' id='{id}'{to}>{payload}</iq>"))?;
        Ok(id)
    }

    /// The answer to a query; nothing where none came in time.
    pub(super) fn answer(&mut self, id: &str) -> Result<Option<Element>> {
        self.wait(|stanza| is_answer(stanza, id))
    }

    /// The answer to a query, where it came until now.
    pub(super) fn answer_so_far(&mut self, id: &str) -> Option<Element> {
        let at = self.heard.iter().position(|stanza| is_answer(stanza, id))?;
        Some(self.heard.swap_remove(at))
    }

    /// Wants to get into a room.
    pub(super) fn knock(&mut self, room: &str) -> Result<()> {
        let (room, nick) = (escape(room).into_owned(), escape(&self.nick()).into_owned());
        self.send(&format!(
            "<presence xmlns='jabber:client' to='{room}/{nick}'><x xmlns='http://jabber.org/protocol/muc'/>\
             <nick xmlns='http://jabber.org/protocol/nick'>{CALLED}</nick></presence>"
        ))
    }

    /// What came of it.
    pub(super) fn entry(&mut self, room: &str) -> Result<Entry> {
        let own = format!("{room}/{}", self.nick());
        let answer = self.wait(|stanza| answers(stanza, room, &own))?;
        Ok(answer.as_ref().map_or(Entry::Silence, entry))
    }

    /// What came of it until now, where something came.
    pub(super) fn entry_so_far(&self, room: &str) -> Option<Entry> {
        let own = format!("{room}/{}", self.nick());
        self.heard.iter().find(|stanza| answers(stanza, room, &own)).map(entry)
    }

    /// Leaves a room, if they are in one, and ends the session.
    pub(super) fn close(&mut self, room: &str) {
        let goodbye = if room.is_empty() {
            String::new()
        } else {
            let (room, nick) = (escape(room).into_owned(), escape(&self.nick()).into_owned());
            format!("<presence xmlns='jabber:client' to='{room}/{nick}' type='unavailable'/>")
        };
        // The end of the visit does not count: whoever came has to go.
        self.line.close(&goodbye, Instant::now() + self.hurry.patience.min(Duration::from_secs(1)));
    }

    /// The first stanza that is wanted, also of those that came before; nothing where none comes in time.
    fn wait(&mut self, wanted: impl Fn(&Element) -> bool) -> Result<Option<Element>> {
        let deadline = self.hurry.deadline();
        loop {
            if let Some(at) = self.heard.iter().position(&wanted) {
                return Ok(Some(self.heard.swap_remove(at)));
            }
            if let Some(end) = self.heard.iter().find(|stanza| ends(stanza)) {
                bail!("the server ended the session: {}", reason(end));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            let come = self.line.receive(deadline)?;
            ensure!(self.heard.len() + come.len() <= MOST, "the server says too much");
            self.heard.extend(come);
        }
    }
}

/// Whether a stanza is the end of the stream (RFC 6120 §4.9, RFC 7395 §3.6).
fn ends(stanza: &Element) -> bool {
    let error = stanza.is("error") && stanza.space == "http://etherx.jabber.org/streams";
    error || (stanza.is("close") && stanza.space == "urn:ietf:params:xml:ns:xmpp-framing")
}

fn reason(stanza: &Element) -> String {
    if stanza.is("close") { "closed".to_owned() } else { stanza.condition() }
}

fn is_answer(stanza: &Element, id: &str) -> bool {
    stanza.is("iq") && stanza.attribute("id") == Some(id) && !asks(stanza)
}

fn asks(stanza: &Element) -> bool {
    matches!(stanza.attribute("type"), Some("get" | "set"))
}

fn answers(stanza: &Element, room: &str, own: &str) -> bool {
    let from = stanza.attribute("from").unwrap_or_default();
    let of_room = from.split('/').next() == Some(room);
    let refused = stanza.attribute("type") == Some("error");
    stanza.is("presence") && of_room && (refused || (from == own && has_status(stanza, "110")))
}

fn has_status(presence: &Element, code: &str) -> bool {
    let user = presence.children.iter().filter(|child| child.space == "http://jabber.org/protocol/muc#user");
    user.flat_map(|x| &x.children).any(|child| child.is("status") && child.attribute("code") == Some(code))
}

fn entry(presence: &Element) -> Entry {
    if presence.attribute("type") != Some("error") {
        let item = presence.all().into_iter().find(|element| element.is("item"));
        let moderator = item.and_then(|item| item.attribute("role")) == Some("moderator");
        return Entry::Inside { moderator };
    }
    let error = presence.child("error");
    let condition = error.map_or_else(|| "an error without a name".to_owned(), |error| word(&error.condition()));
    let lobby = presence.all().iter().any(|element| element.is("lobbyroom") && !element.text.is_empty());
    let explained = error.and_then(|error| error.child("text")).is_some_and(|text| !text.text.trim().is_empty());
    Entry::Outside(Refusal { condition, lobby, explained })
}

#[cfg(test)]
mod tests {
    use super::super::xml::parse;
    use super::*;

    const ROOM: &str = "kamer@conference.HOST";

    fn read(text: &str) -> Element {
        parse(text).unwrap()
    }

    #[test]
    fn being_inside_is_said_to_oneself() {
        let x = |status: &str| {
            format!(
                "<presence from='{ROOM}/ab'><x xmlns='http://jabber.org/protocol/muc#user'>\
                 <item role='moderator'/><status code='{status}'/></x></presence>"
            )
        };
        let own = format!("{ROOM}/ab");
        assert!(answers(&read(&x("110")), ROOM, &own));
        assert!(!answers(&read(&x("100")), ROOM, &own));
        assert!(!answers(&read(&x("110")), ROOM, &format!("{ROOM}/other")));
        assert_eq!(entry(&read(&x("110"))), Entry::Inside { moderator: true });
    }

    #[test]
    fn a_refusal_tells_of_the_lobby_and_of_its_reason() {
        let text = format!(
            "<presence type='error' from='{ROOM}'><error><registration-required/><lobbyroom xmlns='http://jitsi.org/jitmeet'>\
             kamer@lobby.HOST</lobbyroom></error></presence>"
        );
        let refusal = Refusal { condition: "registration-required".into(), lobby: true, explained: false };
        assert_eq!(entry(&read(&text)), Entry::Outside(refusal));
        let text = "<presence type='error'><error><not-allowed/><text>too easy</text></error></presence>";
        let refusal = Refusal { condition: "not-allowed".into(), lobby: false, explained: true };
        assert_eq!(entry(&read(text)), Entry::Outside(refusal));
        let refusal = Refusal { condition: "an error without a name".into(), lobby: false, explained: false };
        assert_eq!(entry(&read("<presence type='error'/>")), Entry::Outside(refusal));
    }

    #[test]
    fn only_the_stream_itself_ends_it() {
        assert!(ends(&read("<error xmlns='http://etherx.jabber.org/streams'><conflict/></error>")));
        assert!(ends(&read("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>")));
        assert!(!ends(&read("<error xmlns='jabber:client'/>")));
    }
}
