//! The real program in front of hosts that mean harm: what it prints, how much memory it takes, and what it touches on the
//! machine of the person who runs it.

use crate::host::{Ended, Scene};
use crate::inert::assert_inert;
use crate::readers::{ESTATE, HISTORY};
use crate::server::sshd;
use crate::{needs, support};
use std::path::Path;
use std::time::{Duration, Instant};
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::observe::Questions;
use vc4all_deploy::render::Renderer;

/// Every verb that talks with the host, as a script runs it.
const VERBS: [&[&str]; 16] = [
    &["plan", "INVENTORY"],
    &["plan", "INVENTORY", "--json"],
    &["up", "INVENTORY", "--yes", "--no-verify"],
    &["verify", "INVENTORY", "--dns", "127.0.0.1"],
    &["renew", "INVENTORY"],
    &["status", "INVENTORY"],
    &["status", "INVENTORY", "--json"],
    &["rollback", "INVENTORY", "--yes"],
    &["upgrade", "INVENTORY", "--yes"],
    &["rotate", "INVENTORY", "--yes"],
    &["rename", "own.yml", "meet.example.org", "--yes"],
    &["users", "list", "INVENTORY"],
    &["users", "add", "INVENTORY", "anna", "--name", "Anna Voorbeeld"],
    &["rooms", "new", "INVENTORY", "--host-link"],
    &["destroy", "INVENTORY", "--confirm", "demo.vc4all.test"],
    &["backup", "INVENTORY", "-o", "out.age", "--recipient", RECIPIENT],
];

/// An age recipient of these tests alone.
const RECIPIENT: &str = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";

/// The most memory that the program may take, whatever a host says; an answer may have 16 MiB, unpacked 32.
const MOST_MIB: u64 = 200;

/// So much news has to pass without being kept.
const ENOUGH_MIB: usize = 20;

/// Answers as a host of the demo gives them.
fn canned() -> Vec<(&'static str, Vec<u8>)> {
    let (_, deployment) = support::deployments().into_iter().find(|(name, _)| name == "demo").unwrap();
    let claims = support::claims(&Renderer::new().unwrap(), &deployment, Release::Debian12);
    let questions = Questions::about(&deployment.domain, &claims);
    let mut probe =
        "vc4all-probe 1\nos debian 12\nmachine x86_64\nmemory 4000000\naddress 127.0.0.1\nssh 22\n".to_owned();
    for line in questions.text().lines() {
        if let ["path" | "text", path] = line.split(' ').collect::<Vec<_>>()[..] {
            probe.push_str(&format!("path {path} f root root 644 20 \n"));
        }
    }
    probe.push_str("generation 2\nauthor root since 2026-03-01 10:00:00 UTC\ncause up demo.vc4all.test\n");
    probe.push_str(&format!(
        "digest {}\npeople 0 0 0\nfree 30000000\nclock 1800000000\nresolved 127.0.0.1\nend\n",
        "0".repeat(64)
    ));
    let held = b"account\nend\n".to_vec();
    vec![("probe", probe.into_bytes()), ("estate", ESTATE.to_vec()), ("history", HISTORY.to_vec()), ("holdings", held)]
}

/// What holds for every run, however it ended.
fn judge(what: &str, ended: &Ended) {
    let code = ended.code.unwrap_or_else(|| panic!("{what}: it was killed"));
    assert!((0..=6).contains(&code), "{what}: exit code {code}\n{}", String::from_utf8_lossy(&ended.said));
    let said = std::str::from_utf8(&ended.said).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_inert(said);
    assert!(!said.contains("panicked"), "{what}: {said}");
    assert!(ended.peak_mib < MOST_MIB, "{what}: {} MiB", ended.peak_mib);
}

/// Runs verbs against a host of one kind; nothing but what was asked for is on the disk afterwards.
fn against(mode: &str, verbs: &[&[&str]]) {
    let Some(sshd) = sshd() else { return };
    if !has_tools() {
        return;
    }
    let scene = Scene::new(sshd, mode, &canned());
    let before = scene.files();
    for verb in verbs {
        let (what, heard) = (format!("{mode}: {}", verb.join(" ")), scene.asked().len());
        let ended = scene.run(verb);
        judge(&what, &ended);
        let unbuilt = String::from_utf8_lossy(&ended.said).contains("not built yet");
        assert!(unbuilt || scene.asked().len() > heard, "{what}: it never asked the host: {}", shown(&ended));
    }
    let after = scene.files();
    let touched: Vec<_> =
        after.iter().filter(|(path, facts)| before.get(*path) != Some(facts)).map(|(path, _)| path).collect();
    assert!(touched.iter().all(|path| path.as_path() == scene.work()), "{mode}: {touched:?}");
    assert!(!Path::new("/tmp/evil").exists(), "{mode}: it was led to /tmp/evil");
    assert_eq!(before.len(), after.len(), "{mode}: {touched:?}");
}

fn shown(ended: &Ended) -> String {
    String::from_utf8_lossy(&ended.said).into_owned()
}

fn has_tools() -> bool {
    needs::have(&["python3", "strace", "timeout"])
}

#[test]
fn rubbish_in_the_place_of_every_answer() {
    against("rubbish", &VERBS);
}

#[test]
fn bytes_of_any_kind() {
    against("bytes", &[VERBS[3], VERBS[14], VERBS[15]]);
}

#[test]
fn good_answers_with_hostile_words_in_them() {
    against("harm", &[VERBS[0], VERBS[2], VERBS[5], VERBS[7], VERBS[11], VERBS[14]]);
}

/// What is text of the host and may hold anything is shown, and harmless.
#[test]
fn good_answers_with_escape_sequences_in_their_texts() {
    against("escapes", &[VERBS[0], VERBS[5], VERBS[6]]);
}

#[test]
fn hosts_that_talk_without_end() {
    let few: &[&[&str]] = &[VERBS[0], VERBS[14]];
    for mode in ["noise", "endless", "lines", "errors", "bomb"] {
        against(mode, few);
    }
}

#[test]
fn a_host_that_goes_away_in_the_middle() {
    against("gone", &[VERBS[0], VERBS[14]]);
}

#[test]
fn a_host_that_lies_about_where_the_work_runs() {
    against("liar-path", &[VERBS[14]]);
    against("liar", &[VERBS[14]]);
}

/// News without end are a person's to end; until then they take no memory and say nothing harmful.
#[test]
fn news_without_end_take_no_memory() {
    let Some(sshd) = sshd() else { return };
    if !has_tools() {
        return;
    }
    for mode in ["liar-lines", "liar-line"] {
        let scene = Scene::new(sshd, mode, &canned());
        let mut running = scene.start(VERBS[14]);
        let heard = || scene.asked().iter().filter(|line| *line == "heard one MiB").count();
        let began = Instant::now();
        while heard() < ENOUGH_MIB && !running.is_over() && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let (count, over) = (heard(), running.is_over());
        let told = format!("{mode}: {count} MiB were heard, and it is over: {over}");
        assert!(count >= ENOUGH_MIB && !over, "{told}\n{}", String::from_utf8_lossy(&scene.said()));
        let peak = running.peak_mib();
        assert!(peak > 0 && peak < MOST_MIB, "{mode}: {peak} MiB");
        drop(running);
        let said = scene.said();
        assert_inert(&String::from_utf8_lossy(&said[..said.len().min(1 << 20)]));
    }
}

/// Calls that change what is on a disk, or run something.
const CHANGING: [&str; 20] = [
    "execve",
    "execveat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "chmod",
    "fchmodat",
    "chown",
    "fchownat",
    "truncate",
    "mknod",
];

#[test]
fn nothing_is_run_and_nothing_is_opened_for_writing() {
    let Some(sshd) = sshd() else { return };
    if !has_tools() {
        return;
    }
    for mode in ["harm", "rubbish", "liar"] {
        let scene = Scene::new(sshd, mode, &canned());
        for verb in [VERBS[0], VERBS[5], VERBS[11], VERBS[14]] {
            let heard = scene.asked().len();
            let trace = scene.traced(verb);
            assert!(trace.contains("host.yml") && scene.asked().len() > heard, "{mode}: it saw nothing:\n{trace}");
            let bad: Vec<&str> = trace.lines().filter(|line| is_change(line)).skip(1).collect();
            assert!(bad.is_empty(), "{mode}: {}: {}", verb.join(" "), bad.join("\n"));
        }
    }
}

/// A line of strace that changes something; the first one starts the program itself.
fn is_change(line: &str) -> bool {
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let name = call.split('(').next().unwrap_or_default();
    let opens = call.starts_with("open") && ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| call.contains(flag));
    let own = ["\"/dev/null\"", "\"/dev/tty\""].iter().any(|device| call.contains(device));
    CHANGING.contains(&name) || (opens && !own)
}
