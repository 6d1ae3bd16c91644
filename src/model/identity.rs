//! Others who vouch for meeting hosts: an identity provider, or a portal that signs tokens.

use super::values::{CountryCode, Domain, Line, Refusal, SECRET_MARK, WebAddress, text_type};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An identity provider and the client as which it knows this instance (OpenID Connect Core 1.0).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// What its tokens name as `iss`, to the letter.
    pub issuer: HttpsAddress,
    /// The client's name; it is a public client, without a secret (RFC 6749 §2.1).
    pub client: TokenWord,
    /// What its ID tokens name as `aud`.
    pub audience: TokenWord,
    /// Where the browser is sent to log in.
    pub authorization: HttpsAddress,
    /// Where the browser turns a code into tokens.
    pub token: HttpsAddress,
    /// Where Prosody fetches the public keys (RFC 7517 §5).
    pub keys: HttpsAddress,
    /// Where the browser is sent to log out.
    pub logout: HttpsAddress,
    /// Who runs it.
    pub recipient: Recipient,
}

/// Another site that signs tokens for meeting hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// What its tokens name as `iss`.
    pub issuer: TokenWord,
    /// What its tokens name as `aud`.
    pub audience: TokenWord,
    /// Where Prosody fetches the portal's public keys (RS256); without it, a secret of the host signs (HS256).
    pub keys: Option<HttpsAddress>,
    /// Where a meeting host logs in; nothing when they always begin at the portal.
    pub login: Option<LoginPage>,
    /// Who runs it.
    pub recipient: Recipient,
}

/// Somebody else who handles data of meeting hosts (GDPR art. 4(9)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Name of the organisation.
    pub operator: Line,
    /// Where its servers stand.
    pub country: CountryCode,
}

text_type! {
    /// A word that a token carries, as one of `iss` and `aud`, or the name of a client: printable ASCII without spaces.
    ///
    /// A lone `*` is refused: Jitsi's plugins take it for "whatever it says".
    TokenWord
}

impl TokenWord {
    /// Parses such a word.
    ///
    /// # Errors
    /// When it is empty, longer than 200 characters, `*`, or holds a character that could end a string of another
    /// language.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |what: &str| Err(Refusal::new(what, "write what stands in the token, such as vergaderen"));
        if text == "*" {
            return refuse("would take tokens that were made for others");
        }
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/@+=".contains(&b);
        if text.is_empty() || text.len() > 200 || !text.bytes().all(allowed) || text.contains(SECRET_MARK) {
            return refuse("is not a word of at most 200 letters, digits and - . _ ~ : / @ + =");
        }
        Ok(Self(text.to_owned()))
    }
}

text_type! {
    /// An `https://` address of a named host, without query and fragment.
    HttpsAddress
}

impl HttpsAddress {
    /// Parses such an address.
    ///
    /// # Errors
    /// When the scheme is another one, the host is not a host name, or there is a query or a fragment.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |what: &str| {
            Err(Refusal::new(what, "write an address such as https://inloggen.voorbeeldstad.nl/realms/meet"))
        };
        let Ok(address) = WebAddress::parse(text) else { return refuse("is not a web address") };
        if !text.starts_with("https://") {
            return refuse("is not an https:// address");
        }
        if text.contains(['?', '#']) {
            return refuse("has a query or a fragment");
        }
        let (host, port) = address.authority().split_once(':').unwrap_or((address.authority(), "443"));
        let numbered = port.parse::<u16>().is_ok_and(|port| port > 0) && port.bytes().all(|b| b.is_ascii_digit());
        if Domain::parse(host).is_err() || !numbered {
            return refuse("names no host by its full name in lower case");
        }
        Ok(Self(text.to_owned()))
    }

    /// The address of something below this one.
    ///
    /// # Errors
    /// When the whole becomes too long.
    pub fn below(&self, path: &str) -> Result<Self, Refusal> {
        Self::parse(&format!("{}/{path}", self.0.trim_end_matches('/')))
    }

    /// Scheme, host and port (RFC 6454), as a Content-Security-Policy names them.
    pub fn origin(&self) -> String {
        let rest = self.0.trim_start_matches("https://");
        format!("https://{}", rest.split('/').next().unwrap_or_default())
    }
}

text_type! {
    /// A log-in page: an `https://` address in which `{room}` stands for the room's name.
    LoginPage
}

impl LoginPage {
    /// Parses such an address.
    ///
    /// # Errors
    /// When it is not an `https://` address of a named host, has a fragment, or other braces than `{room}` and
    /// `{state}`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let filled = text.replacen("{room}", "room", 1).replacen("{state}", "state", 1);
        let (address, _) = filled.split_once('?').unwrap_or((&filled, ""));
        let refuse = || {
            Refusal::new(
                "is not a log-in page",
                "write an address such as https://portaal.voorbeeldstad.nl/meet?room={room}",
            )
        };
        HttpsAddress::parse(address).map_err(|_| refuse())?;
        WebAddress::parse(&filled).map_err(|_| refuse())?;
        // The room's name comes from the visitor; in the host's name it would send them elsewhere.
        let named = text.trim_start_matches("https://").split(['/', '?']).next().unwrap_or_default();
        if named.contains('{') || text.contains('#') {
            return Err(refuse());
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_take_every_token_is_refused() {
        for word in ["*", "", "a b", "a\"b", "a\\b", "a'b", "a;b", "__vc4all_secret_token__", "é"] {
            assert!(TokenWord::parse(word).is_err(), "{word}");
        }
        assert!(TokenWord::parse("https://portaal.voorbeeldstad.nl/").is_ok());
    }

    #[test]
    fn an_address_cannot_widen_a_policy() {
        for text in [
            "https://*",
            "https://*,x.nl/",
            "https://a.nl;script-src/",
            "http://a.nl/",
            "https://a.nl/?x",
            "https://a.nl:0/",
            "https://a.nl:+4/",
            "https://a.nl:99999/",
            "https://192.0.2.1/",
            "https://u@a.nl/",
            "https://a.nl&x.nl/",
        ] {
            assert!(HttpsAddress::parse(text).is_err(), "{text}");
        }
        let issuer = HttpsAddress::parse("https://sso.voorbeeldstad.nl:8443/realms/meet/").unwrap();
        assert_eq!(issuer.origin(), "https://sso.voorbeeldstad.nl:8443");
        assert_eq!(issuer.below("certs").unwrap().as_str(), "https://sso.voorbeeldstad.nl:8443/realms/meet/certs");
    }

    #[test]
    fn a_room_cannot_name_the_host_of_the_log_in_page() {
        for text in ["https://{room}/", "https://{room}.a.nl/", "https://a.nl/{x}", "https://a.nl/{room}{room}", "x"] {
            assert!(LoginPage::parse(text).is_err(), "{text}");
        }
        assert!(LoginPage::parse("https://portaal.voorbeeldstad.nl/meet/{room}?back={state}#top").is_err());
        assert!(LoginPage::parse("https://portaal.voorbeeldstad.nl/meet/{room}?back={state}").is_ok());
    }
}
