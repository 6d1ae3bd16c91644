//! How a script travels: over standard input, so that no process list shows it, and behind a mark, so that nothing that a
//! login shell prints is taken for its answer.

use super::{Error, ErrorKind, LONGEST_ANSWER, Order};
use crate::remote::lines::{Lines, Tail};
use anyhow::{Context, Result};

/// What a login shell may print before the script begins.
const LONGEST_NOISE: usize = 64 * 1024;

/// A word that nobody can guess, printed when the script begins.
pub(super) struct Mark(String);

impl Mark {
    /// Makes one.
    pub(super) fn new() -> Result<Self> {
        let mut bytes = [0; 12];
        getrandom::fill(&mut bytes).context("take random bytes from the system")?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The program for `sh -c` that reads a script of so many bytes from its standard input and runs it on the rest.
    ///
    /// GNU `head -c` and BusyBox's read no further than they are told, so the input stays whole; `dash` itself would
    /// read ahead. The text holds no single quote and no backslash: every login shell passes it on as it is.
    pub(super) fn program(&self, script: &str) -> String {
        format!(
            "echo {mark}; export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; \
             cd /; umask 022; s=$(head -c {length}); eval \"$s\"",
            mark = self.0,
            length = script.len()
        )
    }

    /// The line that tells where a password ends, for [`Mark::behind_password`].
    pub(super) fn line(&self) -> String {
        format!("{}\n", self.0)
    }

    /// Puts a reader before a program that skips all lines up to the mark: a password that `sudo` did not ask for is
    /// then no part of the script.
    #[cfg(feature = "operator")]
    pub(super) fn behind_password(&self, program: &str) -> String {
        format!("while IFS= read -r l; do [ \"$l\" = {} ] && break; done; {program}", self.0)
    }
}

/// Where the answer goes.
pub(super) enum Listener<'a> {
    /// All of it is kept.
    Whole(Vec<u8>),
    /// Each line is told.
    EachLine(Lines, &'a mut dyn FnMut(&str)),
}

/// Listens to both outputs of a script.
pub(super) struct Ear<'a> {
    mark: Vec<u8>,
    noise: Option<Vec<u8>>,
    listener: Listener<'a>,
    errors: Tail,
}

/// A host that answers more than it may.
pub(super) struct TooLong;

impl TooLong {
    /// The error for people.
    pub(super) fn told(&self, host: &str, order: &Order<'_>) -> Error {
        let cause = format!("could not {}: the answer is longer than {} MiB", order.purpose, LONGEST_ANSWER >> 20);
        Error::new(ErrorKind::BadAnswer, host, cause, "Look at the host: something prints without end")
    }
}

impl<'a> Ear<'a> {
    /// Listens for what follows a mark.
    pub(super) fn new(mark: &Mark, listener: Listener<'a>) -> Self {
        Self { mark: mark.line().into_bytes(), noise: Some(Vec::new()), listener, errors: Tail::default() }
    }

    /// Takes bytes of standard output.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        let Some(mut noise) = self.noise.take() else { return self.pass(bytes) };
        noise.extend_from_slice(bytes);
        match noise.windows(self.mark.len()).position(|window| window == self.mark) {
            Some(at) => self.pass(&noise[at + self.mark.len()..]),
            None if noise.len() > LONGEST_NOISE => Err(TooLong),
            None => {
                self.noise = Some(noise);
                Ok(())
            }
        }
    }

    /// Takes bytes of standard error.
    pub(super) fn hear_error(&mut self, bytes: &[u8]) {
        self.errors.take(bytes);
    }

    /// Whether the script began.
    #[cfg(feature = "operator")]
    pub(super) fn began(&self) -> bool {
        self.noise.is_none()
    }

    /// What was kept of both outputs.
    pub(super) fn finish(self) -> (Vec<u8>, String) {
        let stdout = match self.listener {
            Listener::Whole(kept) => kept,
            Listener::EachLine(mut lines, heard) => {
                lines.finish(heard);
                Vec::new()
            }
        };
        (stdout, self.errors.text())
    }

    fn pass(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        match &mut self.listener {
            Listener::Whole(kept) if kept.len() + bytes.len() > LONGEST_ANSWER => return Err(TooLong),
            Listener::Whole(kept) => kept.extend_from_slice(bytes),
            Listener::EachLine(lines, heard) => lines.take(bytes, heard),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_the_mark_is_not_the_answer() {
        let mark = Mark::new().unwrap();
        let mut ear = Ear::new(&mark, Listener::Whole(Vec::new()));
        let line = mark.line();
        let (half, rest) = line.split_at(7);
        for piece in ["Welcome!\n", half, rest, "answer"] {
            assert!(ear.hear(piece.as_bytes()).is_ok());
        }
        assert!(ear.began());
        assert_eq!(ear.finish(), (b"answer".to_vec(), String::new()));
    }

    #[test]
    fn endless_noise_and_endless_answers_are_refused() {
        let mark = Mark::new().unwrap();
        let mut ear = Ear::new(&mark, Listener::Whole(Vec::new()));
        assert!((0..100).any(|_| ear.hear(&[b'x'; 1024]).is_err()));
        let mut ear = Ear::new(&mark, Listener::Whole(Vec::new()));
        assert!(ear.hear(mark.line().as_bytes()).is_ok());
        assert!(ear.hear(&vec![0; LONGEST_ANSWER]).is_ok());
        assert!(ear.hear(b"x").is_err());
    }

    #[test]
    fn the_program_needs_no_quoting_inside_single_quotes() {
        let mark = Mark::new().unwrap();
        let program = mark.behind_password(&mark.program("exit 'x' \\"));
        assert!(!program.contains(['\'', '\\', '\n', '!']), "{program}");
    }
}
