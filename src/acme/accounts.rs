//! The accounts as the host keeps them: one for each directory, so that a rehearsal does not lose the real one.

use super::client::Client;
use super::error::{Error, Kind};
use crate::model::secret::Secret;
use serde_json::{Map, Value, json};

/// Directory address → credentials; what cannot be read counts as no account.
pub(super) struct Accounts {
    kept: Map<String, Value>,
    /// The same account with a key of which nobody knows yet whether the authority took it.
    next: Map<String, Value>,
}

impl Accounts {
    /// Reads what the host kept.
    pub(super) fn read(kept: Option<&Secret<String>>) -> Self {
        let value = kept.and_then(|json| serde_json::from_str::<Value>(json.reveal()).ok());
        let part = |name| value.as_ref().and_then(|value| value.get(name)).and_then(Value::as_object).cloned();
        Self { kept: part("accounts").unwrap_or_default(), next: part("next").unwrap_or_default() }
    }

    /// The credentials for a directory.
    pub(super) fn of(&self, directory: &str) -> Option<Secret<Value>> {
        own(&self.kept, directory)
    }

    /// The credentials for a directory, of an account that the authority knows.
    pub(super) fn known(&self, directory: &str, client: &Client) -> Result<Secret<Value>, Error> {
        let gone = |cause: String| Error::new(Kind::AccountGone, cause);
        let kept = self.of(directory).ok_or_else(|| gone(format!("the host keeps no account at {directory}")))?;
        if client.knows(&kept)? {
            return Ok(kept);
        }
        Err(gone(format!("the host's account at {directory} is not known there any more")))
    }

    /// The credentials that may take the place of those for a directory.
    pub(super) fn next(&self, directory: &str) -> Option<Secret<Value>> {
        own(&self.next, directory)
    }

    /// Replaces the credentials for a directory.
    pub(super) fn put(&mut self, directory: &str, credentials: &Secret<Value>) {
        self.kept.insert(directory.to_owned(), credentials.reveal().clone());
        self.next.remove(directory);
    }

    /// Keeps these credentials for a directory beside the present ones.
    pub(super) fn put_next(&mut self, directory: &str, credentials: &Secret<Value>) {
        self.next.insert(directory.to_owned(), credentials.reveal().clone());
    }

    /// Forgets the credentials that were to take the place of the present ones.
    pub(super) fn drop_next(&mut self, directory: &str) {
        self.next.remove(directory);
    }

    /// Forgets all credentials for a directory.
    pub(super) fn drop(&mut self, directory: &str) {
        self.kept.remove(directory);
        self.next.remove(directory);
    }

    /// What the host should keep.
    pub(super) fn write(&self) -> Secret<String> {
        Secret::new(json!({ "version": 1, "accounts": self.kept, "next": self.next }).to_string())
    }
}

fn own(accounts: &Map<String, Value>, directory: &str) -> Option<Secret<Value>> {
    // Whose directory it is stands inside too, and nobody else is to be asked.
    let own = |account: &&Value| account.get("directory").and_then(Value::as_str) == Some(directory);
    accounts.get(directory).filter(own).cloned().map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_directory_has_its_own_account() {
        let mut accounts = Accounts::read(None);
        let account = |directory, id| Secret::new(json!({ "id": id, "directory": directory }));
        accounts.put("https://a.example/dir", &account("https://a.example/dir", "1"));
        accounts.put("https://b.example/dir", &account("https://b.example/dir", "2"));
        accounts.put("https://d.example/dir", &account("https://elsewhere.example/dir", "4"));
        let again = Accounts::read(Some(&accounts.write()));
        let id = |directory| again.of(directory).map(|account| account.reveal()["id"].clone());
        assert_eq!(id("https://a.example/dir"), Some(json!("1")));
        assert_eq!(id("https://b.example/dir"), Some(json!("2")));
        assert_eq!(id("https://c.example/dir"), None);
        assert_eq!(id("https://d.example/dir"), None);
        let mut fewer = Accounts::read(Some(&again.write()));
        fewer.drop("https://a.example/dir");
        assert!(fewer.of("https://a.example/dir").is_none() && fewer.of("https://b.example/dir").is_some());
    }

    #[test]
    fn another_key_stands_beside_the_present_one_until_it_is_the_present_one() {
        let of = |key| Secret::new(json!({ "key": key, "directory": "a" }));
        let again = |accounts: &Accounts| Accounts::read(Some(&accounts.write()));
        let keys = |accounts: &Accounts| {
            [accounts.of("a"), accounts.next("a")].map(|held| held.map(|held| held.reveal()["key"].clone()))
        };
        let mut accounts = Accounts::read(None);
        accounts.put("a", &of("old"));
        accounts.put_next("a", &of("new"));
        let mut refused = again(&accounts);
        assert_eq!(keys(&refused), [Some(json!("old")), Some(json!("new"))]);
        refused.drop_next("a");
        assert_eq!(keys(&again(&refused)), [Some(json!("old")), None]);
        accounts.put("a", &of("new"));
        assert_eq!(keys(&again(&accounts)), [Some(json!("new")), None]);
    }

    #[test]
    fn what_cannot_be_read_is_no_account() {
        for kept in ["", "{", "[]", "{\"accounts\":3}", "{\"id\":\"x\"}"] {
            let accounts = Accounts::read(Some(&Secret::new(kept.to_owned())));
            assert!(accounts.of("x").is_none(), "{kept}");
        }
    }
}
