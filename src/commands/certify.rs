//! The public certificate: asks the authority, lets the host make the key, and puts the chain in force.

use super::change::author;
use super::session::Session;
use super::terminal::Terminal;
use crate::acme::{self, Binding, CertificateOrder, Desk, Hsts, Mode, Side, Terms};
use crate::apply::Hold;
use crate::inventory;
use crate::model::advice::Advice;
use crate::model::caa::{Applicant, Caa, Ruling};
use crate::model::objection::{Objection, Weight};
use crate::model::plan::{Action, Plan, Why};
use crate::model::resource::Certificate;
use crate::model::subject::SubjectName;
use crate::model::tls::ExternalAccount;
use crate::model::values::Domain;
use crate::outside::names;
use crate::remote::Remote as _;
use anyhow::{Context as _, Error, Result};
use std::collections::BTreeMap;
use std::time::Duration;

/// Makes sure, before anything is changed, that the DNS lets the authority of a planned certificate issue, and that it
/// answers.
pub(super) fn prepare(session: &Session<'_>) -> Result<()> {
    let Some(certificate) = planned(&session.plan) else { return Ok(()) };
    let unchanged = "nothing was changed on the host";
    let domains: Vec<Domain> = certificate.names.iter().filter_map(SubjectName::domain).cloned().collect();
    // The authority looks by itself; where nobody tells us, we do not stand in its way.
    let known = names::authorities(&domains, None, PATIENCE).unwrap_or_default();
    if let Some(forbidden) = forbidden(certificate, &known) {
        return Err(Error::new(forbidden).context(unchanged));
    }
    acme::find(&order(certificate)?).context(unchanged)
}

/// What speaks against a planned certificate and is known on this machine alone.
pub(super) fn objection(plan: &Plan) -> Option<Objection> {
    let unfit = binding(planned(plan)?.external.as_ref()?).err()?;
    let why = "the authority makes no account for the host without it".to_owned();
    let next = "put the key there as one line, as the authority gave it out, or name its file under `tls.external_account.key_file`";
    Some(Objection { weight: Weight::Stops, what: format!("{unfit:#}"), why, next: next.to_owned() })
}

/// How long a name server may take for one answer about CAA records.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why no certificate can come, where CAA records forbid the authority to issue for one of the names.
fn forbidden(certificate: &Certificate, known: &BTreeMap<Domain, Caa>) -> Option<Advice> {
    let applicant = Applicant::of(&certificate.authority, certificate.method);
    certificate.names.iter().find_map(|name| {
        let caa = known.get(name.domain()?)?;
        let Ruling::MayNot(what) = caa.rule(&applicant, name) else { return None };
        let at = caa.at.as_deref().unwrap_or_default();
        let help = match applicant.record(name) {
            Some(record) => format!("put {record} into the zone"),
            None => format!("take the record at {at} out"),
        };
        Some(Advice::new(format!("the CAA records at {at} forbid the certificate for {name}: {what}"), help))
    })
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
    let hold = Hold::take(&mut session.remote, &author(), &session.plan.domain)?;
    let issued = issue_under(&hold.step(), session, certificate, terminal);
    let released = hold.release(&mut session.remote);
    // What went wrong first is what people have to know.
    issued.and(released)
}

/// The same where the host's lock is ours already: `step` makes sure of that.
pub(super) fn issue_under(
    step: &str,
    session: &mut Session<'_>,
    certificate: &Certificate,
    terminal: &mut Terminal,
) -> Result<()> {
    let order = order(certificate)?;
    let hsts = if certificate.authority.is_trusted() { Hsts::Told } else { Hsts::Untold };
    let domain = &session.plan.domain;
    let mode = Mode::InForce { hsts, wakes: &certificate.wakes };
    let terms = Terms { domain, authority: &order.directory, mode, side: Side::Operator, step };
    Desk::new(&mut session.remote, terms).and_then(|mut desk| {
        acme::issue(&order, &mut desk, &mut |step| terminal.note(&step.to_string()))
            .with_context(|| format!("certificate for {domain} from {}", order.directory))
    })?;
    terminal.note(&format!("{}: the certificate for {domain} is in force", session.remote.host()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::caa::Property;
    use crate::model::identity::TokenWord;
    use crate::model::names::ComponentName;
    use crate::model::plan::Change;
    use crate::model::tls::{Authority, Method};

    fn certificate() -> Certificate {
        let name = |text: &str| SubjectName::parse(text).unwrap();
        Certificate {
            names: ["vergaderen.voorbeeldstad.nl", "*.bellen.voorbeeldstad.nl", "192.0.2.1"].map(name).to_vec(),
            authority: Authority::LetsEncrypt,
            contact: None,
            profile: None,
            method: Method::Record,
            external: None,
            wakes: Vec::new(),
        }
    }

    #[test]
    fn a_key_of_an_account_elsewhere_that_cannot_be_one_stops_a_plan_that_needs_it() {
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("eab.key");
        let external = Some(ExternalAccount { id: TokenWord::parse("kid-1").unwrap(), key_file: key_file.clone() });
        let action = Action::Issue(Certificate { external, ..certificate() });
        let change = Change { component: ComponentName::new("tls").unwrap(), why: Why::Missing, action };
        let plan = Plan {
            domain: Domain::parse("vergaderen.voorbeeldstad.nl").unwrap(),
            formerly: None,
            host: "203.0.113.10".to_owned(),
            based_on: None,
            changes: vec![change],
            unchanged: 0,
        };
        assert!(objection(&plan).unwrap().what.contains("tls.external_account.key_file: read"), "no file");
        for key in
            ["", "\n", "c2hvcnQ", "no base64url, and long enough!", "YWJjZGVmZ2hpamtsbW5vcA\nYWJjZGVmZ2hpamtsbW5vcA"]
        {
            std::fs::write(&key_file, key).unwrap();
            let seen = objection(&plan).unwrap();
            assert!(seen.what.ends_with("it is not the key in base64url that the authority gave"), "{seen:?}");
            assert!(key.trim().is_empty() || !format!("{seen:?}").contains(key.trim()), "{seen:?}");
        }
        std::fs::write(&key_file, "YWJjZGVmZ2hpamtsbW5vcA==\n").unwrap();
        assert_eq!(objection(&plan), None);
        std::fs::write(&key_file, "").unwrap();
        assert_eq!(objection(&Plan { changes: Vec::new(), ..plan }), None, "nobody needs it");
    }

    #[test]
    fn a_certificate_that_the_dns_forbids_is_refused_with_the_record_that_lets_it_come() {
        let certificate = certificate();
        let caa = |tag: &str, value: &str| Caa {
            at: Some("voorbeeldstad.nl".to_owned()),
            properties: vec![Property { critical: false, tag: tag.to_owned(), value: value.to_owned() }],
            trouble: None,
        };
        let domain = |text: &str| Domain::parse(text).unwrap();
        let (own, below) = (domain("vergaderen.voorbeeldstad.nl"), domain("bellen.voorbeeldstad.nl"));
        let may = || caa("issue", "letsencrypt.org");
        assert_eq!(forbidden(&certificate, &BTreeMap::new()), None, "nobody told us anything");
        assert_eq!(forbidden(&certificate, &[(own.clone(), may()), (below.clone(), may())].into()), None);
        let seen = forbidden(&certificate, &[(own, may()), (below, caa("issuewild", ";"))].into()).unwrap();
        assert_eq!(
            seen.cause,
            "the CAA records at voorbeeldstad.nl forbid the certificate for *.bellen.voorbeeldstad.nl: letsencrypt.org \
             may not issue wildcards"
        );
        assert_eq!(seen.help, "put `bellen.voorbeeldstad.nl. CAA 0 issuewild \"letsencrypt.org\"` into the zone");
    }
}
