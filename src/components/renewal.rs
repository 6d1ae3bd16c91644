//! The certificate renewed by the host itself: its standing order, and the units that carry it out.

use super::Scene;
use super::claims::{public_file, restart};
use super::nginx;
use crate::model::alert_order::{AlertOrder, MAIL_SECRET, WEBHOOK_SECRET};
use crate::model::deployment::Language;
use crate::model::names::{SecretName, UnitName};
use crate::model::resource::{File, Proof, Refresh, Resource, Unit, UnitState, Wake};
use crate::model::standing::{self, StandingOrder};
use crate::render::fixed;
use anyhow::{Context as _, Result};
use serde::Serialize;

const TIMER: &str = "vc4all-renew.timer";
/// What the timer or `up` starts, and which of them only rehearses. They run and end, so nothing keeps them running, and
/// nothing wakes them: a changed one counts from its next start on.
const SERVICES: [(&str, bool); 2] = [("vc4all-renew.service", false), ("vc4all-rehearse.service", true)];

/// What the services' template sees.
#[derive(Serialize)]
struct Service {
    rehearse: bool,
    /// Files of the secrets that it may read, where they are there.
    secrets: Vec<String>,
}

/// What the operator hands over for a renewal: how to tell of one that fails.
const SECRETS: [&str; 2] = [WEBHOOK_SECRET, MAIL_SECRET];

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let text = order(scene)?.text().context("write the standing order")?;
    let mut all = vec![Resource::File(public_file(standing::PATH, text)?)];
    let path = |name| SecretName::new(name).map(|name| name.path().to_string());
    let secrets: Vec<String> = SECRETS.into_iter().map(path).collect::<Result<_>>()?;
    for (name, rehearse) in SERVICES {
        let service = Service { rehearse, secrets: secrets.clone() };
        let text = scene.renderer.text("agent/renew.service", &service)?;
        all.push(unit_file(name, text, vec![Wake::Refresh(Refresh::Systemd)])?);
    }
    let wakes = vec![Wake::Refresh(Refresh::Systemd), restart(TIMER)?];
    all.push(unit_file(TIMER, fixed("agent/renew.timer")?.to_owned(), wakes)?);
    let name = UnitName::new(TIMER)?;
    all.push(Resource::Unit(Unit { name, state: UnitState::Running, gates: Vec::new(), from: None }));
    Ok(all)
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
