//! How long rendering takes, how much longer the egress policy makes it, and how much memory it needs; prints figures,
//! asserts nothing.

#![allow(clippy::print_stdout, reason = "the figures are for the person who asked for them")]

use anyhow::{Context as _, Result, ensure};
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use vc4all_deploy::components::{self, Scene};
use vc4all_deploy::inventory::{self, Places};
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::program::Programs;
use vc4all_deploy::model::resource::Claim;
use vc4all_deploy::model::traits::{Architecture, Release, Traits};
use vc4all_deploy::papers;
use vc4all_deploy::policy::{self, instance::Instance};
use vc4all_deploy::render::Renderer;

/// The municipality on one server that the repository describes.
const INVENTORY: &str = include_str!("../inventories/voorbeeldstad.yml");
const DOMAIN: &str = "vergaderen.voorbeeldstad.nl";
/// As many deployments as the Netherlands has municipalities.
const MANY: usize = 342;
/// How often one deployment is rendered; how many processes render all of them.
const RUNS: usize = 100;
const PROCESSES: usize = 7;
/// The argument by which this program calls itself, for a process whose memory is that of the work alone.
const ALONE: &str = "render-all";

fn main() -> Result<()> {
    if std::env::args().any(|word| word == ALONE) {
        return render_all();
    }
    println!("rendering (the inventory of a municipality on Debian 13)");
    let begun = Instant::now();
    let renderer = Renderer::new()?;
    line("parse the templates, once a run", begun.elapsed(), None);
    let rendering = one(&renderer)?;
    scan(&renderer, rendering)?;
    many()
}

fn one(renderer: &Renderer) -> Result<Duration> {
    let mut times = Vec::new();
    for run in 0..RUNS {
        let begun = Instant::now();
        let deployment = deployment(run)?;
        let read = begun.elapsed();
        black_box(claims(renderer, &deployment)?);
        times.push((begun.elapsed() - read, read));
    }
    line("read one inventory", median(times.iter().map(|(_, read)| *read)), None);
    let bound = Some(Duration::from_millis(10));
    let rendering = median(times.iter().map(|(render, _)| *render));
    line("render one deployment", rendering, bound);
    Ok(rendering)
}

/// The egress policy over the same texts, beside what making them took.
fn scan(renderer: &Renderer, rendering: Duration) -> Result<()> {
    let deployment = deployment(0)?;
    let (traits, claims) = (traits()?, claims(renderer, &deployment)?);
    let bytes: usize = policy::pages(&claims).map(|page| page.text.len()).sum();
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        let list = papers::egress::list(&deployment, traits.release);
        policy::check(&Instance::of(&deployment, &traits), &list, policy::pages(&claims))?;
        times.push(begun.elapsed());
    }
    let scanning = median(times);
    line(&format!("look through its {} kB for strangers", bytes / 1000), scanning, None);
    println!("{:<48}{:>9.2} times", "compared with rendering it", scanning.as_secs_f64() / rendering.as_secs_f64());
    Ok(())
}

fn many() -> Result<()> {
    let itself = std::env::current_exe().context("find this program")?;
    let (mut times, mut peaks) = (Vec::new(), Vec::new());
    for _ in 0..PROCESSES {
        let begun = Instant::now();
        let output = Command::new(&itself).arg(ALONE).output().context("start this program again")?;
        times.push(begun.elapsed());
        ensure!(
            output.status.success(),
            "the process that renders failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        peaks.push(String::from_utf8_lossy(&output.stdout).trim().parse::<u64>().context("its peak memory")?);
    }
    line(&format!("a process that reads and renders {MANY}"), median(times), Some(Duration::from_secs(1)));
    peaks.sort_unstable();
    let peak = peaks.last().copied().unwrap_or_default();
    println!("{:<48}{:>9.1} MB  {:.2} of 50 MB", "its peak memory (largest)", peak as f64 / 1e3, peak as f64 / 5e4);
    Ok(())
}

/// Reads and renders all, and prints the peak of this process's memory in kilobytes.
fn render_all() -> Result<()> {
    let renderer = Renderer::new()?;
    for number in 0..MANY {
        black_box(claims(&renderer, &deployment(number)?)?);
    }
    let status = std::fs::read_to_string("/proc/self/status").context("ask the kernel for the peak memory")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("there is no VmHWM")?;
    let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{}", kibibytes * 1024 / 1000);
    Ok(())
}

/// The inventory with a domain of its own.
fn deployment(number: usize) -> Result<Deployment> {
    let text = INVENTORY.replace(DOMAIN, &format!("g{number}.{DOMAIN}"));
    let places = Places { folder: Path::new("/"), home: None };
    inventory::parse(text.as_bytes(), "voorbeeldstad.yml", places).map_err(|problems| anyhow::anyhow!("{problems}"))
}

fn claims(renderer: &Renderer, deployment: &Deployment) -> Result<Vec<Claim>> {
    components::claims(&Scene { deployment, traits: &traits()?, renderer, programs: &Programs::new() })
}

fn traits() -> Result<Traits> {
    Ok(Traits {
        release: Release::Debian13,
        architecture: Architecture::X86_64,
        memory_mib: 16384,
        addresses: vec!["203.0.113.10".parse()?],
        ssh_ports: vec![22],
    })
}

fn median(times: impl IntoIterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.into_iter().collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn line(what: &str, time: Duration, bound: Option<Duration>) {
    let millis = time.as_secs_f64() * 1e3;
    match bound {
        Some(bound) => {
            let ratio = time.as_secs_f64() / bound.as_secs_f64();
            println!("{what:<48}{millis:>9.2} ms  {ratio:.2} of {} ms", bound.as_millis());
        }
        None => println!("{what:<48}{millis:>9.2} ms"),
    }
}
