//! What a visit saw, without any judgement.

use crate::model::secret::Secret;
use std::collections::BTreeSet;

/// What a visit saw.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Over BOSH (XEP-0124).
    pub bosh: Talk,
    /// Over the websocket (RFC 7395).
    pub websocket: Talk,
    /// What a participant got for STUN and TURN.
    pub credentials: Option<Credentials>,
    /// What must not stand in a log after the visit: the room's name, and the signature of the meeting host's token.
    pub left: Vec<Secret<String>>,
}

impl Facts {
    /// Both ways with their names in a sentence.
    pub fn ways(&self) -> [(&'static str, &Talk); 2] {
        [("BOSH", &self.bosh), ("websocket", &self.websocket)]
    }
}

/// What was seen over one way.
#[derive(Debug, Clone)]
pub struct Talk {
    /// Whether it speaks XMPP at all, or why not.
    pub answers: Result<(), String>,
    /// A guest who logs in.
    pub guest: Login,
    /// People who log in as a meeting host and are none.
    pub pretenders: Vec<(Pretence, Login)>,
    /// Types of the main domain's identities of the category `component` (XEP-0030 §3.1), as Jitsi's client reads them.
    pub components: Result<BTreeSet<String>, String>,
    /// A guest at the bridges' meeting point.
    pub brewery: Entry,
    /// A guest at a room whose name is easy to guess.
    pub easy: Entry,
    /// A guest at a room in which no meeting host has been.
    pub early: Entry,
    /// A guest at a room in which the meeting host is.
    pub late: Entry,
    /// What the focus says to whoever asks for a conference.
    pub focus: Focus,
    /// The meeting host who logs in; nothing where nobody gave us a token.
    pub host: Option<Login>,
    /// The meeting host at the room.
    pub opened: Entry,
    /// Who got credentials for TURN before they were inside, such as `a guest who asked HOST`; or why nobody was asked.
    pub leaked: Result<Vec<String>, String>,
    /// What the meeting host got for STUN and TURN inside the room.
    pub services: Result<Vec<Service>, String>,
    /// Who told a guest outside about the room, such as `the list of rooms`.
    pub told: Result<Vec<&'static str>, String>,
}

impl Talk {
    /// Nothing was seen, for this reason.
    pub fn unseen(why: &str) -> Self {
        let entry = || Entry::Unseen(why.to_owned());
        Self {
            answers: Err(why.to_owned()),
            guest: Login::Unseen(why.to_owned()),
            pretenders: Vec::new(),
            components: Err(why.to_owned()),
            brewery: entry(),
            easy: entry(),
            early: entry(),
            late: entry(),
            focus: Focus::Unseen(why.to_owned()),
            host: None,
            opened: entry(),
            leaked: Err(why.to_owned()),
            services: Err(why.to_owned()),
            told: Err(why.to_owned()),
        }
    }
}

/// Somebody who logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// They are in.
    In,
    /// They are refused with this condition (RFC 6120 §4.9.3, §6.5).
    Refused(String),
    /// It did not come to that.
    Unseen(String),
}

/// How somebody without a token logs in as a meeting host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pretence {
    /// Without any token.
    NoToken,
    /// With a token of no letters.
    EmptyToken,
    /// With a token that says of itself to be unsigned (`alg` is `none`, RFC 7519 §6).
    UnsignedToken,
    /// With a token whose signature is another one.
    BentToken,
}

impl Pretence {
    /// How it stands in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoToken => "no token",
            Self::EmptyToken => "an empty token",
            Self::UnsignedToken => "an unsigned token",
            Self::BentToken => "a token with a wrong signature",
        }
    }
}

/// Somebody who wants to get into a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// They are inside (status 110, XEP-0045 §7.2.2).
    Inside {
        /// Whether they are a moderator of it.
        moderator: bool,
    },
    /// They are outside.
    Outside(Refusal),
    /// Nobody said anything, and others were answered meanwhile.
    Silence,
    /// It did not come to that.
    Unseen(String),
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The condition (RFC 6120 §8.3.3), such as `registration-required`.
    pub condition: String,
    /// Whether a lobby is named, in which they may wait.
    pub lobby: bool,
    /// Whether it says in words why.
    pub explained: bool,
}

/// What the focus says to whoever asks for a conference (jicofo, `doc/conference-request.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Focus {
    /// It is ready.
    Ready,
    /// It answers, and is not ready.
    NotReady,
    /// An error with this condition came; `service-unavailable` where the focus is not logged in.
    Refused(String),
    /// No answer came in time, though others did.
    Silence,
    /// It did not come to that.
    Unseen(String),
}

/// What a participant got for STUN and TURN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Each service as it was named; at most 16.
    pub services: Vec<Service>,
}

/// One service (XEP-0215 §3). Its text is the host's: short, and of plain letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `stun`, `turn`, `turns`.
    pub kind: String,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `udp` or `tcp`.
    pub transport: String,
    /// For TURN; empty where none was given.
    pub username: String,
    /// For TURN; nothing where none was given.
    pub password: Option<Secret<String>>,
}
