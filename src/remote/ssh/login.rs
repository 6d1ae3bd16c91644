//! Proves who we are: the agent's keys, then key files, in the order in which `ssh` tries them.

use super::super::keyfile::{KeyFile, Lock};
use super::super::lines::clean;
use super::super::target::AgentUse;
use super::super::{Error, ErrorKind, People, Target};
use super::codes::{Meaning, meaning};
use crate::model::secret::Secret;
use ssh2::{Agent, PublicKey, Session};
use std::env;
use std::path::{Path, PathBuf};

/// Passphrases that worked, by key file.
pub(super) type Passphrases = Vec<(PathBuf, Secret<String>)>;

/// How often a passphrase may be wrong.
const TRIES: usize = 3;

/// Somebody to ask, and what is known already.
pub(super) struct Asker<'a> {
    pub(super) people: &'a mut dyn People,
    pub(super) known: &'a mut Passphrases,
}

/// Logs in.
pub(super) fn login(session: &Session, target: &Target, asker: &mut Asker<'_>) -> Result<(), Error> {
    let mut attempt = Attempt { session, target, tried: Vec::new() };
    let files: Vec<(PathBuf, KeyFile)> = attempt.files();
    match attempt.by_agent(&files).and_then(|()| attempt.by_files(&files, asker)) {
        Err(Stop::LoggedIn) => Ok(()),
        Err(Stop::Gone(cause)) => Err(attempt.cut(&cause)),
        Ok(()) => match session.auth_methods(&target.user) {
            Ok(offered) => Err(attempt.refused(offered)),
            Err(e) => Err(attempt.cut(e.message())),
        },
    }
}

/// Why no further key is tried.
enum Stop {
    LoggedIn,
    Gone(String),
}

struct Attempt<'a> {
    session: &'a Session,
    target: &'a Target,
    tried: Vec<String>,
}

impl Attempt<'_> {
    /// The named key files, or the usual ones that are there.
    fn files(&mut self) -> Vec<(PathBuf, KeyFile)> {
        let named = !self.target.identities.is_empty();
        let usual = || {
            let folder = env::home_dir().unwrap_or_default().join(".ssh");
            ["id_ed25519", "id_ecdsa", "id_rsa"].map(|name| folder.join(name)).into_iter().filter(|path| path.exists())
        };
        let paths = if named { self.target.identities.clone() } else { usual().collect() };
        let mut files = Vec::new();
        for path in paths {
            match KeyFile::read(&path) {
                Ok(file) => files.push((path, file)),
                Err(e) => self.tried.push(format!("{} {e}", path.display())),
            }
        }
        files
    }

    fn by_agent(&mut self, files: &[(PathBuf, KeyFile)]) -> Result<(), Stop> {
        let (socket, named_only) = match &self.target.agent {
            AgentUse::None => return Ok(()),
            AgentUse::Named(socket) => (socket, true),
            AgentUse::All(socket) => (socket, false),
        };
        let (mut agent, keys) = match open(self.session, socket.as_deref()) {
            Ok(opened) => opened,
            Err(e) => {
                self.tried.push(format!("the agent does not answer ({})", e.message()));
                return Ok(());
            }
        };
        let is_named = |key: &PublicKey| files.iter().any(|(_, file)| file.public.as_deref() == Some(key.blob()));
        let (named, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| is_named(key));
        let others = if named_only { Vec::new() } else { others };
        for key in named.into_iter().chain(others) {
            let name = format!("the agent's key {:?}", clean(key.comment().as_bytes()));
            self.judge(&name, agent.userauth(&self.target.user, key))?;
        }
        let _ = agent.disconnect();
        Ok(())
    }

    fn by_files(&mut self, files: &[(PathBuf, KeyFile)], asker: &mut Asker<'_>) -> Result<(), Stop> {
        for (path, file) in files {
            let Some(text) = &file.text else { continue };
            match file.lock {
                Lock::Open => {
                    let outcome = self.session.userauth_pubkey_memory(&self.target.user, None, text, None);
                    self.judge(&path.display().to_string(), outcome)?;
                }
                Lock::Passphrase => self.unlock(path, text, asker)?,
            }
        }
        Ok(())
    }

    fn unlock(&mut self, path: &Path, text: &str, asker: &mut Asker<'_>) -> Result<(), Stop> {
        let name = path.display().to_string();
        let remembered = asker.known.iter().find(|(known, _)| known == path).map(|(_, phrase)| phrase.clone());
        for _ in 0..TRIES {
            let phrase = match remembered.clone().map_or_else(|| asker.people.passphrase(path), Ok) {
                Ok(phrase) if phrase.reveal().is_empty() => break,
                Ok(phrase) => phrase,
                Err(e) => {
                    self.tried.push(format!("{name} needs a passphrase: {e:#}"));
                    return Ok(());
                }
            };
            let outcome = self.session.userauth_pubkey_memory(&self.target.user, None, text, Some(phrase.reveal()));
            if outcome.as_ref().is_err_and(|e| meaning(e) == Meaning::Unreadable) && remembered.is_none() {
                continue;
            }
            if outcome.is_ok() && remembered.is_none() {
                asker.known.push((path.to_owned(), phrase));
            }
            return self.judge(&name, outcome);
        }
        self.tried.push(format!("{name} was not opened by the passphrase"));
        Ok(())
    }

    fn judge(&mut self, name: &str, outcome: Result<(), ssh2::Error>) -> Result<(), Stop> {
        let Err(e) = outcome else { return Err(Stop::LoggedIn) };
        self.tried.push(match meaning(&e) {
            Meaning::Refused => format!("{name} was refused"),
            Meaning::Unreadable => format!("{name} cannot be used ({}); ed25519, ECDSA and RSA keys can", e.message()),
            Meaning::Gone | Meaning::Silent => return Err(Stop::Gone(e.message().to_owned())),
            _ => format!("{name} did not work ({})", e.message()),
        });
        Ok(())
    }

    fn refused(&self, offered: &str) -> Error {
        let offered: String = clean(offered.as_bytes()).chars().take(100).collect();
        let tried = if self.tried.is_empty() { "there was no key to try".to_owned() } else { self.tried.join("; ") };
        let cause = format!("log in as {}: {tried} (the host takes {offered})", self.target.user);
        let help = format!(
            "Put your public key into ~{}/.ssh/authorized_keys on the host (`ssh-copy-id`), or name the right key file in \
             the inventory as host.identity",
            self.target.user
        );
        Error::new(ErrorKind::LoginRefused, &self.target.name, cause, help)
    }

    /// The error for a connection that ended: after refused keys it is about the keys.
    fn cut(&self, cause: &str) -> Error {
        let begin = format!("log in as {}: the host ended the connection", self.target.user);
        if self.tried.is_empty() {
            let help = "Look at the SSH server's log on the host (`journalctl -u ssh`)";
            return Error::new(ErrorKind::Unreachable, &self.target.name, format!("{begin} ({cause})"), help);
        }
        let help = "Where the agent holds many keys, name the right one: host.identity in the inventory, or IdentitiesOnly \
                    and IdentityFile in the SSH configuration";
        let cause = format!("{begin} after: {} ({cause})", self.tried.join("; "));
        Error::new(ErrorKind::LoginRefused, &self.target.name, cause, help)
    }
}

fn open(session: &Session, socket: Option<&Path>) -> Result<(Agent, Vec<PublicKey>), ssh2::Error> {
    let mut agent = session.agent()?;
    if let Some(path) = socket {
        agent.set_identity_path(path)?;
    }
    agent.connect()?;
    agent.list_identities()?;
    let keys = agent.identities()?;
    Ok((agent, keys))
}
