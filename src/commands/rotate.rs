//! `rotate`: every internal secret is made anew, in one transaction with all that holds it; also the certificate, where its
//! key is compromised.

use super::aim::Aim;
use super::blueprint::Blueprint;
use super::change::{self, End, Wish};
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::deployment::{Deployment, MeetingHosts};
use crate::model::names::SecretName;
use crate::model::observed::Observed;
use crate::model::plan::Plan;
use crate::model::resource::{Claim, Resource};
use crate::plan;
use anyhow::Result;
use std::collections::BTreeSet;
use std::path::Path;

/// What is made anew.
pub(super) struct Rotation {
    /// Which secrets.
    pub(super) secrets: Secrets,
    /// Whether somebody else may have the keys.
    pub(super) keys: Keys,
}

/// Which secrets are made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrets {
    /// Those that only the host itself knows.
    Internal,
    /// Those, and the one that the portal's administrator has too.
    WithPortal,
}

/// Whether somebody else may have the keys of the certificate and of the account at its authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Nobody has.
    Kept,
    /// Somebody may: they are made anew, and what was signed for the old ones is revoked.
    Compromised,
}

impl Rotation {
    /// The changes that lead there.
    pub(super) fn plan(&self, deployment: &Deployment, claims: &[Claim], seen: &Observed) -> Plan {
        let secrets = self.secrets(claims, seen);
        match self.keys {
            Keys::Kept => plan::rotation(deployment, claims, seen, &secrets),
            Keys::Compromised => plan::compromise(deployment, claims, seen, &secrets),
        }
    }

    /// The secrets that the host has and that are made anew.
    fn secrets(&self, claims: &[Claim], seen: &Observed) -> BTreeSet<SecretName> {
        let claimed = claims.iter().filter_map(|claim| match &claim.resource {
            Resource::Secret(name) => Some(name),
            _ => None,
        });
        claimed.filter(|name| seen.secrets.contains(*name) && self.renews(name)).cloned().collect()
    }

    fn renews(&self, name: &SecretName) -> bool {
        match self.secrets {
            Secrets::Internal => name.as_str() != PORTAL,
            Secrets::WithPortal => true,
        }
    }
}

/// The one secret that leaves the host, by `portal secret`.
const PORTAL: &str = "portal";

pub(super) fn run(
    args: &cli::Rotate,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let blueprint = &Blueprint::with_agents(&args.inventory, agent)?;
    let portal = has_portal(&blueprint.deployment);
    if args.portal && !portal {
        let cause = "no portal shares a secret with this instance";
        return Err(Advice::new(cause, "leave --portal out").into());
    }
    let rotation = Rotation {
        secrets: if args.portal { Secrets::WithPortal } else { Secrets::Internal },
        keys: if args.compromised { Keys::Compromised } else { Keys::Kept },
    };
    if portal && !args.portal {
        terminal.note(PORTAL_STAYS);
    }
    let wish = Wish { blueprint, aim: &Aim::Rotation(rotation), consent: &args.consent, ssh_config };
    Ok(match change::carry_out(&wish, terminal)? {
        End::Unchanged(exit) => exit,
        End::InForce(exit) => {
            terminal.note(match (args.portal, args.compromised) {
                (true, _) => PORTAL_WAITS,
                (false, true) => COMPROMISED,
                (false, false) => RENEWED,
            });
            exit
        }
    })
}

const PORTAL_STAYS: &str = "The portal's secret stays, because the portal has it too; with --portal it is renewed as well, and has to be handed over anew.";

const RENEWED: &str = "The secrets are renewed. Tokens and TURN credentials from before are refused; meeting hosts keep their passphrases and second factors.";

const PORTAL_WAITS: &str = "The secrets are renewed. Until the portal's administrator has the new one, nobody can open a room: `vc4all-deploy portal secret` prints it.";

const COMPROMISED: &str = "Secrets and keys are new, and what the old keys were certified for is revoked. Backups from before hold the old keys: take a new one, and delete those.";

fn has_portal(deployment: &Deployment) -> bool {
    match &deployment.access.meeting_hosts {
        MeetingHosts::Jwt(portal) => portal.keys.is_none(),
        MeetingHosts::Accounts { .. } | MeetingHosts::Oidc(_) => false,
    }
}
