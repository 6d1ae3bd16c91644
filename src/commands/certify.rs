//! The public certificate: asks the authority, lets the host make the key, and puts the chain in force.

use super::change::author;
use super::session::Session;
use super::terminal::Terminal;
use crate::acme::{self, Binding, CertificateOrder, Desk, Hsts, Mode, Side, Terms};
use crate::apply::Hold;
use crate::inventory;
use crate::model::plan::{Action, Plan, Why};
use crate::model::resource::Certificate;
use crate::model::tls::ExternalAccount;
use crate::remote::Remote as _;
use anyhow::{Context as _, Result};
use std::time::Duration;

/// Makes sure, before anything is changed, that the authority of a planned certificate answers.
pub(super) fn prepare(session: &Session<'_>) -> Result<()> {
    match planned(&session.plan) {
        Some(certificate) => {
            let directory = certificate.authority.directory();
            acme::find(&order(certificate)?).with_context(|| format!("nothing was changed on the host: {directory}"))
        }
        None => Ok(()),
    }
}

/// Issues the certificate that the plan asks for as its last change, if it asks for one.
pub(super) fn issue_planned(session: &mut Session<'_>, terminal: &mut Terminal) -> Result<()> {
    let last = session.plan.changes.iter().find_map(|change| match (&change.why, &change.action) {
        (why, Action::Issue(certificate)) if *why != Why::Compromised => Some(certificate),
        _ => None,
    });
    match last.cloned() {
        Some(certificate) => issue(session, &certificate, terminal),
        None => Ok(()),
    }
}

/// Issues a certificate and puts it in force.
pub(super) fn issue(session: &mut Session<'_>, certificate: &Certificate, terminal: &mut Terminal) -> Result<()> {
    let order = order(certificate)?;
    let hsts = if certificate.authority.is_trusted() { Hsts::Told } else { Hsts::Untold };
    let domain = &session.plan.domain;
    let hold = Hold::take(&mut session.remote, &author(), domain)?;
    let step = hold.step();
    let mode = Mode::InForce { hsts, wakes: &certificate.wakes };
    let terms = Terms { domain, authority: &order.directory, mode, side: Side::Operator, step: &step };
    let issued = Desk::new(&mut session.remote, terms).and_then(|mut desk| {
        acme::issue(&order, &mut desk, &mut |step| terminal.note(&step.to_string()))
            .with_context(|| format!("certificate for {domain} from {}", order.directory))
    });
    let released = hold.release(&mut session.remote);
    // What went wrong first is what people have to know.
    issued.map(drop).and(released)?;
    let host = session.remote.host();
    terminal.note(&format!("{host}: the certificate for {} is in force", session.plan.domain));
    Ok(())
}

/// The certificate that the plan asks for, if it asks for one.
pub(super) fn planned(plan: &Plan) -> Option<&Certificate> {
    plan.changes.iter().find_map(|change| match &change.action {
        Action::Issue(certificate) => Some(certificate),
        _ => None,
    })
}

fn order(certificate: &Certificate) -> Result<CertificateOrder> {
    Ok(CertificateOrder {
        names: certificate.names.clone(),
        directory: certificate.authority.directory().to_owned(),
        root_pem: certificate.authority.roots().map(str::to_owned),
        contact: certificate.contact.clone(),
        profile: certificate.profile.as_ref().map(ToString::to_string),
        method: certificate.method,
        binding: certificate.external.as_ref().map(binding).transpose()?,
        replaces: None,
        side: Side::Operator,
        patience: Duration::from_secs(120),
    })
}

/// The key is read when it is needed, and stays on this machine.
fn binding(external: &ExternalAccount) -> Result<Binding> {
    Ok(Binding { id: external.id.to_string(), key: inventory::read_binding_key(&external.key_file)? })
}
