//! The gate against the machine's real Prosody: plays all scenarios of `tests/prosody`.
#![allow(clippy::unwrap_used, reason = "a test ends where something is wrong")]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

#[test]
fn every_scenario_of_the_gate_holds_on_a_real_prosody() {
    let tools = ["/usr/bin/python3", "/usr/bin/prosody", "/usr/bin/prosodyctl", "/usr/bin/openssl"];
    let missing: Vec<_> = tools.iter().filter(|tool| !Path::new(tool).exists()).collect();
    if !missing.is_empty() {
        assert!(std::env::var_os("CI").is_none(), "CI lacks {missing:?}");
        let _ = writeln!(std::io::stderr(), "left out: the gate on a real Prosody, because {missing:?} are not there");
        return;
    }
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prosody/run");
    let output = Command::new(tools[0]).arg(run).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let troubles = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{troubles}");
    let passed = said.lines().last().and_then(|line| line.strip_suffix(" passed, 0 failed"));
    assert!(passed.is_some_and(|count| count.parse().is_ok_and(|count: u32| count > 100)), "{said}");
}
