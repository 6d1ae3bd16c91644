//! Keeps the house in order: floors, sizes, opening sentences, inert templates.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that is not there")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use vc4all_deploy::render::{FILTERS, template_files};

/// A room and the rooms that it may use; `model` stands below all.
const FLOORS: [(&str, &[&str]); 27] = [
    ("model", &[]),
    ("render", &[]),
    ("inventory", &["model"]),
    ("plan", &["model"]),
    ("papers", &["model", "render", "policy"]),
    ("invitation", &["model", "render"]),
    ("overrides", &["model"]),
    ("components", &["model", "render", "papers", "invitation"]),
    ("directory", &["model", "render", "papers", "invitation"]),
    ("view", &["model"]),
    ("remote", &["model"]),
    ("observe", &["model", "remote"]),
    ("record", &["model"]),
    ("apply", &["model", "remote", "observe", "record"]),
    ("dns", &[]),
    ("acme", &["model", "remote", "dns"]),
    ("renewal", &["model", "remote", "observe", "apply", "acme"]),
    ("destroy", &["model", "remote", "apply"]),
    ("accounts", &["model"]),
    ("backup", &["model", "plan", "remote", "observe", "record", "accounts"]),
    ("door", &["model", "render", "accounts", "invitation"]),
    ("outside", &["model", "dns"]),
    ("inside", &["model", "remote", "observe"]),
    ("policy", &["model"]),
    ("verify", &["model", "remote", "observe", "outside", "inside", "policy", "papers", "invitation"]),
    ("exit", &[]),
    ("cli", &[]),
];

/// Rooms that never touch the world, and what they may not name.
const PURE: [&str; 10] =
    ["model", "render", "inventory", "plan", "papers", "policy", "overrides", "invitation", "components", "directory"];
const WORLD: [&str; 6] =
    ["std::process", "std::time", "std::thread", "std::net::Tcp", "std::net::Udp", "std::io::stdout"];

/// A crate and the only place that may name it.
const DOORS: [(&str, &[&str]); 26] = [
    ("age", &["backup/seal.rs"]),
    ("ssh2", &["remote/"]),
    ("instant_acme", &["acme/client/", "acme/refusal.rs", "acme/wire.rs"]),
    ("tokio", &["acme/client/", "acme/wire.rs", "door/", "outside/fetch.rs", "outside/ports/", "renewal/telling/"]),
    ("indicatif", &["view/progress.rs"]),
    ("clap", &["cli/", "main.rs", "agent/"]),
    ("tera", &["render/"]),
    ("hyper", &["door/", "outside/fetch.rs", "renewal/telling/webhook.rs"]),
    ("tls_parser", &["outside/tls/"]),
    ("tungstenite", &["outside/talk/"]),
    ("roxmltree", &["outside/talk/", "view/report/junit.rs"]),
    ("turn_client_proto", &["outside/relay/"]),
    ("stun_types", &["outside/relay/"]),
    ("tokio_rustls", &["outside/fetch.rs", "renewal/telling/"]),
    ("webpki_roots", &["outside/way.rs"]),
    ("resolv_conf", &["dns/servers.rs"]),
    ("hickory_proto", &["dns/", "outside/names/"]),
    ("quick_junit", &["view/report/junit.rs"]),
    ("iptocc", &["policy/"]),
    ("pulldown_cmark", &["papers/"]),
    ("argon2", &["accounts/"]),
    ("totp_rs", &["accounts/"]),
    ("jsonwebtoken", &["door/"]),
    ("icalendar", &["invitation/calendar.rs"]),
    ("qrcode", &["view/"]),
    ("rpassword", &["commands/terminal.rs"]),
];

const BANNED_NAMES: [&str; 5] = ["util", "helpers", "common", "manager", "handler"];
const MOST_LINES: usize = 400;
const MOST_FUNCTION_LINES: usize = 60;

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.sort();
    assert!(found.len() > 40, "the tidy test looks in the wrong place");
    found
}

fn collect(folder: PathBuf, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
            found.push((name.to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The part before the tests of the file itself.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap()
}

/// What is made by hand for unit tests, which may use any room.
fn is_stage(name: &str) -> bool {
    name.ends_with("/stage.rs") || name.contains("/stage/")
}

fn room(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap()
}

fn complain(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_room_uses_one_above_it() {
    let floors: BTreeMap<&str, &[&str]> = FLOORS.into_iter().collect();
    let mut faults = Vec::new();
    for (name, text) in sources().into_iter().filter(|(name, _)| !is_stage(name)) {
        let Some(allowed) = floors.get(room(&name)) else { continue };
        for (at, line) in without_tests(&text).lines().enumerate() {
            for rest in line.split("crate::").skip(1) {
                let used = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
                if used != room(&name) && !allowed.contains(&used) {
                    faults.push(format!("{name}:{}: {} may not use {used}", at + 1, room(&name)));
                }
            }
        }
    }
    complain(&faults);
}

#[test]
fn pure_rooms_do_not_touch_the_world() {
    let mut faults = Vec::new();
    for (name, text) in sources() {
        let code = without_tests(&text);
        if PURE.contains(&room(&name)) {
            faults.extend(WORLD.iter().filter(|word| code.contains(**word)).map(|word| format!("{name} names {word}")));
            if code.contains("std::fs") && name != "inventory/mod.rs" {
                faults.push(format!("{name} names std::fs"));
            }
        }
    }
    complain(&faults);
}

#[test]
fn each_foreign_crate_has_one_door() {
    let mut faults = Vec::new();
    for (name, text) in sources() {
        for (named, places) in DOORS {
            let path = format!("{named}::");
            // Not the end of a longer name, as in `Language::`.
            let within = |at: usize| text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let uses = text.match_indices(&path).any(|(at, _)| !within(at));
            if uses && !places.iter().any(|place| name.starts_with(place)) {
                faults.push(format!("{name} names {named}"));
            }
        }
    }
    complain(&faults);
}

#[test]
fn files_are_small_and_say_what_they_are() {
    let mut faults = Vec::new();
    for (name, text) in sources() {
        let stem = name.rsplit('/').next().unwrap().trim_end_matches(".rs");
        if !text.starts_with("//! ") {
            faults.push(format!("{name} does not open with a sentence"));
        }
        if BANNED_NAMES.contains(&stem) {
            faults.push(format!("{name} is a drawer: name it by what is in it"));
        }
        let lines = without_tests(&text).lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{name} has {lines} lines"));
        }
        if text.contains("#[allow(") {
            faults.push(format!("{name} silences a lint"));
        }
    }
    complain(&faults);
}

#[test]
fn functions_are_short() {
    let mut faults = Vec::new();
    for (name, text) in sources() {
        let lines: Vec<&str> = without_tests(&text).lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let begins = ["fn ", "pub fn ", "pub(super) fn ", "pub(crate) fn ", "const fn ", "pub const fn "];
            if !begins.iter().any(|begin| code.starts_with(begin)) || code.ends_with(';') {
                continue;
            }
            let closing = format!("{}}}", &line[..line.len() - code.len()]);
            let length = lines[at..].iter().position(|line| *line == closing).unwrap_or(0);
            if length > MOST_FUNCTION_LINES {
                faults.push(format!("{name}:{}: {length} lines in one function", at + 1));
            }
        }
    }
    complain(&faults);
}

#[test]
fn every_value_in_a_template_is_escaped_for_its_language() {
    let mut faults = Vec::new();
    let mut values = 0;
    for (name, text) in template_files().filter(|(name, _)| name.ends_with(".tera")) {
        for part in text.split("{{").skip(1) {
            let inside = part.split("}}").next().unwrap_or_default().trim_matches('-').trim();
            let filter = inside.rsplit('|').next().unwrap_or_default().trim();
            values += 1;
            if !inside.contains('|') || !FILTERS.contains(&filter) {
                faults.push(format!("{name}: {{{{ {inside} }}}} has no filter of a target language at its end"));
            }
        }
    }
    assert!(values > 50, "the tidy test sees no templates");
    complain(&faults);
}

#[test]
fn the_changelog_names_this_version() {
    let log = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md")).unwrap();
    assert!(
        log.contains(&format!("## {}", env!("CARGO_PKG_VERSION"))),
        "CHANGELOG.md lacks {}",
        env!("CARGO_PKG_VERSION")
    );
}
