//! Whom an instance may ask and name outside of itself, as plain data.

use super::observed::Transport;
use super::values::CountryCode;
use serde::Serialize;
use std::fmt;

/// Every foreign host that a deployment may ask or name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EgressList {
    /// The deployment's domain.
    pub domain: String,
    /// Who is asked over the network.
    pub asked: Vec<Asked>,
    /// What is written down somewhere and never asked by itself.
    pub named: Vec<Named>,
}

/// Somebody who is asked over the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The host's name or address, in lower case; `*.` stands for one label or more.
    pub host: String,
    /// TCP or UDP.
    pub transport: Transport,
    /// The port.
    pub port: u16,
    /// Who asks.
    pub asker: Asker,
    /// What for, as a phrase.
    pub purpose: String,
    /// Who runs it.
    pub operator: String,
    /// Where they run it, or where they are established; nothing where nobody knows.
    pub country: Option<CountryCode>,
    /// Whether a participant's address becomes known there.
    pub learns: Learns,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Asker {
    /// The deployment's host.
    Host,
    /// The browser or the app of a participant or of a meeting host.
    Browser,
    /// The machine on which the operator runs this program.
    Operator,
}

impl fmt::Display for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::Browser => "browser",
            Self::Operator => "operator",
        })
    }
}

/// Whose address becomes known to somebody who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learns {
    /// The address of the asking machine of the operator alone.
    Nobody,
    /// The addresses of meeting hosts, who log in there.
    MeetingHosts,
    /// The addresses of participants.
    Participants,
}

impl fmt::Display for Learns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "nobody",
            Self::MeetingHosts => "meeting hosts",
            Self::Participants => "participants",
        })
    }
}

/// Something foreign that is written down and never asked by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The words as they are written.
    pub text: String,
    /// As what they are written.
    pub written: Written,
    /// Why they are there, as a phrase.
    pub reason: String,
}

/// As what a foreign name is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Written {
    /// A link, whole as it stands, that a person may click.
    Link,
    /// The part of a mail address behind the `@`.
    Mail,
    /// A word that is compared letter by letter, whole as it stands.
    Word,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "link",
            Self::Mail => "mail address",
            Self::Word => "word",
        })
    }
}
