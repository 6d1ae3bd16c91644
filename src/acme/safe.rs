//! Where a host keeps its accounts at authorities: one file, for root alone.

use crate::model::secret::Secret;
use crate::remote::{Order, Remote, answered};
use anyhow::{Context as _, Result};
use std::time::Duration;

/// Who keeps the accounts. Every method may be called again after a failure.
pub trait Keeper {
    /// What [`Keeper::keep_account`] kept.
    ///
    /// # Errors
    /// When the host cannot be asked.
    fn account(&mut self) -> Result<Option<Secret<String>>>;

    /// Keeps the accounts, readable for root alone; what was kept before stays until all of it is there.
    ///
    /// # Errors
    /// When they cannot be kept; no order is made then.
    fn keep_account(&mut self, json: &Secret<String>) -> Result<()>;
}

/// The file on a host.
pub struct Safe<'a> {
    /// The host.
    pub remote: &'a mut dyn Remote,
    /// The script that comes before each step and makes sure that the host's lock is ours.
    pub step: &'a str,
}

const FOLDER: &str = "/var/lib/vc4all";
const ACCOUNT: &str = "/var/lib/vc4all/acme-account.json";

impl Safe<'_> {
    fn ask(&mut self, purpose: &str, script: &str, input: &[u8]) -> Result<Vec<u8>> {
        let script = &format!("{}\n{script}", self.step);
        let order = Order { purpose, script, input, patience: Duration::from_secs(120) };
        Ok(answered(self.remote, &order)?.stdout)
    }
}

impl Keeper for Safe<'_> {
    fn account(&mut self) -> Result<Option<Secret<String>>> {
        let script = format!("[ ! -s {ACCOUNT} ] || cat {ACCOUNT}");
        let purpose = "read the account at the authority";
        let json = String::from_utf8(self.ask(purpose, &script, &[])?).context(purpose)?;
        Ok((!json.is_empty()).then(|| Secret::new(json)))
    }

    fn keep_account(&mut self, json: &Secret<String>) -> Result<()> {
        // Input that breaks off is not to take the place of the accounts.
        let whole = format!("[ \"$(wc -c < {ACCOUNT}.new)\" -eq {} ]", json.reveal().len());
        // Both on the disk, the file and its name: the authority may change the account because it is kept.
        let script = format!(
            "umask 077; cat > {ACCOUNT}.new && {whole} && sync {ACCOUNT}.new && \
             mv -fT {ACCOUNT}.new {ACCOUNT} && sync {FOLDER}"
        );
        self.ask("keep the account at the authority", &script, json.reveal().as_bytes()).map(drop)
    }
}
