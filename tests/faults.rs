//! Everything that can go wrong in an `up`, done on purpose to real hosts of the lab: afterwards each of them is wholly in the
//! old or wholly in the new generation, keeps its promises, and the next `up` converges.
//!
//! `cargo test --test faults` plays a sample, `make faults` all of it. `cargo test --test faults -- --seed S --only CASE`
//! plays one run again, where CASE reads `settings.kill-script:12`. See docs/faults.md.

#[path = "faults/authority.rs"]
mod authority;
#[path = "faults/case.rs"]
mod case;
#[path = "faults/checks.rs"]
mod checks;
#[path = "convergence/dice.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "another suite uses the rest of it")]
mod dice;
#[path = "support/free_port.rs"]
mod free_port;
#[path = "faults/frozen.rs"]
mod frozen;
#[path = "faults/going.rs"]
mod going;
#[path = "faults/ground.rs"]
mod ground;
#[path = "end_to_end/lab.rs"]
#[allow(dead_code, reason = "another suite uses the rest of it")]
mod lab;
#[path = "faults/leaks.rs"]
mod leaks;
#[path = "faults/mirror.rs"]
mod mirror;
#[path = "end_to_end/program.rs"]
#[allow(dead_code, reason = "another suite uses the rest of it")]
mod program;
#[path = "faults/schedule.rs"]
mod schedule;
#[path = "faults/state.rs"]
mod state;
#[path = "faults/strike.rs"]
mod strike;
#[path = "faults/table.rs"]
mod table;
#[path = "faults/watch.rs"]
mod watch;
#[path = "faults/wire.rs"]
mod wire;
#[path = "faults/workers.rs"]
mod workers;

use anyhow::{Context as _, Result, bail};
use case::Case;
use lab::Lab;
use std::io::Write as _;
use std::process::ExitCode;

/// What is wanted on the command line.
pub(crate) struct Wanted {
    pub(crate) seed: u64,
    pub(crate) extent: Extent,
    pub(crate) workers: usize,
}

/// How many runs.
pub(crate) enum Extent {
    Sample,
    All(usize),
    Only(Vec<Case>),
}

/// The seed of runs that name none.
const SEED: u64 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        print("faults: test");
        return ExitCode::SUCCESS;
    }
    let wanted = match read(&arguments) {
        Ok(Some(wanted)) => wanted,
        Ok(None) => {
            print("test result: ok. 0 passed; 0 failed; the runs are not asked for");
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            print(&format!("{why:#}"));
            return ExitCode::FAILURE;
        }
    };
    match Lab::open() {
        Ok(lab) => {
            let code = workers::play(&lab, &wanted);
            lab.close();
            code
        }
        Err(why) if std::env::var_os("CI").is_none() => {
            print(&format!("left out, every fault on real hosts: {why:#}"));
            ExitCode::SUCCESS
        }
        Err(why) => {
            print(&format!("FAILED, no fault on real hosts: {why:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Nothing is wanted where the words on the command line name other tests.
fn read(arguments: &[String]) -> Result<Option<Wanted>> {
    let mut wanted = Wanted { seed: SEED, extent: Extent::Sample, workers: 3 };
    let mut only = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value"));
        match word.as_str() {
            "--seed" => wanted.seed = value()?.parse().context("--seed")?,
            "--only" => only.push(value()?.parse()?),
            "--runs" => wanted.extent = Extent::All(value()?.parse().context("--runs")?),
            "--workers" => wanted.workers = value()?.parse().context("--workers")?,
            other if other.starts_with("--") => {}
            other if "faults".contains(other) => {}
            _ => return Ok(None),
        }
    }
    if wanted.workers == 0 || matches!(wanted.extent, Extent::All(0)) {
        bail!("nothing would be played");
    }
    if !only.is_empty() {
        wanted.extent = Extent::Only(only);
    }
    Ok(Some(wanted))
}

/// One whole line, also when several workers speak.
pub(crate) fn print(text: &str) {
    // Nobody is left to tell when standard output is gone.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
