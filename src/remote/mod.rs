//! The only door to a host: scripts go in, answers come out.

#[cfg(feature = "operator")]
mod config;
#[cfg(feature = "operator")]
mod dial;
#[cfg(feature = "operator")]
mod hosts;
#[cfg(feature = "operator")]
mod keyfile;
mod lines;
pub mod local;
#[cfg(feature = "operator")]
mod pattern;
#[cfg(feature = "operator")]
mod people;
mod shell;
#[cfg(feature = "operator")]
pub mod ssh;
#[cfg(feature = "operator")]
mod target;

#[cfg(feature = "operator")]
pub use config::SshConfig;
#[cfg(feature = "operator")]
pub use people::{Nobody, People};
#[cfg(feature = "operator")]
pub use target::{AgentUse, NameForm, Newcomers, Target};

use std::fmt;
use std::time::Duration;

/// What is sent to a host: a POSIX script that runs as root, and the bytes on its standard input.
///
/// Neither stands in an argument, so no process list shows them.
pub struct Order<'a> {
    /// What it is for, as the end of the sentence "could not …".
    pub purpose: &'a str,
    /// The script.
    pub script: &'a str,
    /// What the script reads.
    pub input: &'a [u8],
    /// How long the host may stay silent before the order counts as lost; at least three seconds.
    ///
    /// A script may take longer without a word: the host is asked for a sign of life meanwhile, and only a host that
    /// does not give one is silent.
    pub patience: Duration,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Exit code of the script; 128 and the signal's number where a signal ended it.
    pub code: i32,
    /// Its standard output, at most [`LONGEST_ANSWER`] bytes.
    pub stdout: Vec<u8>,
    /// The end of its standard error, stripped of control characters.
    pub stderr: String,
}

/// The most bytes that a host may answer; a longer answer is an error, because a host may be hostile.
pub const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// A connection to a host, logged in, with root's rights at hand.
pub trait Remote {
    /// The host's address as messages name it.
    fn host(&self) -> &str;

    /// Runs a script and waits for its end.
    ///
    /// # Errors
    /// When the connection breaks, the host stays silent for too long, root's rights are refused, or the answer is too
    /// long. A script that fails is an [`Answer`] with its code.
    fn run(&mut self, order: &Order<'_>) -> Result<Answer, Error>;

    /// Runs a script and hands out each line of its standard output as it comes; the answer's `stdout` stays empty.
    ///
    /// # Errors
    /// As [`Remote::run`].
    fn follow(&mut self, order: &Order<'_>, heard: &mut dyn FnMut(&str)) -> Result<Answer, Error>;

    /// Connects and logs in again after the connection broke; nobody is asked again what was answered before.
    ///
    /// # Errors
    /// As at the first time; the broken connection stays.
    fn reconnect(&mut self) -> Result<(), Error>;

    /// Opens a second, new connection beside this one, which need not work any more; nobody is asked again.
    ///
    /// # Errors
    /// As at the first time; also where there is only one way to the host.
    fn another(&self) -> Result<Box<dyn Remote>, Error> {
        let help = "Use SSH";
        Err(Error::new(ErrorKind::Unreachable, self.host(), "there is no second way to it", help))
    }
}

/// Runs a script that fails on a broken host alone.
///
/// # Errors
/// As [`Remote::run`]; also when the script fails, in its own words.
pub fn answered(remote: &mut dyn Remote, order: &Order<'_>) -> anyhow::Result<Answer> {
    let answer = remote.run(order)?;
    let said = match answer.stderr.trim() {
        "" => format!("it ended with {}", answer.code),
        said => said.to_owned(),
    };
    anyhow::ensure!(answer.code == 0, "host {}: {}: {said}", remote.host(), order.purpose);
    Ok(answer)
}

/// Why a host could not be used; callers branch on the kind.
#[derive(Debug)]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The host.
    pub host: String,
    /// The cause in words, as a path without a full stop.
    pub cause: String,
    /// What to do next, as an imperative sentence.
    pub help: String,
}

/// What went wrong with a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// No connection, or it broke.
    Unreachable,
    /// The host's key is unknown and nobody accepted it.
    UnknownKey,
    /// The host's key is another one than before or than pinned.
    ChangedKey,
    /// The login was refused.
    LoginRefused,
    /// The user may not become root.
    NotRoot,
    /// The host's answer cannot be used.
    BadAnswer,
}

impl Error {
    fn new(kind: ErrorKind, host: &str, cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind, host: host.to_owned(), cause: cause.into(), help: help.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "host {}: {}", self.host, self.cause)
    }
}

impl std::error::Error for Error {}
