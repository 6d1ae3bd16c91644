//! What is asked about certificates and accounts that exist already, with the account that the host keeps.

use super::accounts::Accounts;
use super::client::{Account, Client, Revocation};
use super::error::Error;
use super::order::Counter;
use super::rekey::settled;
use super::safe::Keeper;

/// Why a certificate is revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Somebody else may have its key.
    KeyCompromised,
    /// It took the place of another one.
    Superseded,
    /// Nobody uses it any more.
    Ceased,
}

/// Revokes a certificate (PEM) with the account that the host keeps for this authority.
///
/// # Errors
/// When the host keeps no account there that the authority knows, or the authority refuses; a certificate that is revoked
/// already is no error.
pub fn revoke(counter: Counter<'_>, keeper: &mut dyn Keeper, pem: &str, cause: Cause) -> Result<(), Error> {
    let client = Client::new(counter)?;
    let (account, _) = taken_up(counter, &client, keeper)?;
    client.revoke(&account, &Revocation { pem, cause })
}

/// Closes the account that the host keeps for this authority, for good (RFC 8555 §7.3.6); the host forgets it.
///
/// # Errors
/// When the host keeps no account there that the authority knows, the authority refuses, or the host cannot forget it.
pub fn deactivate_account(counter: Counter<'_>, keeper: &mut dyn Keeper) -> Result<(), Error> {
    let client = Client::new(counter)?;
    let (account, mut accounts) = taken_up(counter, &client, keeper)?;
    client.deactivate(&account)?;
    accounts.drop(counter.directory);
    keeper.keep_account(&accounts.write()).map_err(Error::host)
}

fn taken_up(counter: Counter<'_>, client: &Client, keeper: &mut dyn Keeper) -> Result<(Account, Accounts), Error> {
    let accounts = settled(counter, client, keeper)?;
    let account = client.restore(&accounts.known(counter.directory, client)?)?;
    Ok((account, accounts))
}
