//! The certificate renewed by the host itself: its standing order, and the units that carry it out.

use super::Scene;
use super::claims::{public_file, restart};
use super::nginx;
use crate::model::alert_order::{AlertOrder, MAIL_SECRET, WEBHOOK_SECRET};
use crate::model::alerts::Alerts;
use crate::model::deployment::Language;
use crate::model::names::{SecretName, UnitName};
use crate::model::renewal::units::{self, TIMER};
use crate::model::resource::{File, Given, Proof, Refresh, Resource, Unit, UnitState, Wake};
use crate::model::standing::{self, StandingOrder};
use crate::model::tls::Hook;
use crate::render::fixed;
use anyhow::{Context as _, Result};
use serde::Serialize;

/// What each service has to say to our program. Nothing wakes them: a changed one counts from its next start on.
const SERVICES: [(&str, &str); 3] = [(units::LOOK, ""), (units::NOW, "now"), (units::REHEARSE, "rehearse")];

/// What the services' template sees.
#[derive(Serialize)]
struct Service {
    /// Its flag of `vc4all-agent renew`; empty where it has none.
    flag: &'static str,
    /// How many seconds it may take.
    longest: u64,
    /// Files of the secrets that it may read, where they are there.
    secrets: Vec<String>,
}

/// What the operator hands over for a renewal: to write records into the DNS, and to tell of a renewal that fails.
const SECRETS: [&str; 3] = [Hook::SECRETS, WEBHOOK_SECRET, MAIL_SECRET];

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let text = order(scene)?.text().context("write the standing order")?;
    let mut all = vec![Resource::File(public_file(standing::PATH, text)?)];
    let path = |name| SecretName::new(name).map(|name| name.path().to_string());
    let secrets: Vec<String> = SECRETS.into_iter().map(path).collect::<Result<_>>()?;
    for (name, flag) in SERVICES {
        let service = Service { flag, longest: units::LONGEST, secrets: secrets.clone() };
        let text = scene.renderer.text("agent/renew.service", &service)?;
        all.push(unit_file(name, text, vec![Wake::Refresh(Refresh::Systemd)])?);
    }
    let wakes = vec![Wake::Refresh(Refresh::Systemd), restart(TIMER)?];
    all.push(unit_file(TIMER, fixed("agent/renew.timer")?.to_owned(), wakes)?);
    let name = UnitName::new(TIMER)?;
    all.push(Resource::Unit(Unit { name, state: UnitState::Running, gates: Vec::new(), from: None }));
    all.extend(told_in_secret(&scene.deployment.alerts)?);
    Ok(all)
}

/// What a message about a failure needs and nobody may read; each message reads it anew.
fn told_in_secret(alerts: &Alerts) -> Result<Vec<Resource>> {
    let webhook = alerts.webhook.iter().filter_map(|webhook| webhook.address.as_ref());
    let webhook = webhook.map(|address| (WEBHOOK_SECRET, address.whole()));
    let login = alerts.mail.iter().filter_map(|route| route.login.as_ref());
    let login = login.map(|login| (MAIL_SECRET, login.password.value.clone()));
    let given = |(name, value)| Ok(Resource::Given(Given { name: SecretName::new(name)?, value, wakes: Vec::new() }));
    webhook.chain(login).map(given).collect()
}

fn order(scene: &Scene<'_>) -> Result<StandingOrder> {
    let tls = &scene.deployment.tls;
    let language = scene.deployment.languages.iter().copied().find(|language| *language != Language::En);
    Ok(StandingOrder {
        domain: scene.deployment.domain.clone(),
        names: nginx::names(scene),
        directory: tls.authority.directory().to_owned(),
        rehearsal: tls.authority.rehearsal().to_owned(),
        roots: tls.authority.roots().map(str::to_owned),
        contact: tls.contact.clone(),
        profile: tls.profile.as_ref().map(ToString::to_string),
        method: tls.method(),
        hsts: tls.authority.is_trusted(),
        reload: nginx::READERS.into_iter().map(UnitName::new).collect::<Result<_>>()?,
        alerts: AlertOrder::of(&scene.deployment.alerts, language)?,
    })
}

fn unit_file(name: &str, text: String, wakes: Vec<Wake>) -> Result<Resource> {
    let file = public_file(&format!("/etc/systemd/system/{name}"), text)?;
    Ok(Resource::File(File { proof: Some(Proof::Systemd), wakes, ..file }))
}
