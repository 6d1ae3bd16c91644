//! Names and numbers that documents state, looked up in the code.

use super::pages;
use clap::{Command, CommandFactory as _};
use std::collections::BTreeSet;
use std::fs;
use vc4all_deploy::cli::Cli;
use vc4all_deploy::exit::Exit;

#[test]
fn every_verb_and_flag_is_named() {
    let readme = pages::named("README.md").text;
    let mut missing = Vec::new();
    look(&Cli::command(), "vc4all-deploy", &readme, &mut missing);
    assert!(missing.is_empty(), "README.md does not name {missing:?}");
}

fn look(command: &Command, path: &str, text: &str, missing: &mut Vec<String>) {
    let flags = command.get_arguments().filter_map(|argument| argument.get_long());
    missing.extend(flags.map(|flag| format!("--{flag}")).filter(|flag| !text.contains(flag.as_str())));
    for verb in command.get_subcommands() {
        let path = format!("{path} {}", verb.get_name());
        if !text.contains(&path) {
            missing.push(path.clone());
        }
        look(verb, &path, text, missing);
    }
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let codes = [
        Exit::Done,
        Exit::Error,
        Exit::Changes,
        Exit::Broken,
        Exit::Unreachable,
        Exit::Moved,
        Exit::RolledBack,
        Exit::Interrupted,
    ];
    let wanted: BTreeSet<u8> = codes.iter().map(|exit| exit.code()).collect();
    for name in ["README.md", "docs/nl/snelstart.md"] {
        let text = pages::named(name).text;
        let shown: BTreeSet<u8> = rows(&text).iter().filter_map(|cells| cells[0].parse().ok()).collect();
        assert_eq!(shown, wanted, "{name}");
    }
}

#[test]
fn stated_defaults_are_those_of_the_inventory() {
    let inventory = pages::named("docs/inventory.md").text;
    let known: Vec<(String, String)> = rows(&inventory)
        .iter()
        .filter(|cells| cells.len() == 3 && cells[0].starts_with("[`"))
        .map(|cells| (cells[0].split('`').nth(1).unwrap().to_owned(), cells[2].clone()))
        .collect();
    let mut compared = 0;
    for name in ["README.md", "docs/nl/snelstart.md"] {
        let text = pages::named(name).text;
        for cells in rows(&text) {
            let Some((key, default)) = known.iter().find(|(key, _)| cells[0] == format!("`{key}`")) else { continue };
            assert_eq!(&cells[1], default, "{name}: {key}");
            compared += 1;
        }
    }
    assert!(compared >= 10, "only {compared} defaults were compared");
}

#[test]
fn the_ports_are_those_that_the_firewall_opens() {
    let rules = fs::read_to_string(pages::root().join("tests/golden/everywhere/etc/nftables.conf")).unwrap();
    let opened: BTreeSet<String> = rules
        .lines()
        .filter(|line| line.contains(" dport {"))
        .filter_map(|line| line.split(['{', '}']).nth(1))
        .flat_map(|ports| ports.split(','))
        .map(|port| port.trim().to_owned())
        .collect();
    assert!(opened.len() > 4, "{opened:?}");
    for name in ["README.md", "docs/nl/snelstart.md"] {
        let text = pages::named(name).text;
        let stated = rows(&text).into_iter().filter(|cells| ["TCP", "UDP"].contains(&cells[0].as_str()));
        let stated: BTreeSet<String> = stated
            .flat_map(|cells| cells[1].split(',').map(|port| port.trim().to_owned()).collect::<Vec<_>>())
            .collect();
        assert_eq!(stated, opened, "{name}");
    }
}

#[test]
fn the_architecture_names_every_room_suite_and_decision() {
    let text = pages::named("docs/architecture.md").text;
    for (folder, form) in [("src", "src/"), ("tests", "tests/"), ("docs/decisions", "decisions/")] {
        for entry in fs::read_dir(pages::root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let known = match folder {
                "docs/decisions" => text.contains(&format!("({form}{name})")),
                _ => text.contains(&format!("{form}{}", name.trim_end_matches(".rs"))),
            };
            assert!(known, "docs/architecture.md does not name {folder}/{name}");
        }
    }
}

#[test]
fn the_compiler_that_is_asked_for_is_the_declared_one() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    for name in ["README.md", "CONTRIBUTING.md"] {
        assert!(pages::named(name).text.contains(&format!("Rust {version}")), "{name} does not name Rust {version}");
    }
}

/// The rows of all tables, each as its cells.
fn rows(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| line.starts_with('|') && line.ends_with('|') && !line.contains("|--"));
    lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}
