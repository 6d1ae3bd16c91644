//! What an administrator's program asks of the host, and what the host answers: one JSON text each way.

use super::{Accounts, App, Credentials, NewAccount, Renewal};
use crate::model::account::AccountState;
use crate::model::advice::Advice;
use crate::model::names::LoginName;
use crate::model::secret::Secret;
use crate::model::values::Line;
use anyhow::{Result, anyhow, ensure};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most bytes of an order and of an answer.
const LONGEST: usize = 4 * 1024 * 1024;

/// What is to be done. `Debug` does not show passphrases.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Tell all accounts.
    List,
    /// Make an account.
    Add {
        /// What the person logs in with.
        account: String,
        /// How they are called in a meeting.
        name: String,
        /// Their passphrase; one is made where there is none.
        #[serde(default)]
        passphrase: Option<Typed>,
        /// Whether an authenticator app is set up.
        second_factor: bool,
    },
    /// Remove an account.
    Remove {
        /// The account.
        account: String,
    },
    /// Give a new passphrase, a new key for the app and new recovery codes.
    Reset {
        /// The account.
        account: String,
        /// The passphrase; one is made where there is none.
        #[serde(default)]
        passphrase: Option<Typed>,
        /// Whether an authenticator app is set up.
        second_factor: bool,
    },
    /// Give a new passphrase alone.
    ResetPassphrase {
        /// The account.
        account: String,
        /// The passphrase; one is made where there is none.
        #[serde(default)]
        passphrase: Option<Typed>,
    },
    /// Give a new key for the app and new recovery codes alone.
    ResetSecondFactor {
        /// The account.
        account: String,
    },
    /// Let an account log in again after too many wrong attempts.
    Unlock {
        /// The account.
        account: String,
    },
}

/// A secret that travels over standard input and output.
#[derive(Debug, Clone)]
pub struct Typed(pub Secret<String>);

impl Serialize for Typed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.reveal().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

/// What came of an order: `{"ok":…}`, or `{"error":…,"help":…}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// It is done.
    Done {
        /// What there is to tell.
        ok: Outcome,
    },
    /// It is not done.
    Failed {
        /// Why, without a full stop.
        error: String,
        /// What to do next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        help: Option<String>,
    },
}

/// What there is to tell. `Debug` does not show what is secret.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// All accounts, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<AccountState>>,
    /// The passphrase, where it was made on the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<Typed>,
    /// The key of the authenticator app in base32, where one was set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_key: Option<Typed>,
    /// The recovery codes, where an app was set up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery_codes: Vec<Typed>,
}

impl Order {
    /// Reads an order.
    ///
    /// # Errors
    /// When it is none; the error says where, and shows nothing of it, because it may hold a passphrase.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        parse(bytes, "the order").map_err(|error| Advice::new(error.to_string(), "run `vc4all-deploy up` first").into())
    }
}

impl Answer {
    /// Reads what a host answered; a host may be hostile.
    ///
    /// # Errors
    /// When it is no answer, or too long; the error shows nothing of it, because it may hold a passphrase.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        parse(bytes, "the answer")
    }
}

impl From<Result<Outcome>> for Answer {
    fn from(result: Result<Outcome>) -> Self {
        match result {
            Ok(ok) => Self::Done { ok },
            Err(error) => Self::Failed {
                error: format!("{error:#}"),
                help: error.chain().find_map(|cause| cause.downcast_ref::<Advice>()).map(|advice| advice.help.clone()),
            },
        }
    }
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> Result<T> {
    ensure!(bytes.len() <= LONGEST, "{what} is longer than {LONGEST} bytes");
    serde_json::from_slice(bytes)
        .map_err(|error| anyhow!("{what} is not understood at line {}, column {}", error.line(), error.column()))
}

impl Accounts {
    /// Does what an order says, at `now` in seconds since 1970.
    ///
    /// # Errors
    /// When the order names an account or a person in a way that cannot be, or as the call that it stands for.
    pub fn carry_out(&self, order: Order, now: u64) -> Result<Outcome> {
        let plain = |passphrase: Option<Typed>| passphrase.map(|Typed(secret)| secret);
        let app = |second_factor: bool| if second_factor { App::SetUp } else { App::Without };
        match order {
            Order::List => Ok(Outcome { accounts: Some(self.list(now)?), ..Outcome::default() }),
            Order::Add { account, name, passphrase, second_factor } => {
                let name = Line::parse(&name).map_err(|refusal| {
                    Advice::new(format!("the name of the person {}", refusal.what), refusal.write)
                })?;
                let new = NewAccount {
                    account: login(account)?,
                    name,
                    passphrase: plain(passphrase),
                    app: app(second_factor),
                };
                self.add(&new).map(Outcome::from)
            }
            Order::Remove { account } => self.remove(&login(account)?).map(|()| Outcome::default()),
            Order::Reset { account, passphrase, second_factor } => {
                let renewal = Renewal::All(plain(passphrase), app(second_factor));
                self.reset(&login(account)?, &renewal).map(Outcome::from)
            }
            Order::ResetPassphrase { account, passphrase } => {
                self.reset(&login(account)?, &Renewal::Passphrase(plain(passphrase))).map(Outcome::from)
            }
            Order::ResetSecondFactor { account } => self.reset(&login(account)?, &Renewal::App).map(Outcome::from),
            Order::Unlock { account } => self.unlock(&login(account)?).map(|()| Outcome::default()),
        }
    }
}

/// The name of an account, checked before it becomes the name of a file.
fn login(account: String) -> Result<LoginName> {
    LoginName::new(account).map_err(|error| {
        let help =
            "use 2 to 32 lower case letters, digits, full stops, hyphens and underscores, a letter or digit first";
        Advice::new(error.to_string(), help).into()
    })
}

impl From<Credentials> for Outcome {
    fn from(given: Credentials) -> Self {
        Self {
            accounts: None,
            passphrase: given.passphrase.map(Typed),
            app_key: given.app_key.map(Typed),
            recovery_codes: given.recovery_codes.into_iter().map(Typed).collect(),
        }
    }
}
