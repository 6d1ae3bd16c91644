//! What the administrators of an identity provider or of a portal have to be told, as text for a mail.

use crate::model::deployment::{Deployment, MeetingHosts};
use crate::model::identity::{IdentityProvider, Portal};
use crate::model::values::Domain;
use std::fmt::Write as _;

/// A text for somebody else's administrators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Name of the file that it is written to.
    pub file: &'static str,
    /// The text; it holds no secret.
    pub text: String,
}

impl Handover {
    /// What has to be told; nothing where meeting hosts have accounts here.
    pub fn of(deployment: &Deployment) -> Option<Self> {
        match &deployment.access.meeting_hosts {
            MeetingHosts::Accounts { .. } => None,
            MeetingHosts::Oidc(provider) => {
                let text = to_provider(provider, &deployment.domain);
                Some(Self { file: "for-the-identity-provider.txt", text })
            }
            MeetingHosts::Jwt(portal) => {
                let text = to_portal(portal, deployment);
                Some(Self { file: "for-the-portal.txt", text })
            }
        }
    }
}

/// Where an identity provider sends the browser back to (`redirect_uri`).
pub fn return_address(domain: &Domain) -> String {
    format!("https://{domain}/vc4all/signed-in")
}

/// A value of a query (RFC 3986 §2.3: all but the unreserved characters are escaped).
pub fn encoded(text: &str) -> String {
    let mut query = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            query.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(query, "%{byte:02X}");
        }
    }
    query
}

fn to_provider(provider: &IdentityProvider, domain: &Domain) -> String {
    let operator = &provider.recipient.operator;
    rows(
        &format!("What the identity provider ({operator}) has to know about https://{domain}/:"),
        &[
            ("client", provider.client.to_string()),
            (
                "kind",
                "public, without a secret; authorization code with PKCE, method S256, required; nothing else".into(),
            ),
            ("redirect URI", return_address(domain)),
            ("after logging out", format!("https://{domain}/")),
            ("web origin (CORS)", format!("https://{domain}")),
            ("ID token", "signed with RS256; `typ` and `kid` in its header".into()),
            ("iss", provider.issuer.to_string()),
            ("aud", format!("{} alone, as text and not as a list", provider.audience)),
            ("name", "in the ID token: how the meeting host is called in a meeting; no mail address".into()),
            ("lifetime", "of the ID token 120 minutes: who comes in later, or again, logs in again".into()),
            ("refresh tokens", "none".into()),
            ("second factor", "required for this client: nobody else asks for it".into()),
            ("who", "only people who may open rooms: whoever may use this client may open any room".into()),
        ],
    )
}

fn to_portal(portal: &Portal, deployment: &Deployment) -> String {
    let (domain, bits) = (&deployment.domain, deployment.access.room_name_bits);
    let algorithm = match &portal.keys {
        Some(keys) => format!("RS256, with a key of {keys} and its `kid` in the header"),
        None => "HS256, with the 40 characters that `vc4all-deploy portal secret` prints, as they are".into(),
    };
    rows(
        &format!("What the portal ({}) has to know about https://{domain}/:", portal.recipient.operator),
        &[
            ("signature", algorithm),
            ("header", "`typ` is JWT".into()),
            ("iss", portal.issuer.to_string()),
            ("aud", format!("{} alone, as text and not as a list", portal.audience)),
            ("sub", domain.to_string()),
            ("room", "the room's name in lower case, never *; the token opens this room alone".into()),
            ("nbf, exp", "seconds since 1970; 10 seconds before and at most 120 minutes after the log-in".into()),
            ("context.user.name", "how the meeting host is called in a meeting".into()),
            (
                "context.user.id",
                "something that says nothing about the person, new for each token; no mail address".into(),
            ),
            (
                "room names",
                format!("letters a to z, digits, hyphens, at most 100; hard to guess, at least {bits} bits"),
            ),
            ("hand over", format!("send the browser to https://{domain}/ROOM#jwt=%22TOKEN%22")),
            ("", "in the fragment (#), which reaches no log, and between quotes (%22); never as ?jwt=".into()),
            ("second factor", "the portal asks for it: nobody else does".into()),
            ("who", "only people who may open this room".into()),
        ],
    )
}

fn rows(title: &str, rows: &[(&str, String)]) -> String {
    let mut text = format!("{title}\n");
    for (name, value) in rows {
        let _ = writeln!(text, "  {name:<18} {value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_place_in_a_query() {
        assert_eq!(encoded("a-b_c.d~e"), "a-b_c.d~e");
        assert_eq!(encoded("a&b=c#d é"), "a%26b%3Dc%23d%20%C3%A9");
    }
}
