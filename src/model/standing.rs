//! The standing order for a host's certificate: what the host needs to renew it by itself.

use super::alert_order::AlertOrder;
use super::digest::Digest;
use super::names::UnitName;
use super::subject::SubjectName;
use super::tls::Method;
use super::values::{Domain, Email};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Where the host keeps it.
pub const PATH: &str = "/etc/vc4all/renewal.json";

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
    /// Who is told when it cannot be renewed; nobody where nothing is said.
    #[serde(default, skip_serializing_if = "AlertOrder::is_empty")]
    pub alerts: AlertOrder,
}

impl StandingOrder {
    /// Reads an order.
    ///
    /// # Errors
    /// When it is none, or one of another version.
    pub fn read(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The order as its file holds it.
    ///
    /// # Errors
    /// Never for an order that was read or made of parsed parts.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Stands for everything that a rehearsal tries: orders that differ in nothing of it share a rehearsal.
    pub fn tried(&self) -> Digest {
        let Self { names, directory, rehearsal, roots, contact, profile, method, alerts, .. } = self;
        let parts = json!([names, directory, rehearsal, roots, contact, profile, method, alerts]);
        Digest::of(parts.to_string().as_bytes())
    }
}

#[cfg(test)]
impl StandingOrder {
    /// An order for tests to vary.
    pub(crate) fn example() -> Self {
        let domain = Domain::parse("vergaderen.voorbeeldstad.nl").unwrap();
        Self {
            names: vec![domain.clone().into()],
            domain,
            directory: "https://acme.voorbeeldstad.nl/dir".to_owned(),
            rehearsal: "https://staging.voorbeeldstad.nl/dir".to_owned(),
            roots: None,
            contact: None,
            profile: None,
            method: Method::Page,
            hsts: true,
            reload: vec![UnitName::new("nginx.service").unwrap()],
            alerts: AlertOrder::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_else_is() {
        let text = StandingOrder::example().text().unwrap();
        assert_eq!(StandingOrder::read(&text).unwrap(), StandingOrder::example());
        for wrong in ["", "{}", &text.replace("\"hsts\"", "\"hats\""), &text.replace("\"page\"", "\"word\"")] {
            assert!(StandingOrder::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rehearsal_is_of_what_it_tries() {
        let first = StandingOrder::example().tried();
        assert_eq!(StandingOrder { hsts: false, reload: Vec::new(), ..StandingOrder::example() }.tried(), first);
        let other = "https://other.voorbeeldstad.nl/dir".to_owned();
        assert_ne!(StandingOrder { rehearsal: other, ..StandingOrder::example() }.tried(), first);
        assert_ne!(StandingOrder { method: Method::Record, ..StandingOrder::example() }.tried(), first);
        assert_ne!(StandingOrder { profile: Some("shortlived".to_owned()), ..StandingOrder::example() }.tried(), first);
    }
}
