//! A host's answer about itself: as it should be, damaged, by a host that means harm; and the script that gives it.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/harm.rs"]
mod harm;
#[path = "support/tries.rs"]
mod tries;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use harm::{harm, harmed};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use vc4all_deploy::inside::{Facts, LOOK, Needle, NeedleKind, Questions, Visit, look, parse};
use vc4all_deploy::model::names::{ComponentName, UnitName};
use vc4all_deploy::model::resource::{Claim, Resource, Unit, UnitState};
use vc4all_deploy::model::values::is_invisible;
use vc4all_deploy::remote::local::Local;

const ANSWER: &str = include_str!("inside/answer");

fn pack(answer: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(answer).unwrap();
    packed.finish().unwrap()
}

fn questions(visit: Visit) -> Questions {
    let unit = |name: &str| Claim {
        component: ComponentName::new("test").unwrap(),
        resource: Resource::Unit(Unit {
            name: UnitName::new(name).unwrap(),
            state: UnitState::Running,
            gates: Vec::new(),
            from: None,
        }),
    };
    Questions::about(&[unit("nginx.service"), unit("jicofo.service")], visit)
}

fn read(answer: &[u8]) -> anyhow::Result<Facts> {
    parse(&pack(answer), &questions(Visit::default()))
}

#[test]
fn a_good_answer_is_read() {
    let facts = read(ANSWER.as_bytes()).unwrap();
    assert_eq!((facts.clock.told, facts.clock.synchronised, facts.container), (1_795_329_879, Some(false), true));
    assert_eq!(facts.sockets.len(), 4);
    assert!(facts.sockets.iter().any(|socket| socket.is_loopback() && socket.port == 8888));
    assert!(facts.unit_runs("nginx.service") && !facts.unit_runs("jicofo.service"));
    assert_eq!(facts.unit("nginx.service").unwrap().active_for, Some(622));
    assert!(facts.unit("ssh.service").is_none(), "nobody asked for it");
    assert_eq!(facts.failed, ["backup.service"]);
    assert_eq!((facts.bridge.bridge_health, facts.bridge.operational), (Some(200), Some(1)));
    assert_eq!(facts.logs.files.len(), 2);
    assert_eq!(facts.logs.rules.len(), 2);
    assert_eq!(facts.logs.journal.keeps(), Some(7 * 86_400));
    assert_eq!(facts.memory.heaps["jicofo.service"], 3072 * 1024);
    assert_eq!((facts.disk.total_mib, facts.disk.free_files), (6144, 3_076_559));
    assert_eq!(facts.locked[0].mode, 0o640);
    assert_eq!(facts.traces.found.len(), 2);
    assert_eq!(facts.traces.found[1].place, "the journal (prosody)");
    assert_eq!(facts.apt_servers, ["mirror.voorbeeldstad.nl"]);
}

#[test]
fn rules_of_logs_are_read_as_logrotate_reads_them() {
    let facts = read(ANSWER.as_bytes()).unwrap();
    let covering = |path: &str| facts.logs.rules.iter().find(|rule| rule.covers(path)).map(|rule| rule.days);
    for path in ["/var/log/nginx/access.log", "/var/log/nginx/error.log.3.gz", "/var/log/nginx/error.log-20261122"] {
        assert_eq!(covering(path), Some(Some(7)), "{path}");
    }
    assert_eq!(covering("/var/log/fail2ban.log"), Some(None), "an empty log keeps its copies");
    for path in ["/var/log/nginx/old/access.log", "/var/log/nginx.log", "/var/log/postrotate"] {
        assert_eq!(covering(path), None, "{path}");
    }
}

fn assert_inert(text: &str) {
    let harmful = |c: char| c.is_control() || is_invisible(c);
    assert!(!text.contains(harmful), "{text:?}");
}

/// Every text of the host that a promise may show.
fn shown(facts: &Facts) -> Vec<&str> {
    let mut all: Vec<&str> = facts.failed.iter().chain(&facts.apt_servers).map(String::as_str).collect();
    all.extend(facts.sockets.iter().flat_map(|socket| [socket.address.as_str(), socket.process.as_str()]));
    all.extend(
        facts.units.values().flat_map(|unit| [&unit.active, &unit.sub, &unit.file, &unit.result].map(String::as_str)),
    );
    all.extend(facts.traces.found.iter().map(|trace| trace.place.as_str()));
    all.extend(facts.logs.files.iter().map(|file| file.path.as_str()));
    all.extend(facts.logs.rules.iter().map(|rule| rule.file.as_str()));
    all.extend(facts.memory.heaps.keys().map(String::as_str));
    all.extend(facts.locked.iter().flat_map(|file| [&file.path, &file.owner, &file.group].map(String::as_str)));
    all.extend(facts.readers.iter().flat_map(|reader| [reader.path.as_str(), reader.user.as_str()]));
    all
}

#[test]
fn no_answer_makes_it_stumble_or_brings_a_raw_or_endless_text() {
    let mut runner = proptest::test_runner::TestRunner::new(tries::tries(2000));
    let outcomes = RefCell::new(BTreeMap::<bool, usize>::new());
    runner
        .run(&proptest::collection::vec(harm("rules /x 99999999\n"), 1..6), |harms| {
            let read = read(&harmed(ANSWER.as_bytes(), &harms));
            *outcomes.borrow_mut().entry(read.is_ok()).or_default() += 1;
            match read {
                Ok(facts) => {
                    facts.logs.journal.keeps();
                    for text in shown(&facts) {
                        assert!(text.len() <= 200, "{text}");
                        assert_inert(text);
                    }
                }
                Err(error) => {
                    let text = format!("{error:#}");
                    assert!(text.len() < 2000, "{} bytes of error", text.len());
                    assert_inert(&text);
                }
            }
            Ok(())
        })
        .unwrap();
    let outcomes = outcomes.into_inner();
    assert!(outcomes.values().all(|count| *count > 100) && outcomes.len() == 2, "{outcomes:?}");
}

#[test]
fn an_endless_answer_is_refused_and_a_flood_is_cut() {
    let error = |answer: &[u8]| format!("{:#}", read(answer).unwrap_err());
    assert!(error(&vec![b'x'; 40 << 20]).contains("is longer than"));
    assert!(error(&[b"failed ".as_slice(), &vec![b'y'; 1 << 20], b"\nend\n"].concat()).contains("a line"));
    assert!(error(b"vc4all-inside 1\n").contains("breaks off"));
    assert!(error(b"rules /etc/logrotate.conf 999\nx\nend\n").contains("breaks off"));
    let many = |line: &str| format!("{}end\n", line.repeat(100_000));
    let facts = |line: &str| read(many(line).as_bytes()).unwrap();
    assert!(facts("socket tcp 0.0.0.0:80 users:((\"x\"\n").sockets.len() <= 5000);
    assert!(facts("failed x.service\n").failed.len() <= 5000);
    assert!(facts("log 1.5 1.5 /var/log/x\n").logs.files.len() <= 5000);
    assert!(facts("trace room /var/log/x\n").traces.found.len() <= 5000);
    let braces = format!("rules /etc/logrotate.conf {}\n{}\nend\n", 3 * 60_000, "/a{\n}\n".repeat(30_000));
    assert!(read(braces.as_bytes()).is_ok_and(|facts| facts.logs.rules.len() <= 500));
}

/// The script on this machine, which is no host of ours: what it has not it leaves out.
#[test]
fn the_script_answers_on_any_machine() {
    let visit =
        Visit { began: 0, needles: Needle::new(NeedleKind::Room, "nobody-was-ever-there").into_iter().collect() };
    let facts = look(&mut Local, &questions(visit)).unwrap();
    assert!(facts.clock.ahead().abs() <= 1, "{:?}", facts.clock);
    assert!(facts.memory.total > 0 && facts.disk.total_mib > 0);
    assert!(facts.traces.kinds.contains(&NeedleKind::Room) && facts.traces.found.is_empty(), "{:?}", facts.traces);
}

/// The script's answer where `/var/log` holds what the test put into a folder; nothing where this machine gives nobody
/// folders of their own.
fn isolated(folder: &Path, questions: &str) -> Option<String> {
    let within = "mount --bind \"$1\" /var/log && mount --bind \"$1\" /var/lib && exec sh -c \"$2\"";
    let mut child = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "sh", "-c", within, "sh"])
        .arg(folder)
        .arg(LOOK)
        .env("SSH_CONNECTION", "198.51.100.7 40022 203.0.113.10 22")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(questions.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let mut answer = String::new();
    GzDecoder::new(output.stdout.as_slice()).read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn a_trace_is_found_wherever_it_was_left_and_the_login_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("access.log", "198.51.100.7 - - \"GET /\"\n");
    write("other.log", "198.51.100.77 was here, 1198.51.100.7 too\n");
    write("auth.log", "Nov 22 06:00:00 host sshd[12]: Accepted publickey for root from 198.51.100.7 port 40022\n");
    write(
        "audit.log",
        "type=USER_LOGIN msg=audit(1.2:3): exe=\"/usr/sbin/sshd\" hostname=? addr=198.51.100.7 res=success'\n",
    );
    write("mapped.log", "client ::ffff:c633:6407 came\n");
    write("wtmp", "root 198.51.100.7 ");
    write("room.log", "joined Stille-Kamer-42@conference\n");
    write("old.log", "stille-kamer-42\n");
    let old = Command::new("touch").args(["-d", "2 hours ago"]).arg(folder.path().join("old.log")).status().unwrap();
    assert!(old.success());
    let packed = Command::new("gzip").arg("-k").arg(folder.path().join("room.log")).status().unwrap();
    assert!(packed.success());
    let asked = "ago 5\nneedle address ::ffff:c633:6407\nneedle room stille-kamer-42\nneedle token abcdefghijklmnop\n";
    let Some(answer) = isolated(folder.path(), asked).filter(|answer| answer.contains("searched ")) else {
        assert!(std::env::var_os("CI").is_none(), "this machine gives nobody folders of their own");
        eprintln!("left out: this machine gives nobody folders of their own (unshare --mount)");
        return;
    };
    let mut found: Vec<&str> =
        answer.lines().filter(|line| line.starts_with("trace ") && line.contains("/var/")).collect();
    found.sort_unstable();
    let wanted = [
        "trace address /var/log/access.log",
        "trace address /var/log/mapped.log",
        "trace room /var/log/room.log",
        "trace room /var/log/room.log.gz",
    ];
    assert_eq!(found, wanted, "{answer}");
    for secret in ["198.51.100.7", "stille-kamer", "abcdefgh"] {
        assert!(!answer.to_lowercase().contains(secret), "{secret} is in the answer");
    }
}
