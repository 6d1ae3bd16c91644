//! The authority's part of `destroy`: the certificate is revoked and the account closed, before anything is removed.

use super::blueprint::Blueprint;
use super::change::author;
use super::office::Office;
use super::terminal::Terminal;
use crate::acme::{self, Cause};
use crate::apply::Hold;
use crate::cli;
use crate::destroy;
use crate::model::deployment::Deployment;
use crate::model::estate::{Parting, Removal};
use crate::model::observed::Observed;
use crate::model::revocation::{Place, Revocable};
use crate::remote::Remote;
use crate::view;
use anyhow::Result;
use std::collections::BTreeSet;
use std::net::{IpAddr, ToSocketAddrs as _};

/// What is to be done with the authority that the inventory names.
///
/// # Errors
/// When the host cannot be asked.
pub(super) fn plan(
    args: &cli::Destroy,
    deployment: &Deployment,
    seen: &Observed,
    remote: &mut dyn Remote,
) -> Result<Parting> {
    let directory = deployment.tls.authority.directory();
    let holdings = acme::holdings(remote)?;
    let goes = |held: &&Revocable| held.place != Place::Former;
    let revoked: Vec<Revocable> = holdings.of(directory, seen.clock).filter(goes).cloned().collect();
    let Some(first) = revoked.first() else { return Ok(Parting::default()) };
    let why =
        if args.keep_certificate { Some("as --keep-certificate says".to_owned()) } else { elsewhere(deployment, seen) };
    if let Some(why) = why {
        let kept = Some(format!("the certificate {} stays good, {why}", first.serial));
        return Ok(Parting { kept, ..Parting::default() });
    }
    Ok(Parting { revoked, account: Some(directory.to_owned()), kept: None })
}

/// A name that leads to another host is served there, perhaps with this very certificate and account out of a backup.
fn elsewhere(deployment: &Deployment, seen: &Observed) -> Option<String> {
    let domain = &deployment.domain;
    let leads: BTreeSet<IpAddr> =
        (domain.as_str(), 443).to_socket_addrs().into_iter().flatten().map(|address| address.ip()).collect();
    let public = deployment.media.nat.iter().map(|mapping| mapping.public);
    let ours: BTreeSet<IpAddr> = seen.traits.addresses.iter().copied().chain(public).collect();
    let other = leads.first()?;
    let reached_at = deployment.host.address.to_string().parse::<IpAddr>().ok();
    if leads.iter().any(|address| ours.contains(address) || reached_at == Some(*address)) {
        return None;
    }
    Some(format!("because {domain} leads to {other}, and the host there may use it"))
}

/// What the authority did not do.
#[derive(Debug, Default)]
pub(super) struct Left(Vec<(String, anyhow::Error)>);

/// Revokes and closes what the list says; nothing where the host changed since the list was made.
///
/// # Errors
/// When somebody else works on the host, or it cannot be reached. An authority that cannot be reached, or refuses, stops nothing:
/// the host must be able to go.
pub(super) fn part(
    blueprint: &Blueprint,
    removal: &Removal,
    remote: &mut dyn Remote,
    terminal: &mut Terminal,
) -> Result<Option<Left>> {
    if removal.parting.revoked.is_empty() {
        return Ok(Some(Left::default()));
    }
    let hold = Hold::take(remote, &author(), &blueprint.deployment.domain)?;
    let parted = match destroy::look(remote) {
        Ok(estate) if estate.digest == removal.based_on => {
            Ok(Some(with_authority(blueprint, removal, (remote, &hold.step()), terminal)))
        }
        Ok(_) => Ok(None),
        Err(error) => Err(error),
    };
    let released = hold.release(remote);
    let parted = parted?;
    released?;
    Ok(parted)
}

fn with_authority(
    blueprint: &Blueprint,
    removal: &Removal,
    (remote, step): (&mut dyn Remote, &str),
    terminal: &mut Terminal,
) -> Left {
    let deployment = &blueprint.deployment;
    let mut left = Left::default();
    let mut office = Office { remote, step, authority: &deployment.tls.authority };
    for held in &removal.parting.revoked {
        let what = format!("revoke the certificate {}", held.serial);
        let cause = if held.place == Place::Left { Cause::KeyCompromised } else { Cause::Ceased };
        let revoked = office.revoke(held, cause).and_then(|()| match held.place {
            Place::InForce => acme::disown(office.remote, step),
            Place::Former | Place::Left => Ok(()),
        });
        left.take(what, revoked, terminal);
    }
    // What is not revoked yet needs the account, when somebody runs this again.
    if left.0.is_empty() {
        left.take("close the account at the authority".to_owned(), office.close_account(), terminal);
    }
    left
}

impl Left {
    fn take(&mut self, what: String, done: Result<()>, terminal: &mut Terminal) {
        match done {
            Ok(()) => terminal.note(&format!("done: {what}")),
            Err(why) => {
                terminal.note(&format!("not done, and the rest goes on: {what}"));
                self.0.push((what, why));
            }
        }
    }

    /// Says at the end what is left, and what to do.
    pub(super) fn tell(self, terminal: &mut Terminal) {
        for (what, why) in self.0 {
            let error = why.context(format!("could not {what}"));
            terminal.note(view::problem::text(&error, Some(HELP), terminal.error_colour).trim_end());
        }
    }
}

const HELP: &str = "the host is not kept back by this; a certificate that is not revoked counts until it runs out, but its key is gone with the host. Where the host stands still, run `destroy` again when the authority answers";
