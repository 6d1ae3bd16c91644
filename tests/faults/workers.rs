//! Several hosts beside each other, each played upon by a worker; they take their runs from one list.

use crate::authority::Temper;
use crate::case::{Case, Change, Kind, Outcome};
use crate::checks::{Aftermath, Known};
use crate::ground::{self, Ground};
use crate::lab::{Lab, Release, repository};
use crate::leaks::{self, Processes};
use crate::program::Deployment;
use crate::schedule;
use crate::strike::{self, Strike};
use crate::table::Table;
use crate::{Extent, Wanted, print};
use anyhow::{Context as _, Result, ensure};
use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What the workers share.
#[derive(Default)]
struct Desk {
    state: Mutex<Work>,
    filled: Condvar,
}

#[derive(Default)]
struct Work {
    /// Nothing until the first host is ready, and its steps are counted.
    cases: Option<VecDeque<Case>>,
    total: usize,
    table: Table,
    failures: Vec<String>,
    /// Hosts that cannot be played upon.
    lost: Vec<String>,
}

pub(crate) fn play(lab: &Lab, wanted: &Wanted) -> ExitCode {
    let (desk, began) = (Desk::default(), Instant::now());
    std::thread::scope(|scope| {
        for number in 0..wanted.workers {
            let desk = &desk;
            scope.spawn(move || {
                if let Err(why) = work(lab, wanted, desk, number) {
                    let text = format!("worker {number} has no host: {why:#}");
                    print(&text);
                    desk.lock().lost.push(text);
                    // Others must not wait for a list that never comes.
                    desk.lock().cases.get_or_insert_default();
                    desk.filled.notify_all();
                }
            });
        }
    });
    let work = desk.lock();
    end(&work, wanted, began)
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Work> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, cases: Vec<Case>) {
        let mut work = self.lock();
        work.total = cases.len();
        work.cases = Some(cases.into());
        self.filled.notify_all();
    }

    fn next(&self) -> Option<Case> {
        let mut work = self.lock();
        loop {
            match &mut work.cases {
                Some(cases) => return cases.pop_front(),
                None => work = self.filled.wait(work).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

fn work(lab: &Lab, wanted: &Wanted, desk: &Desk, number: usize) -> Result<()> {
    ensure!(ground::has_agent(), "the program for hosts is not built: make agent");
    let release = if number.is_multiple_of(2) { Release::Bookworm } else { Release::Trixie };
    let host = lab.host(&format!("fault-{number}"), release)?;
    let deployment = Deployment::on(lab, &host)?;
    let ground = Ground::prepare(&deployment)?;
    if number == 0 {
        desk.fill(cases(wanted, &ground)?);
    }
    while let Some(case) = desk.next() {
        let began = Instant::now();
        let result = run(&ground, case, wanted.seed);
        let mut work = desk.lock();
        let (outcome, text) = match result {
            Ok((outcome, step)) => (Some(outcome), format!("{outcome:?}{step}")),
            Err(why) => (None, format!("EXCEPTION\n    {}", format!("{why:#}").replace('\n', "\n    "))),
        };
        work.table.count(case.kind, outcome);
        let text = format!(
            "{}/{} {case} {}: {text} ({:.1} s)",
            work.table.runs(),
            work.total,
            release.name(),
            began.elapsed().as_secs_f32()
        );
        print(&text);
        if outcome.is_none() {
            work.failures
                .push(format!("{text}\n    again: cargo test --test faults -- --seed {} --only {case}", wanted.seed));
        }
    }
    Ok(())
}

fn cases(wanted: &Wanted, ground: &Ground<'_>) -> Result<Vec<Case>> {
    if let Extent::Only(cases) = &wanted.extent {
        return Ok(cases.clone());
    }
    let lengths = |change: Change| Ok((change, ground.reference(change)?.steps.len()));
    let sample = matches!(wanted.extent, Extent::Sample);
    let changes =
        Change::ALL.into_iter().filter(|change| !sample || *change == Change::First || schedule::sampled(*change));
    let lengths = changes.map(lengths).collect::<Result<_>>()?;
    let mut cases = match wanted.extent {
        Extent::All(runs) => schedule::all(wanted.seed, runs, &lengths),
        _ => schedule::sample(wanted.seed, &lengths),
    };
    if strike::other_clock().is_none() && std::env::var_os("CI").is_none() {
        print("left out, wrong clocks: libfaketime is not installed (tests/lab/setup)");
        cases.retain(|case| !matches!(case.kind, Kind::ClockBehind | Kind::ClockAhead));
    }
    Ok(cases)
}

/// One run, and what is to be said of it when nothing is wrong.
fn run(ground: &Ground<'_>, case: Case, seed: u64) -> Result<(Outcome, String)> {
    let reference = ground.reference(case.change)?;
    ground.standing(case.change.begins(), Known::OrLook)?;
    ground.host.thaw(case.change.begins()).context("boot")?;
    let words = leaks::words(&ground.host.tree());
    let processes = Processes::watch();
    // Orders to a change's authority must find one, whatever is done to something else.
    let orders = case.change == Change::Certificate && !case.kind.is_of_the_authority();
    let _authority = orders.then(|| ground.new_authority(Temper::Steady)).transpose()?;
    let strike = Strike { ground, case, reference: &reference, dice: case.dice(seed) };
    let struck = strike.play().context("the fault itself")?;
    let aftermath = Aftermath { ground, case, reference: &reference, struck: &struck, processes: &processes, words };
    let verdict = aftermath.judge();
    ensure!(verdict.faults.is_empty(), "{}\nits `up` had said:\n{}", verdict.faults.join("\n"), tail(&struck.end.err));
    let outcome = verdict.outcome.context("no outcome")?;
    let step =
        struck.step.map(|step| format!(", struck at step {step}: {}", reference.label(step))).unwrap_or_default();
    Ok((outcome, step))
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

fn end(work: &Work, wanted: &Wanted, began: Instant) -> ExitCode {
    if !work.failures.is_empty() {
        print(&format!("\nexceptions:\n\n{}\n", work.failures.join("\n\n")));
    }
    let runs = work.table.runs();
    let table = format!("{}\nseed {}, {runs} runs in {} s\n", work.table, wanted.seed, began.elapsed().as_secs());
    print(&format!("\n{table}"));
    if matches!(wanted.extent, Extent::All(_)) {
        // The table was printed; a file that cannot be written takes nothing from it.
        let _ = std::fs::write(repository().join("target/faults.txt"), &table);
    }
    let well = work.table.exceptions() == 0 && work.lost.is_empty() && runs == work.total && runs > 0;
    let word = if well { "ok" } else { "FAILED" };
    let exceptions = work.table.exceptions();
    print(&format!("test result: {word}. {} passed; {} failed", runs - exceptions, exceptions + work.lost.len()));
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
