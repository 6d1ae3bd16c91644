//! The standing order for a host's certificate: what the host needs to renew it by itself.

use super::names::UnitName;
use super::subject::SubjectName;
use super::values::{Domain, Email};
use serde::{Deserialize, Serialize};

/// How an authority is shown that a name is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// By a page on port 80 (`http-01`, RFC 8555 §8.3).
    Page,
    /// By a record in the DNS (`dns-01`, RFC 8555 §8.4).
    Record,
}

/// The order, as `/etc/vc4all/renewal.json` holds it; nothing in it is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingOrder {
    /// The instance.
    pub domain: Domain,
    /// The names; the first one is the domain.
    pub names: Vec<SubjectName>,
    /// Address of the authority's directory.
    pub directory: String,
    /// Address of the directory at which a renewal is rehearsed.
    pub rehearsal: String,
    /// PEM certificates that both directories' own TLS and the issued chain end at; the host's own roots otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roots: Option<String>,
    /// Mail address that the authority learns when it makes an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Email>,
    /// Which of the authority's profiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// How the names are proven.
    pub method: Method,
    /// Whether browsers are told to insist on TLS (RFC 6797).
    pub hsts: bool,
    /// The units that read the pair anew.
    pub reload: Vec<UnitName>,
}
