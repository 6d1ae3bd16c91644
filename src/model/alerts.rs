//! Who is told when the host cannot renew its certificate.

use super::given::GivenFile;
use super::identity::{HttpsAddress, Recipient};
use super::secret::Secret;
use super::values::{Domain, Email, Line, Refusal, read_from_text};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// Where the news goes; nowhere, where neither is named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alerts {
    /// A service that takes a message over HTTPS, such as a chat.
    pub webhook: Option<Webhook>,
    /// A mailbox.
    pub mail: Option<MailRoute>,
}

/// A service that takes messages over HTTPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The file on the operator's machine that holds the address, absolute; whoever knows the address may write there.
    pub file: PathBuf,
    /// The address; nothing until the files of an inventory are read.
    pub address: Option<WebhookAddress>,
    /// Who runs the service.
    pub recipient: Recipient,
}

/// A mailbox, and the server that takes mail for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRoute {
    /// Who gets the mail.
    pub to: Email,
    /// As whom the host writes.
    pub from: Email,
    /// The server that the host hands the mail to.
    pub server: MailServer,
    /// How the host logs in there; without it the server has to know the host by its address.
    pub login: Option<MailLogin>,
    /// Who runs the server.
    pub recipient: Recipient,
}

/// A name and a password at a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLogin {
    /// The name.
    pub user: Line,
    /// The password.
    pub password: GivenFile,
}

/// An `https://` address of a named host, of which everything behind the host is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAddress {
    host: Domain,
    port: u16,
    target: Secret<String>,
}

impl WebhookAddress {
    /// Parses such an address; white space around it is dropped, for it comes from a file.
    ///
    /// # Errors
    /// When it is no `https://` address of a named host, or has a fragment. The refusal does not repeat it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let (address, query) = text.split_once('?').map_or((text, None), |(address, query)| (address, Some(query)));
        HttpsAddress::parse(address)?;
        let refuse = |what: &str| Refusal::new(what, "write the address as the service gives it out, and nothing else");
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/@!$&'()*+,;=%?".contains(&b);
        if query.is_some_and(|query| query.len() > 500 || !query.bytes().all(plain)) {
            return Err(refuse("holds a character that does not belong in a web address"));
        }
        let rest = address.trim_start_matches("https://");
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let port = port.parse().map_err(|_| refuse("has a port that is none"))?;
        let target = query.map_or_else(|| format!("/{path}"), |query| format!("/{path}?{query}"));
        Ok(Self { host: Domain::parse(host)?, port, target: Secret::new(target) })
    }

    /// The host; no secret.
    pub fn host(&self) -> &Domain {
        &self.host
    }

    /// The port; no secret.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The whole address, as the host is handed it.
    pub fn whole(&self) -> Secret<String> {
        Secret::new(format!("https://{}:{}{}", self.host, self.port, self.target.reveal()))
    }

    /// Path and query, as a request names them (RFC 9112 §3.2.1).
    pub fn target(&self) -> &Secret<String> {
        &self.target
    }
}

/// A server that takes mail: `host` or `host:port`. On port 465 TLS begins with the connection (RFC 8314 §3.3), on any other
/// with STARTTLS (RFC 3207). There is no mail without TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailServer {
    /// The host.
    pub host: Domain,
    /// The port.
    pub port: u16,
}

/// The port on which TLS begins with the connection.
const SUBMISSIONS: u16 = 465;

impl MailServer {
    /// Parses a server; the port is 465 where none is named.
    ///
    /// # Errors
    /// When the host is no full name, or the port is none.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |what: &str| Refusal::new(what, "write it as mail.voorbeeldstad.nl or mail.voorbeeldstad.nl:587");
        let Some((host, port)) = text.split_once(':') else {
            return Ok(Self { host: Domain::parse(text)?, port: SUBMISSIONS });
        };
        let digits = (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
        let number = port.parse::<u16>().ok().filter(|number| digits && *number > 0);
        let port = number.ok_or_else(|| refuse("has a port that is none"))?;
        Ok(Self { host: Domain::parse(host)?, port })
    }

    /// Whether TLS begins with STARTTLS, and not with the connection.
    pub fn upgrades(&self) -> bool {
        self.port != SUBMISSIONS
    }
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl From<MailServer> for String {
    fn from(server: MailServer) -> Self {
        server.to_string()
    }
}

read_from_text! { MailServer }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_everything_behind_the_host_to_itself() {
        let address = WebhookAddress::parse("https://chat.voorbeeldstad.nl:8443/hooks/t0ken?key=k%20y\n").unwrap();
        assert_eq!((address.host().as_str(), address.port()), ("chat.voorbeeldstad.nl", 8443));
        assert_eq!(address.target().reveal(), "/hooks/t0ken?key=k%20y");
        assert_eq!(WebhookAddress::parse(address.whole().reveal()).unwrap(), address);
        let shown = format!("{address:?}");
        assert!(!shown.contains("t0ken") && !shown.contains("k%20y"), "{shown}");
        let bare = WebhookAddress::parse("https://chat.voorbeeldstad.nl").unwrap();
        assert_eq!((bare.port(), bare.target().reveal().as_str()), (443, "/"));
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for text in [
            "",
            "http://chat.voorbeeldstad.nl/hooks/t0ken",
            "https://u:t0ken@chat.voorbeeldstad.nl/",
            "https://192.0.2.1/hooks/t0ken",
            "https://chat.voorbeeldstad.nl/hooks/t0ken#x",
            "https://chat.voorbeeldstad.nl/hooks/t0ken?a#x",
            "https://chat.voorbeeldstad.nl/hooks/t0ken\r\nX-Header: 1",
            "https://chat.voorbeeldstad.nl/?t0ken\r\nX-Header: 1",
            "https://chat.voorbeeldstad.nl:0/t0ken",
            "https://chat.voorbeeldstad.nl/?t0ken ",
            "https://localhost/t0ken",
        ] {
            match WebhookAddress::parse(text) {
                Err(refusal) => assert!(!format!("{refusal:?}").contains("t0ken"), "{refusal:?}"),
                Ok(_) => assert!(text.ends_with(' '), "{text:?}"),
            }
        }
    }

    #[test]
    fn a_mail_server_has_a_name_and_a_port() {
        let server = |text: &str| MailServer::parse(text).unwrap();
        assert_eq!(server("mail.voorbeeldstad.nl").to_string(), "mail.voorbeeldstad.nl:465");
        assert!(!server("mail.voorbeeldstad.nl").upgrades());
        assert!(server("mail.voorbeeldstad.nl:587").upgrades() && server("mail.voorbeeldstad.nl:25").upgrades());
        for text in ["", "mail", "a.nl:0", "a.nl:+5", "a.nl:65536", "a.nl:", "192.0.2.1", "[::1]:465", "a.nl:4:5"] {
            assert!(MailServer::parse(text).is_err(), "{text}");
        }
    }
}
