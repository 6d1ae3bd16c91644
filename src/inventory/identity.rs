//! Meeting hosts who prove elsewhere that they are one: the keys of `access.oidc` and `access.jwt`, and what they mean.

use super::forms::{self, Form};
use super::keys::Holds::Text;
use super::keys::Presence::{Optional, Required};
use super::keys::{Key, MEETING_HOSTS, key};
use super::section::Section;
use crate::model::deployment::{MeetingHost, MeetingHosts};
use crate::model::identity::{HttpsAddress, IdentityProvider, LoginPage, Portal, Recipient, TokenWord};
use crate::model::values::Line;

/// The keys of `access.oidc`.
pub(super) const OIDC: &[Key] = &[
    key(
        "issuer",
        Text(Form::Https),
        Required,
        "What the identity provider calls itself: the `iss` of its tokens, to the letter, also a slash at its end.",
    ),
    key(
        "client",
        Text(Form::TokenWord("vergaderen")),
        Required,
        "The name under which the identity provider knows this instance; a public client, without a secret.",
    ),
    key(
        "audience",
        Text(Form::TokenWord("vergaderen")),
        Optional("it is `access.oidc.client`, which every identity provider puts there (OpenID Connect Core §2)"),
        "What the `aud` of its ID tokens must be.",
    ),
    key(
        "authorization",
        Text(Form::Https),
        Optional("it is the issuer followed by /protocol/openid-connect/auth, as Keycloak has it"),
        "Where the browser is sent to log in.",
    ),
    key(
        "token",
        Text(Form::Https),
        Optional("it is the issuer followed by /protocol/openid-connect/token"),
        "Where the browser turns the code that it came back with into an ID token.",
    ),
    key(
        "keys",
        Text(Form::Https),
        Optional("it is the issuer followed by /protocol/openid-connect/certs"),
        "Where the host fetches the public keys of the identity provider (JWKS, RFC 7517); they are RSA keys.",
    ),
    key(
        "logout",
        Text(Form::Https),
        Optional("it is the issuer followed by /protocol/openid-connect/logout"),
        "Where the browser is sent to log out.",
    ),
    key("operator", Text(Form::Line("Gemeente Voorbeeldstad")), Required, "Who runs the identity provider."),
    key("country", Text(Form::Country), Required, "Where it runs, inside the EEA."),
];

/// The keys of `access.jwt`.
pub(super) const JWT: &[Key] = &[
    key("issuer", Text(Form::TokenWord("portaal")), Required, "What the `iss` of its tokens is."),
    key("audience", Text(Form::TokenWord("vergaderen")), Required, "What the `aud` of its tokens is."),
    key(
        "keys",
        Text(Form::Https),
        Optional("tokens are signed with a secret (HS256), which is made on the host and which `portal secret` prints"),
        "Where the host fetches the public keys of the portal (JWKS, RFC 7517), which then signs with RS256.",
    ),
    key(
        "login",
        Text(Form::LoginPage),
        Optional("there is no log-in button, and meeting hosts begin at the portal"),
        "The portal's page where a meeting host logs in. {room} in it becomes the room's name.",
    ),
    key("operator", Text(Form::Line("Stichting Voorbeeld")), Required, "Who runs the portal."),
    key("country", Text(Form::Country), Required, "Where it runs, inside the EEA."),
];

/// The modes, in the order of their words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Accounts,
    Oidc,
    Jwt,
}

/// How meeting hosts prove to be one; `listed` are those whom the inventory names.
pub(super) fn meeting_hosts(root: &Section<'_>, listed: Option<Vec<MeetingHost>>) -> Option<MeetingHosts> {
    let at = root.section("access");
    let modes = [Mode::Accounts, Mode::Oidc, Mode::Jwt];
    let written = at.choice("meeting_hosts", MEETING_HOSTS, &modes);
    // A word that is refused says nothing about what stands beside it.
    let mode = if at.has("meeting_hosts") { written? } else { Mode::Accounts };
    // Both sections are read in any mode, so that their mistakes are told at once.
    let (provider, portal) = (provider(&at.section("oidc")), portal(&at.section("jwt")));
    sections_fit(&at, mode);
    if mode != Mode::Accounts {
        no_accounts(root, &at);
    }
    match mode {
        Mode::Accounts => Some(MeetingHosts::Accounts { listed }),
        Mode::Oidc => provider.map(MeetingHosts::Oidc),
        Mode::Jwt => portal.map(MeetingHosts::Jwt),
    }
}

/// The section of the mode is there, and that of the other one is not.
fn sections_fit(at: &Section<'_>, mode: Mode) {
    for (section, word, its) in [("oidc", "oidc", Mode::Oidc), ("jwt", "jwt", Mode::Jwt)] {
        if mode == its && !at.has(section) {
            let write = format!("write `{section}:` with its keys below `access`");
            at.clash(section, &format!("is missing, and `meeting_hosts: {word}` needs it"), &write);
        }
        if mode != its && at.has(section) {
            let write = format!("take it out, or write `meeting_hosts: {word}`");
            at.clash(section, &format!("has no meaning without `meeting_hosts: {word}`"), &write);
        }
    }
}

/// What only accounts of this instance have.
fn no_accounts(root: &Section<'_>, at: &Section<'_>) {
    let what = "has no meaning where meeting hosts have no accounts here";
    for name in ["second_factor", "token_minutes"].into_iter().filter(|name| at.has(name)) {
        at.clash(
            name,
            what,
            "take it out: the second factor and the lifetime of tokens are decided where tokens are signed",
        );
    }
    if root.has("meeting_hosts") {
        root.clash("meeting_hosts", what, "take the list out, or write `access: { meeting_hosts: accounts }`");
    }
}

fn provider(at: &Section<'_>) -> Option<IdentityProvider> {
    let (issuer, client) = (at.text("issuer", HttpsAddress::parse), at.text("client", TokenWord::parse));
    let audience = at.text("audience", TokenWord::parse);
    let endpoint = |name: &str, place: &str| {
        let written = at.text(name, HttpsAddress::parse);
        if at.has(name) { written } else { issuer.as_ref().and_then(|issuer| beside(at, issuer, place)) }
    };
    let authorization = endpoint("authorization", "auth");
    let token = endpoint("token", "token");
    let keys = endpoint("keys", "certs");
    let logout = endpoint("logout", "logout");
    let (recipient, client) = (recipient(at), client?);
    Some(IdentityProvider {
        issuer: issuer?,
        audience: audience.unwrap_or_else(|| client.clone()),
        client,
        authorization: authorization?,
        token: token?,
        keys: keys?,
        logout: logout?,
        recipient: recipient?,
    })
}

/// An endpoint where Keycloak has it, below the issuer.
fn beside(at: &Section<'_>, issuer: &HttpsAddress, place: &str) -> Option<HttpsAddress> {
    let address = issuer.below(&format!("protocol/openid-connect/{place}"));
    if address.is_err() {
        at.clash("issuer", "is too long", "write a shorter address");
    }
    address.ok()
}

fn portal(at: &Section<'_>) -> Option<Portal> {
    let (issuer, audience) = (at.text("issuer", TokenWord::parse), at.text("audience", TokenWord::parse));
    let (keys, login) = (at.text("keys", HttpsAddress::parse), at.text("login", LoginPage::parse));
    let recipient = recipient(at);
    Some(Portal { issuer: issuer?, audience: audience?, keys, login, recipient: recipient? })
}

fn recipient(at: &Section<'_>) -> Option<Recipient> {
    let operator = at.text("operator", Line::parse);
    let country = at.text("country", forms::eea_country);
    Some(Recipient { operator: operator?, country: country? })
}
