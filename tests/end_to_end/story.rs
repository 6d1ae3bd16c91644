//! Named checks, one line each, and how many held.

use anyhow::{Context as _, Error, Result, bail};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

/// The checks of one host.
pub(crate) struct Story {
    name: &'static str,
    tally: Tally,
}

/// What was counted.
#[derive(Default)]
pub(crate) struct Tally {
    passed: usize,
    failures: Vec<String>,
}

impl Tally {
    pub(crate) fn broken(name: &str, why: &str) -> Self {
        Self { passed: 0, failures: vec![format!("{name}: {why}")] }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failures.extend(other.failures);
    }
}

impl Story {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, tally: Tally::default() }
    }

    /// Plays one check; its answer is there only when it held.
    pub(crate) fn check<T>(&mut self, what: &str, check: impl FnOnce() -> Result<T>) -> Option<T> {
        let began = Instant::now();
        match check() {
            Ok(value) => {
                self.hold(what, began);
                Some(value)
            }
            Err(why) => {
                self.fail(what, &why);
                None
            }
        }
    }

    /// Runs a script that prints `ok NAME` or `FAIL NAME: WHY` for each of its checks; all are counted here.
    pub(crate) fn script(&mut self, what: &str, command: &mut Command, input: &str) {
        if let Err(why) = self.lines(command, input) {
            self.fail(what, &why);
        }
    }

    fn lines(&mut self, command: &mut Command, input: &str) -> Result<()> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start a script")?;
        child.stdin.take().context("no stdin")?.write_all(input.as_bytes())?;
        let mut began = Instant::now();
        let mut count = 0;
        for line in BufReader::new(child.stdout.take().context("no stdout")?).lines() {
            let line = line?;
            count += 1;
            match (line.strip_prefix("ok "), line.strip_prefix("FAIL ")) {
                (Some(what), _) => self.hold(what, began),
                (_, Some(what)) => self.fail(what.split(':').next().unwrap_or(what), &Error::msg(what.to_owned())),
                _ => bail!("the script said {line:?}"),
            }
            began = Instant::now();
        }
        let status = child.wait()?;
        if count == 0 || !status.success() {
            bail!("the script ended with {status} after {count} checks");
        }
        Ok(())
    }

    fn hold(&mut self, what: &str, began: Instant) {
        self.tally.passed += 1;
        print(&format!("{}: {what} ... ok ({:.1} s)", self.name, began.elapsed().as_secs_f32()));
    }

    pub(crate) fn fail(&mut self, what: &str, why: &Error) {
        let text = format!("{}: {what} ... FAILED\n    {}", self.name, format!("{why:#}").replace('\n', "\n    "));
        print(&text);
        self.tally.failures.push(text);
    }

    pub(crate) fn into_tally(self) -> Tally {
        self.tally
    }
}

/// One whole line, also when several stories speak.
pub(crate) fn print(text: &str) {
    // Nobody is left to tell when standard output is gone.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// The failures again, together, and the count in the words of Rust's own test runner.
pub(crate) fn end(tally: &Tally) -> ExitCode {
    let well = tally.failures.is_empty() && tally.passed > 0;
    if !tally.failures.is_empty() {
        print(&format!("\nfailures:\n\n{}\n", tally.failures.join("\n")));
    }
    let word = if well { "ok" } else { "FAILED" };
    print(&format!("\ntest result: {word}. {} passed; {} failed", tally.passed, tally.failures.len()));
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
