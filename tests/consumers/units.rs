//! The units of our own program, judged by systemd: that they are well written, what they may do, and what starts them.

use crate::needs::have;
use crate::support;
use crate::tool::{folder, run, write};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use vc4all_deploy::model::names::UnitName;
use vc4all_deploy::model::resource::{Claim, Content, File, Resource, UnitState, Wake};
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

const FOLDER: &str = "/etc/systemd/system";
/// What only a timer, `up` or a person starts.
const ON_DEMAND: [&str; 3] = ["vc4all-renew.service", "vc4all-renew-now.service", "vc4all-rehearse.service"];
/// The most that `systemd-analyze security` may find exposed, in tenths; docs/architecture.md says what is left open.
const EXPOSED: [(&str, u8); 4] = [
    ("vc4all-renew.service", 22),
    ("vc4all-renew-now.service", 22),
    ("vc4all-rehearse.service", 22),
    ("vc4all-door.service", 5),
];

#[test]
fn systemd_has_nothing_to_say_of_our_own_units() {
    if !have(&["systemd-analyze"]) {
        return;
    }
    let folder = folder();
    let written = units(folder.path());
    assert!(written.len() >= 6, "{written:?}");
    let mut faults = String::new();
    for unit in &written {
        let mut analyze = Command::new("systemd-analyze");
        let path = format!("{}:", folder.path().display());
        analyze.env("SYSTEMD_UNIT_PATH", path).args(["verify", "--man=no"]).arg(folder.path().join(unit));
        let (out, err, _) = run(&mut analyze);
        // This machine need not hold the program, nor the servers that it comes after.
        let ours = |line: &&str| line.contains("vc4all") && !line.contains("is not executable");
        for line in out.lines().chain(err.lines()).filter(ours) {
            let _ = writeln!(faults, "{unit}: {line}");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn our_units_may_do_no_more_than_is_written_down() {
    if !have(&["systemd-analyze"]) {
        return;
    }
    let folder = folder();
    units(folder.path());
    for (unit, most) in EXPOSED {
        let judged = |most: u8| {
            let mut analyze = Command::new("systemd-analyze");
            analyze.args(["security", "--offline=yes", "--no-pager", &format!("--threshold={most}")]);
            run(analyze.arg(folder.path().join(unit)))
        };
        let (out, err, well) = judged(most);
        assert!(well && out.contains("Overall exposure level"), "{unit} is more open than {most}: {out}{err}");
        assert!(!judged(most - 4).2, "{unit} is less open than it was; write that down");
    }
}

#[test]
fn a_changed_service_starts_no_renewal_and_a_changed_timer_is_heard() {
    let renderer = Renderer::new().unwrap();
    for (name, deployment) in support::deployments() {
        let claims = support::claims(&renderer, &deployment, Release::Debian13);
        let of = |file: &str| -> &File {
            let wanted = format!("{FOLDER}/{file}");
            claims.iter().find_map(|claim| file_at(claim, &wanted)).unwrap_or_else(|| panic!("{name}: no {file}"))
        };
        for claim in &claims {
            if let Resource::Unit(unit) = &claim.resource {
                assert!(!ON_DEMAND.contains(&unit.name.as_str()), "{name}: {} would be kept running", unit.name);
            }
        }
        for service in ON_DEMAND {
            let woken = of(service).wakes.iter().any(|wake| !matches!(wake, Wake::Refresh(_)));
            assert!(!woken, "{name}: a changed {service} wakes something");
        }
        let timer = UnitName::new("vc4all-renew.timer").unwrap();
        assert!(of(timer.as_str()).wakes.contains(&Wake::Restart(timer.clone())), "{name}");
        let runs = |claim: &Claim| match &claim.resource {
            Resource::Unit(unit) => unit.name == timer && unit.state == UnitState::Running,
            _ => false,
        };
        assert!(claims.iter().any(runs), "{name}: the timer does not run");
    }
}

#[test]
fn every_host_holds_our_program_once() {
    let renderer = Renderer::new().unwrap();
    for (name, deployment) in support::deployments() {
        for release in Release::ALL {
            let claims = support::claims(&renderer, &deployment, release);
            let program =
                |claim: &&Claim| matches!(&claim.resource, Resource::File(File { content: Content::Program(_), .. }));
            assert_eq!(claims.iter().filter(program).count(), 1, "{name} on {release}");
        }
    }
}

/// Writes the units of ours as a host holds them, and gives their names.
fn units(folder: &Path) -> Vec<String> {
    let renderer = Renderer::new().unwrap();
    let (_, deployment) = support::deployments().swap_remove(0);
    let claims = support::claims(&renderer, &deployment, Release::Debian12);
    let mut names = Vec::new();
    for file in support::files(&claims) {
        let Some(name) = file.path.as_str().strip_prefix(&format!("{FOLDER}/vc4all-")) else { continue };
        let name = format!("vc4all-{name}");
        write(&folder.join(&name), file.content.text());
        names.push(name);
    }
    names
}

fn file_at<'a>(claim: &'a Claim, path: &str) -> Option<&'a File> {
    match &claim.resource {
        Resource::File(file) if file.path.as_str() == path => Some(file),
        _ => None,
    }
}
