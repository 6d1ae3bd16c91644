//! `users`: accounts of meeting hosts, kept on the host and asked for there. Passphrases travel over standard input.

mod exchange;
mod handout;

use super::blueprint::Blueprint;
use super::session;
use super::terminal::Terminal;
use crate::accounts::{self, Order, Outcome, Typed};
use crate::cli::{AddUser, ResetUser, Users};
use crate::exit::Exit;
use crate::model::account::AccountState;
use crate::model::advice::Advice;
use crate::model::deployment::{Deployment, MeetingHost, MeetingHosts, SecondFactor};
use crate::model::names::LoginName;
use crate::view::{self, Colour};
use anyhow::Result;
use std::io::IsTerminal as _;
use std::path::Path;

pub(super) fn run(verb: &Users, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::load(inventory(verb))?;
    let deployment = &blueprint.deployment;
    has_accounts(deployment)?;
    let order = order(verb, deployment, terminal)?;
    let mut remote = session::connect(&blueprint, ssh_config, terminal)?;
    let outcome = exchange::ask(&mut remote, &order)?;
    match (&order, outcome.accounts) {
        (Order::List, Some(accounts)) => show(&accounts, deployment, terminal)?,
        (Order::Remove { account }, _) => {
            terminal
                .note(&format!("{account} is removed; a meeting that {account} opened goes on until everybody leaves"));
        }
        (Order::Unlock { account }, _) => terminal.note(&format!("{account} may log in again")),
        (order, accounts) => {
            let given = Outcome { accounts, ..outcome };
            terminal.print(&handout::text(order, &given, deployment.domain.as_str(), qr_colour())?)?;
            terminal.note("\nThis is shown once and kept nowhere. Hand it over in person or over two ways, then clear the screen.");
        }
    }
    Ok(Exit::Done)
}

fn show(accounts: &[AccountState], deployment: &Deployment, terminal: &mut Terminal) -> Result<()> {
    match accounts {
        [] => terminal.note("there are no accounts yet; `vc4all-deploy users add` makes one"),
        accounts => terminal.print(&view::users::list(accounts, terminal.colour))?,
    }
    let found: Vec<&str> = accounts.iter().map(|state| state.account.as_str()).collect();
    differences(listed(deployment), &found).iter().for_each(|line| terminal.note(line));
    Ok(())
}

fn inventory(verb: &Users) -> &Path {
    match verb {
        Users::List(args) => &args.inventory,
        Users::Add(args) => &args.inventory,
        Users::Remove(args) | Users::Unlock(args) => &args.inventory,
        Users::Reset(args) => &args.inventory,
    }
}

/// What to ask the host; everything that can be refused without it is refused here.
fn order(verb: &Users, deployment: &Deployment, terminal: &mut Terminal) -> Result<Order> {
    match verb {
        Users::List(_) => Ok(Order::List),
        Users::Add(args) => add(args, deployment, terminal),
        Users::Reset(args) => reset(args, deployment, terminal),
        Users::Unlock(args) => Ok(Order::Unlock { account: login(&args.account)? }),
        Users::Remove(args) => {
            let account = login(&args.account)?;
            if in_list(deployment, &account).is_some() {
                let cause = format!("the inventory lists {account} under `meeting_hosts`");
                let help = "take it out of that list and run `vc4all-deploy up`, which removes the account";
                return Err(Advice::new(cause, help).into());
            }
            Ok(Order::Remove { account })
        }
    }
}

fn add(args: &AddUser, deployment: &Deployment, terminal: &mut Terminal) -> Result<Order> {
    let account = login(&args.account)?;
    let wanted = in_list(deployment, &account);
    if listed(deployment).is_some() && wanted.is_none() {
        let cause = format!("the inventory lists the meeting hosts, and {account} is not among them");
        let help =
            "add the account to `meeting_hosts`, run `vc4all-deploy up`, then give it a passphrase with `users reset`";
        return Err(Advice::new(cause, help).into());
    }
    let name = match (&args.name, wanted) {
        (Some(name), Some(host)) if name != host.name.as_str() => {
            let cause = format!("the inventory calls {account} `{}`", host.name);
            return Err(Advice::new(cause, "leave --name out, or change the inventory").into());
        }
        (Some(name), _) => name.clone(),
        (None, Some(host)) => host.name.to_string(),
        (None, None) => {
            return Err(Advice::new("the account needs a name for meetings", "say --name 'Jo Voorbeeld'").into());
        }
    };
    let second_factor = second_factor(deployment, args.no_second_factor)?;
    let known = [account.as_str(), deployment.domain.as_str(), name.as_str()];
    let passphrase = passphrase(args.typed, &known, terminal)?;
    Ok(Order::Add { account, name, passphrase, second_factor })
}

fn reset(args: &ResetUser, deployment: &Deployment, terminal: &mut Terminal) -> Result<Order> {
    let account = login(&args.account)?;
    if args.second_factor_only {
        return Ok(Order::ResetSecondFactor { account });
    }
    let second_factor = second_factor(deployment, args.no_second_factor)?;
    let name = in_list(deployment, &account).map(|host| host.name.as_str()).unwrap_or_default();
    let passphrase = passphrase(args.typed, &[account.as_str(), deployment.domain.as_str(), name], terminal)?;
    match args.passphrase_only {
        true => Ok(Order::ResetPassphrase { account, passphrase }),
        false => Ok(Order::Reset { account, passphrase, second_factor }),
    }
}

fn login(account: &str) -> Result<String> {
    LoginName::new(account).map(|name| name.to_string()).map_err(|error| {
        let help =
            "use 2 to 32 lower case letters, digits, full stops, hyphens and underscores, a letter or digit first";
        Advice::new(error.to_string(), help).into()
    })
}

fn second_factor(deployment: &Deployment, without: bool) -> Result<bool> {
    if without && deployment.access.second_factor == SecondFactor::Required {
        let help = "leave --no-second-factor out, or set `access.second_factor: optional` and run `vc4all-deploy up`";
        return Err(Advice::new("every account of this instance has a second factor", help).into());
    }
    Ok(!without)
}

/// The passphrase that somebody chose; nothing where the host shall make one.
fn passphrase(typed: bool, known: &[&str], terminal: &mut Terminal) -> Result<Option<Typed>> {
    if !typed {
        return Ok(None);
    }
    let chosen = terminal.chosen_passphrase(known.first().copied().unwrap_or_default())?;
    accounts::objection(chosen.reveal(), known).map_err(|error| {
        let help = "choose a sentence of four or more words that no one else knows, or leave --typed out";
        Advice::new(error.to_string(), help)
    })?;
    Ok(Some(Typed(chosen)))
}

/// Meeting hosts who log in elsewhere have no account here.
fn has_accounts(deployment: &Deployment) -> Result<()> {
    let elsewhere = match &deployment.access.meeting_hosts {
        MeetingHosts::Accounts { .. } => return Ok(()),
        MeetingHosts::Oidc(_) => "at an identity provider",
        MeetingHosts::Jwt(_) => "at a portal",
    };
    let cause = format!("{} has no accounts: its meeting hosts log in {elsewhere}", deployment.domain);
    Err(Advice::new(cause, "look after them there, or set `access.meeting_hosts: accounts`").into())
}

/// The meeting hosts of the inventory, where it lists them.
fn listed(deployment: &Deployment) -> Option<&[MeetingHost]> {
    match &deployment.access.meeting_hosts {
        MeetingHosts::Accounts { listed } => listed.as_deref(),
        MeetingHosts::Oidc(_) | MeetingHosts::Jwt(_) => None,
    }
}

fn in_list<'a>(deployment: &'a Deployment, account: &str) -> Option<&'a MeetingHost> {
    listed(deployment)?.iter().find(|host| host.account.as_str() == account)
}

/// Where the inventory's list and the host differ, and what ends that.
fn differences(listed: Option<&[MeetingHost]>, found: &[&str]) -> Vec<String> {
    let Some(listed) = listed else { return Vec::new() };
    let missing = listed.iter().map(|host| host.account.as_str()).filter(|account| !found.contains(account));
    let surplus = found.iter().copied().filter(|account| !listed.iter().any(|host| host.account.as_str() == *account));
    let missing =
        missing.map(|account| format!("{account} is in the inventory and not on the host: run `vc4all-deploy up`"));
    let surplus = surplus.map(|account| {
        let account = view::inert::line(account);
        format!("{account} is on the host and not in the inventory: `vc4all-deploy up` removes it")
    });
    missing.chain(surplus).collect()
}

/// A QR code needs its colours on a terminal even where other text shall have none.
fn qr_colour() -> Colour {
    if std::io::stdout().is_terminal() { Colour::Always } else { Colour::Never }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::values::Line;

    #[test]
    fn the_list_and_the_host_are_compared() {
        let host = |account: &str| MeetingHost {
            account: LoginName::new(account).unwrap(),
            name: Line::parse("Jo Voorbeeld").unwrap(),
        };
        let listed = [host("jo"), host("noor")];
        assert_eq!(
            differences(Some(&listed), &["jo", "p\u{1b}iet"]),
            [
                "noor is in the inventory and not on the host: run `vc4all-deploy up`",
                "p\\u{1b}iet is on the host and not in the inventory: `vc4all-deploy up` removes it",
            ]
        );
        assert!(differences(Some(&listed), &["noor", "jo"]).is_empty());
        assert!(differences(None, &["jo"]).is_empty(), "`users` alone decides");
    }
}
