//! What a token must be to make its bearer a meeting host, as Prosody is told (jitsi-meet, `token/util.lib.lua`).

use crate::model::deployment::MeetingHosts;
use crate::model::values::SECRET_MARK;
use serde::Serialize;

/// The options of the main VirtualHost that decide about tokens.
#[derive(Debug, Serialize)]
pub(super) struct Verification<'a> {
    /// `asap_accepted_issuers`, and `app_id`, which may not be missing.
    issuer: &'a str,
    /// `asap_accepted_audiences`; never `*`.
    audience: &'a str,
    /// Name of the secret that signs (HS256); nothing where public keys are fetched.
    pub(super) secret: Option<&'static str>,
    /// Its mark.
    mark: String,
    /// `cache_keys_url`: public keys (RS256).
    keys: Option<&'a str>,
    /// Whether a token has to name one room (`asap_require_room_claim`) and our domain (`enable_domain_verification`).
    /// Where it need not, `token_verification_require_token_for_moderation` has to be off too: it takes a token without
    /// a room for none, and no meeting host could set a password.
    one_room: bool,
}

impl<'a> Verification<'a> {
    /// The options for this way of being a meeting host.
    pub(super) fn of(meeting_hosts: &'a MeetingHosts) -> Self {
        match meeting_hosts {
            MeetingHosts::Accounts { .. } => Self::signed_here("vc4all", "jitsi", "token"),
            MeetingHosts::Oidc(provider) => {
                let (issuer, audience) = (provider.issuer.as_str(), provider.audience.as_str());
                Self { one_room: false, ..Self::signed_elsewhere(issuer, audience, provider.keys.as_str()) }
            }
            MeetingHosts::Jwt(portal) => match &portal.keys {
                Some(keys) => Self::signed_elsewhere(portal.issuer.as_str(), portal.audience.as_str(), keys.as_str()),
                None => Self::signed_here(portal.issuer.as_str(), portal.audience.as_str(), PORTAL),
            },
        }
    }

    fn signed_here(issuer: &'a str, audience: &'a str, secret: &'static str) -> Self {
        let mark = format!("{SECRET_MARK}{secret}__");
        Self { issuer, audience, secret: Some(secret), mark, keys: None, one_room: true }
    }

    fn signed_elsewhere(issuer: &'a str, audience: &'a str, keys: &'a str) -> Self {
        Self { issuer, audience, secret: None, mark: String::new(), keys: Some(keys), one_room: true }
    }
}

/// Name of the secret that a portal signs with.
pub(super) const PORTAL: &str = "portal";
