//! Another key for the host's account; whatever happens meanwhile, the host has the one that counts.

use super::accounts::Accounts;
use super::client::{Client, NONCES};
use super::error::{Error, Kind};
use super::order::Counter;
use super::safe::Keeper;

/// Gives the account that the host keeps for this authority another key; the old one is worth nothing any more.
///
/// The host keeps both before the authority is asked. Where the connection, the power or this program ends in the middle,
/// whoever uses the account next asks the authority which of them counts.
///
/// # Errors
/// When the host keeps no account there that the authority knows, the authority refuses, or the new key cannot be kept: then
/// the authority was not asked.
pub fn change_account_key(counter: Counter<'_>, keeper: &mut dyn Keeper) -> Result<(), Error> {
    let client = Client::new(counter)?;
    let mut accounts = settled(counter, &client, keeper)?;
    let kept = accounts.known(counter.directory, &client)?;
    for _ in 0..NONCES {
        let change = client.new_key(&kept)?;
        let credentials = change.credentials.clone();
        accounts.put_next(counter.directory, &credentials);
        keeper.keep_account(&accounts.write()).map_err(Error::host)?;
        if client.take_key(change)? {
            accounts.put(counter.directory, &credentials);
            return keeper.keep_account(&accounts.write()).map_err(Error::host);
        }
    }
    Err(Error::new(Kind::Rejected, "change the account's key: the authority takes no nonce"))
}

/// The accounts that the host keeps; where a change of the key broke off, with the key that the authority knows.
pub(super) fn settled(counter: Counter<'_>, client: &Client, keeper: &mut dyn Keeper) -> Result<Accounts, Error> {
    let mut accounts = Accounts::read(keeper.account().map_err(Error::host)?.as_ref());
    let Some(next) = accounts.next(counter.directory) else { return Ok(accounts) };
    if client.knows(&next)? {
        accounts.put(counter.directory, &next);
    } else {
        accounts.drop_next(counter.directory);
    }
    keeper.keep_account(&accounts.write()).map_err(Error::host)?;
    Ok(accounts)
}
