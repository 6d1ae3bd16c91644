//! The authority's part of `destroy`: the certificate is revoked and the account closed, before anything is removed.

use super::blueprint::Blueprint;
use super::change::author;
use super::office::Office;
use super::terminal::Terminal;
use crate::acme::{self, Cause, Safe};
use crate::apply::Hold;
use crate::cli;
use crate::destroy;
use crate::model::deployment::Deployment;
use crate::model::estate::{Parting, Removal};
use crate::model::observed::Observed;
use crate::model::revocation::{Place, Revocable};
use crate::model::values::Domain;
use crate::outside::names::{Found, whereabouts};
use crate::remote::Remote;
use crate::view;
use anyhow::Result;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

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
    let (domain, directory) = (&deployment.domain, deployment.tls.authority.directory());
    let holdings = acme::holdings(remote)?;
    let goes = |held: &&Revocable| held.place != Place::Former;
    let revoked: Vec<Revocable> = holdings.of(directory, seen.clock).filter(goes).cloned().collect();
    // Also where nothing is to be revoked any more: an earlier run may have got no further.
    let account = acme::has_account(&mut Safe { remote, step: ":" }, directory)?.then(|| directory.to_owned());
    let what = match (revoked.first(), &account) {
        (Some(first), _) => format!("the certificate {} stays good", first.serial),
        (None, Some(directory)) => format!("the account at {directory} stays open"),
        (None, None) => return Ok(Parting::default()),
    };
    let why = if args.keep_certificate {
        Some("as --keep-certificate says".to_owned())
    } else {
        elsewhere(domain, &addresses(deployment, seen), &whereabouts(domain, None, PATIENCE))
    };
    if let Some(why) = why {
        return Ok(Parting { kept: Some(format!("{what}, {why}")), ..Parting::default() });
    }
    Ok(Parting { revoked, account, kept: None })
}

/// How long the resolvers may take for both families of addresses.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the world reaches this host.
fn addresses(deployment: &Deployment, seen: &Observed) -> BTreeSet<IpAddr> {
    let public = deployment.media.nat.iter().map(|mapping| mapping.public);
    let reached_at = deployment.host.address.to_string().parse::<IpAddr>();
    seen.traits.addresses.iter().copied().chain(public).chain(reached_at).collect()
}

/// Why the certificate may be in use elsewhere. A name that leads to another host is served there, perhaps with this very certificate
/// and account out of a backup; where nobody can tell, it may be so. A name that leads nowhere is served by nobody.
fn elsewhere(domain: &Domain, ours: &BTreeSet<IpAddr>, leads: &Found) -> Option<String> {
    match leads {
        Found::Nothing | Found::NoSuchName => None,
        Found::Addresses(addresses) => addresses
            .iter()
            .find(|address| !ours.contains(address))
            .map(|other| format!("because {domain} leads to {other}, and the host there may use it")),
        Found::Failed(why) => Some(format!("because nobody could say whether {domain} leads to another host ({why})")),
    }
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
    if removal.parting.revoked.is_empty() && removal.parting.account.is_none() {
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
    if left.0.is_empty() && removal.parting.account.is_some() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn why(leads: &Found) -> Option<String> {
        let ours = ["203.0.113.10", "2001:db8::10"].map(|ip| ip.parse().unwrap()).into();
        elsewhere(&Domain::parse("vergaderen.voorbeeldstad.nl").unwrap(), &ours, leads)
    }

    fn at(addresses: &[&str]) -> Found {
        Found::Addresses(addresses.iter().map(|ip| ip.parse().unwrap()).collect())
    }

    #[test]
    fn a_name_that_leads_here_or_nowhere_keeps_no_certificate() {
        for leads in [at(&["203.0.113.10", "2001:db8::10"]), at(&["2001:db8::10"]), Found::Nothing, Found::NoSuchName] {
            assert_eq!(why(&leads), None, "{leads:?}");
        }
    }

    #[test]
    fn one_address_of_another_host_keeps_it() {
        let kept = "because vergaderen.voorbeeldstad.nl leads to 203.0.113.99, and the host there may use it";
        for leads in [at(&["203.0.113.99"]), at(&["203.0.113.99", "2001:db8::10"])] {
            assert_eq!(why(&leads).as_deref(), Some(kept));
        }
    }

    #[test]
    fn a_resolver_that_fails_keeps_it() {
        let failed = Found::Failed("the resolver failed (SERVFAIL)".to_owned());
        let kept = "because nobody could say whether vergaderen.voorbeeldstad.nl leads to another host (the resolver \
                    failed (SERVFAIL))";
        assert_eq!(why(&failed).as_deref(), Some(kept));
    }
}
