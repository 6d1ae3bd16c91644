//! The person at the other end: where text goes, and who is asked.

use crate::model::advice::Advice;
use crate::model::secret::Secret;
use crate::remote::People;
use crate::view::Colour;
use anyhow::{Context as _, Result};
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

/// Standard input, output and error, and what they are.
pub struct Terminal {
    /// Colour of what goes to standard output.
    pub colour: Colour,
    /// Colour of what goes to standard error.
    pub error_colour: Colour,
    /// Whether somebody can be asked.
    pub presence: Presence,
}

/// Whether somebody can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// A person sits at a terminal.
    Person,
    /// Nobody does, as in a script.
    Nobody,
}

impl Terminal {
    /// Looks at the streams and at `NO_COLOR` (no-color.org).
    pub fn new() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let colour = |is_terminal: bool| if wanted && is_terminal { Colour::Always } else { Colour::Never };
        let person = io::stdin().is_terminal() && io::stderr().is_terminal();
        Self {
            colour: colour(io::stdout().is_terminal()),
            error_colour: colour(io::stderr().is_terminal()),
            presence: if person { Presence::Person } else { Presence::Nobody },
        }
    }

    /// Prints the result of a command.
    ///
    /// # Errors
    /// When standard output cannot be written; a reader that went away is no error.
    pub fn print(&mut self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.context("write to standard output"),
        }
    }

    /// Tells something beside the result.
    pub fn note(&mut self, text: &str) {
        // Nothing is left to do when even standard error is gone.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    fn ask(&mut self, question: &str, without: Advice) -> Result<String> {
        if self.presence == Presence::Nobody {
            return Err(without.into());
        }
        let mut error = io::stderr().lock();
        write!(error, "{question}").and_then(|()| error.flush()).context("ask a question")?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("read the answer")?;
        Ok(line.trim().to_owned())
    }

    fn ask_secret(&mut self, question: &str, without: Advice) -> Result<Secret<String>> {
        if self.presence == Presence::Nobody {
            return Err(without.into());
        }
        rpassword::prompt_password(question).map(Secret::new).context("read the answer")
    }
}

/// The most bytes of a line of standard input that is a passphrase.
const LONGEST_PASSPHRASE: u64 = 4096;

impl Terminal {
    /// A passphrase that somebody chooses: typed twice and not shown, or one line of standard input where nobody is
    /// there to ask.
    ///
    /// # Errors
    /// When it cannot be read, or was not typed the same twice.
    pub(super) fn chosen_passphrase(&mut self, account: &str) -> Result<Secret<String>> {
        if self.presence == Presence::Nobody {
            return line_of_input();
        }
        let ask = |question: String| rpassword::prompt_password(question).context("read the passphrase");
        let first = ask(format!("Passphrase for {account}: "))?;
        if first != ask("The same again: ".to_owned())? {
            return Err(Advice::new("the passphrase was not typed the same twice", "try again").into());
        }
        Ok(Secret::new(first))
    }

    /// A passphrase that was chosen earlier: typed once and not shown, or one line of standard input where nobody is
    /// there to ask.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn known_passphrase(&mut self, what: &str) -> Result<Secret<String>> {
        if self.presence == Presence::Nobody {
            return line_of_input();
        }
        rpassword::prompt_password(format!("Passphrase of {what}: ")).map(Secret::new).context("read the passphrase")
    }
}

fn line_of_input() -> Result<Secret<String>> {
    let mut line = String::new();
    io::stdin().lock().take(LONGEST_PASSPHRASE).read_line(&mut line).context("read the passphrase")?;
    let end = line.trim_end_matches(['\n', '\r']).len();
    line.truncate(end);
    Ok(Secret::new(line))
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl People for Terminal {
    fn accept_key(&mut self, host: &str, kind: &str, fingerprint: &str) -> Result<bool> {
        let question = format!(
            "The host {host} is not known yet. Its {kind} key has the fingerprint\n  {fingerprint}\n\
             Compare it with what the host's own console shows. Is it the same? [yes/No] "
        );
        let without = Advice::new(
            "nobody is here to compare it",
            "put the fingerprint into the inventory as host.host_key, or log in once with ssh",
        );
        let answer = self.ask(&question, without)?;
        Ok(["yes", "ja"].iter().any(|word| answer.eq_ignore_ascii_case(word)))
    }

    fn passphrase(&mut self, key: &Path) -> Result<Secret<String>> {
        let without = Advice::new("nobody is here to type it", "load the key into an SSH agent");
        self.ask_secret(&format!("Passphrase of {}: ", key.display()), without)
    }

    fn sudo_password(&mut self, user: &str, host: &str) -> Result<Secret<String>> {
        let without = Advice::new(
            format!("nobody is here to type the password of {user}"),
            "run this at a terminal, or allow this user sudo without a password",
        );
        self.ask_secret(&format!("Password of {user} for sudo on {host}: "), without)
    }
}
