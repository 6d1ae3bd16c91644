//! Where meeting hosts log in, and the page on which those of an identity provider come back.

use super::Scene;
use super::claims::public_file;
use super::landing::{Other, PAGES};
use crate::model::deployment::{Deployment, MeetingHosts, Operator};
use crate::model::identity::IdentityProvider;
use crate::model::resource::Resource;
use crate::papers::handover::{encoded, return_address};
use anyhow::Result;
use serde::Serialize;

/// What the page of each language sees.
#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    others: Vec<Other>,
    operator: &'a Operator,
}

/// What the page's script sees.
#[derive(Serialize)]
struct Script<'a> {
    token: &'a str,
    client: &'a str,
    back: String,
}

/// The page and its script, where there is an identity provider.
pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let Some(provider) = provider(scene.deployment) else { return Ok(Vec::new()) };
    let script = Script {
        token: provider.token.as_str(),
        client: provider.client.as_str(),
        back: return_address(&scene.deployment.domain),
    };
    let text = scene.renderer.text("identity/signed-in.js", &script)?;
    let mut wanted = vec![Resource::File(public_file(&format!("{PAGES}/vc4all/signed-in.js"), text)?)];
    for language in &scene.deployment.languages {
        let code = language.code();
        // The address holds a code that works once: no link leads there in another language.
        let page = Page { lang: code, others: Vec::new(), operator: &scene.deployment.operator };
        let text = scene.renderer.text(&format!("identity/{code}/signed-in.html"), &page)?;
        wanted.push(Resource::File(public_file(&format!("{PAGES}/{code}/signed-in.html"), text)?));
    }
    Ok(wanted)
}

/// The identity provider, where there is one.
pub(super) fn provider(deployment: &Deployment) -> Option<&IdentityProvider> {
    match &deployment.access.meeting_hosts {
        MeetingHosts::Oidc(provider) => Some(provider),
        MeetingHosts::Accounts { .. } | MeetingHosts::Jwt(_) => None,
    }
}

/// `tokenAuthUrl` of Jitsi's client.
///
/// `tokenAuthInline` stays out: it upgrades the session of a guest in place, which the gate takes for a guest's.
pub(super) fn login(deployment: &Deployment) -> Option<String> {
    let domain = &deployment.domain;
    match &deployment.access.meeting_hosts {
        MeetingHosts::Accounts { .. } => Some(format!("https://{domain}/door?room={{room}}&state={{state}}")),
        MeetingHosts::Oidc(provider) => Some(format!(
            "{}?client_id={}&response_type=code&scope=openid%20profile&redirect_uri={}&state={{state}}\
             &code_challenge={{code_challenge}}&code_challenge_method=S256",
            provider.authorization,
            encoded(provider.client.as_str()),
            encoded(&return_address(domain)),
        )),
        MeetingHosts::Jwt(portal) => portal.login.as_ref().map(ToString::to_string),
    }
}

/// `tokenLogoutUrl` of Jitsi's client (OpenID Connect RP-Initiated Logout 1.0 §2).
pub(super) fn logout(deployment: &Deployment) -> Option<String> {
    let provider = provider(deployment)?;
    Some(format!(
        "{}?client_id={}&post_logout_redirect_uri={}",
        provider.logout,
        encoded(provider.client.as_str()),
        encoded(&format!("https://{}/", deployment.domain)),
    ))
}
