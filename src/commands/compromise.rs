//! The authority's part of `rotate --compromised`: another certificate in force, the old ones revoked, another key for the account.

use super::certify;
use super::change::author;
use super::office::{Office, is_gone};
use super::session::Session;
use super::terminal::Terminal;
use crate::acme::{self, Cause, Laid};
use crate::apply::Hold;
use crate::model::advice::Advice;
use crate::model::plan::{Action, Why};
use crate::model::resource::Certificate;
use crate::model::revocation::{Holdings, Place};
use crate::remote::Remote as _;
use crate::view::{self, inert};
use anyhow::{Context as _, Result};
use std::collections::BTreeSet;

/// What could not be done with the authority, and is left for a later run.
#[derive(Debug, Default)]
pub(super) struct Owed(Vec<String>);

/// Does what the plan wants done with the authority before all else; nothing where somebody else changed the host meanwhile.
///
/// # Errors
/// When there is no new certificate: then nothing was revoked, and nothing else changed.
pub(super) fn begin(session: &mut Session<'_>, terminal: &mut Terminal) -> Result<Option<Owed>> {
    if !session.plan.changes.iter().any(|change| change.why == Why::Compromised) {
        return Ok(Some(Owed::default()));
    }
    if session.seen.broken_run {
        let cause = format!("host {}: an earlier run ended in the middle", session.remote.host());
        return Err(Advice::new(cause, "run `vc4all-deploy up` first, which restores what it had changed").into());
    }
    // In one piece: the host's own timer gets nothing between what is laid aside and what is revoked.
    let owed = under_lock(session, |session, step| {
        if let Some(certificate) = issued_first(session).cloned() {
            issue(session, step, &certificate, terminal)?;
        }
        revoke(session, step, terminal).context("after the new certificate")
    })?;
    Ok(session.is_still_planned()?.then_some(owed))
}

/// Says what is left, as an error, once everything else is done; and notes on the host that nothing else is left.
///
/// # Errors
/// When something is.
pub(super) fn settle(owed: &Owed, session: &mut Session<'_>) -> Result<()> {
    if owed.0.is_empty() {
        return Ok(());
    }
    let mut left = owed.0.join("; ");
    if let Err(why) = under_lock(session, |session, step| acme::note_rest(&mut session.remote, step)) {
        left = format!("{left}; and the host could not be told so: {why:#}");
    }
    let cause = format!("everything is made new, but this is left: {left}");
    Err(Advice::new(cause, AGAIN).into())
}

const AGAIN: &str = "run `vc4all-deploy rotate --compromised` again when the authority answers, until nothing is left: it does what is left and makes nothing anew twice; if the authority refuses for good, report the compromised key to it by its own form";

/// What is in force whatever became of the rest; nothing where nothing was begun.
pub(super) fn stays(session: &Session<'_>) -> Option<&'static str> {
    session.plan.changes.iter().any(|change| change.why == Why::Compromised).then_some(STAYS)
}

const STAYS: &str = "What was done with the authority stays done: the certificate in force is the new one. The secrets are still the old ones; run it again.";

/// What the operator has to know before the question.
pub(super) fn caveats(session: &Session<'_>) -> Option<String> {
    let holdings = session.seen.holdings.as_ref()?;
    let directory = session.blueprint.deployment.tls.authority.directory();
    let mut lines = Vec::new();
    if holdings.rest {
        lines.push(REST.to_owned());
    }
    let elsewhere = holdings.certificates.iter().filter(|held| held.directory != directory);
    lines.extend(elsewhere.filter(|held| held.not_after > session.seen.clock).map(|held| {
        let from = inert::line(&held.directory);
        format!(
            "certificate {}: it is of {from}, which the inventory does not name; have it revoked there",
            held.serial
        )
    }));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

const REST: &str = "An earlier run made everything new and could not revoke this. If somebody may have had the keys since, run it once more afterwards.";

/// The certificate that is issued before all else.
fn issued_first<'a>(session: &'a Session<'_>) -> Option<&'a Certificate> {
    session.plan.changes.iter().find_map(|change| match (&change.why, &change.action) {
        (Why::Compromised, Action::Issue(certificate)) => Some(certificate),
        _ => None,
    })
}

fn issue(session: &mut Session<'_>, step: &str, certificate: &Certificate, terminal: &mut Terminal) -> Result<()> {
    acme::lay_aside(&mut session.remote, step)?;
    certify::issue_under(step, session, certificate, terminal).inspect_err(|_| {
        let laid = of_this_run(session);
        // What is laid aside in vain harms nobody, and why there is no certificate is what people have to know.
        let _ = acme::forget(&mut session.remote, step, &laid);
    })
}

/// What this run laid aside and no earlier one.
fn of_this_run(session: &Session<'_>) -> Vec<Laid> {
    let nothing = Holdings::default();
    let holdings = session.seen.holdings.as_ref().unwrap_or(&nothing);
    let new = holdings.certificates.iter().filter(|held| held.place != Place::Left);
    let notes = new.map(|held| Laid::Note(held.serial.clone()));
    notes.chain((!holdings.account).then_some(Laid::Account)).collect()
}

/// Revokes what is not in force any more and changes the account's key; what cannot be done is told and owed.
fn revoke(session: &mut Session<'_>, step: &str, terminal: &mut Terminal) -> Result<Owed> {
    let (mut owed, mut laid) = (Owed::default(), Vec::new());
    for action in what_is_due(session)? {
        let deployment = &session.blueprint.deployment;
        let mut office = Office { remote: &mut session.remote, step, authority: &deployment.tls.authority };
        let Some((what, done, forgotten)) = settled(&mut office, action) else { continue };
        match done {
            Ok(()) => {
                terminal.note(&format!("done: {what}"));
                laid.push(forgotten);
            }
            Err(why) if forgotten == Laid::Account && is_gone(&why) => {
                terminal.note(&format!("not needed: {what}: {why:#}; the next certificate comes with another account"));
                laid.push(forgotten);
            }
            Err(why) => owed.take(what, why, terminal),
        }
    }
    if owed.0.is_empty() {
        laid.push(Laid::Rest);
    }
    acme::forget(&mut session.remote, step, &laid)?;
    Ok(owed)
}

/// What was done, how it went, and what need not be laid aside any more once it is done; nothing where it is no matter of the authority.
fn settled(office: &mut Office<'_>, action: Action) -> Option<(String, Result<()>, Laid)> {
    match action {
        Action::Revoke(held) => {
            let what = format!("revoke the certificate {}", held.serial);
            Some((what, office.revoke(&held, Cause::KeyCompromised), Laid::Certificate(held.serial)))
        }
        Action::RenewAccount(_) => {
            let what = "give the account at the authority another key".to_owned();
            Some((what, office.change_account_key(), Laid::Account))
        }
        _ => None,
    }
}

/// What the plan wants of the authority, and before that what it could not know: the host may have got a certificate by itself since
/// the plan, with a key that is as old as the others.
fn what_is_due(session: &mut Session<'_>) -> Result<Vec<Action>> {
    let holdings = acme::holdings(&mut session.remote)?;
    let directory = session.blueprint.deployment.tls.authority.directory();
    let planned = session.plan.changes.iter().map(|change| &change.action);
    let known: BTreeSet<&str> = planned
        .clone()
        .filter_map(|action| if let Action::Revoke(held) = action { Some(held.serial.as_str()) } else { None })
        .collect();
    let replaced = holdings.replaced(directory, session.seen.clock);
    let meanwhile = replaced.filter(|held| !known.contains(held.serial.as_str())).cloned().map(Action::Revoke);
    Ok(meanwhile.chain(planned.cloned()).collect())
}

impl Owed {
    fn take(&mut self, what: String, why: anyhow::Error, terminal: &mut Terminal) {
        let told = why.context(format!("could not {what}"));
        terminal.note(view::problem::text(&told, Some(AGAIN), terminal.error_colour).trim_end());
        self.0.push(what);
    }
}

/// Works on the host under its lock.
fn under_lock<T>(session: &mut Session<'_>, work: impl FnOnce(&mut Session<'_>, &str) -> Result<T>) -> Result<T> {
    let hold = Hold::take(&mut session.remote, &author(), &session.plan.domain)?;
    let worked = work(session, &hold.step());
    let released = hold.release(&mut session.remote);
    let worked = worked?;
    released?;
    Ok(worked)
}
