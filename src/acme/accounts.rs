//! The accounts as the host keeps them: one for each directory, so that a rehearsal does not lose the real one.

use crate::model::secret::Secret;
use serde_json::{Map, Value, json};

/// Directory address → credentials; what cannot be read counts as no account.
pub(super) struct Accounts(Map<String, Value>);

impl Accounts {
    /// Reads what the host kept.
    pub(super) fn read(kept: Option<&Secret<String>>) -> Self {
        let value = kept.and_then(|json| serde_json::from_str::<Value>(json.reveal()).ok());
        match value.as_ref().and_then(|value| value.get("accounts")) {
            Some(Value::Object(accounts)) => Self(accounts.clone()),
            _ => Self(Map::new()),
        }
    }

    /// The credentials for a directory.
    pub(super) fn of(&self, directory: &str) -> Option<Secret<Value>> {
        // Whose directory it is stands inside too, and nobody else is to be asked.
        let own = |account: &&Value| account.get("directory").and_then(Value::as_str) == Some(directory);
        self.0.get(directory).filter(own).cloned().map(Secret::new)
    }

    /// Replaces the credentials for a directory.
    pub(super) fn put(&mut self, directory: &str, credentials: Secret<Value>) {
        self.0.insert(directory.to_owned(), credentials.reveal().clone());
    }

    /// Forgets the credentials for a directory.
    pub(super) fn drop(&mut self, directory: &str) {
        self.0.remove(directory);
    }

    /// What the host should keep.
    pub(super) fn write(&self) -> Secret<String> {
        Secret::new(json!({ "version": 1, "accounts": self.0 }).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_directory_has_its_own_account() {
        let mut accounts = Accounts::read(None);
        let account = |directory, id| Secret::new(json!({ "id": id, "directory": directory }));
        accounts.put("https://a.example/dir", account("https://a.example/dir", "1"));
        accounts.put("https://b.example/dir", account("https://b.example/dir", "2"));
        accounts.put("https://d.example/dir", account("https://elsewhere.example/dir", "4"));
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
    fn what_cannot_be_read_is_no_account() {
        for kept in ["", "{", "[]", "{\"accounts\":3}", "{\"id\":\"x\"}"] {
            let accounts = Accounts::read(Some(&Secret::new(kept.to_owned())));
            assert!(accounts.of("x").is_none(), "{kept}");
        }
    }
}
