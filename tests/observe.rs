//! A host's answer: as it should be, damaged, and by a host that means harm.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/free_port.rs"]
mod free_port;
#[path = "support/harm.rs"]
mod harm;
#[path = "observe/people.rs"]
mod people;
mod support;
#[path = "support/tries.rs"]
mod tries;

use flate2::Compression;
use flate2::write::GzEncoder;
use harm::{harm, harmed};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use vc4all_deploy::model::agreed::Agreed;
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::history::History;
use vc4all_deploy::model::names::SecretName;
use vc4all_deploy::model::observed::{Observed, People, SeenTimer};
use vc4all_deploy::model::resource::Claim;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::is_invisible;
use vc4all_deploy::observe::{PROBE, Questions, parse};
use vc4all_deploy::plan;
use vc4all_deploy::render::Renderer;
use vc4all_deploy::view::status::Status;
use vc4all_deploy::view::{self, Colour};

const CHAIN: &str = include_str!("observe/fullchain.pem");

fn pack(answer: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(answer).unwrap();
    packed.finish().unwrap()
}

/// What is wanted, and a good answer of a host that has some of it.
struct World {
    deployment: Deployment,
    claims: Vec<Claim>,
    questions: Questions,
    answer: Vec<u8>,
}

impl World {
    fn new() -> Self {
        let (_, deployment) = support::deployments().into_iter().find(|(name, _)| name == "demo").unwrap();
        let claims = support::claims(&Renderer::new().unwrap(), &deployment, Release::Debian12);
        let questions = Questions::about(&deployment.domain, &claims);
        let answer = answer(&questions).into_bytes();
        Self { deployment, claims, questions, answer }
    }

    fn read(&self, answer: &[u8]) -> anyhow::Result<Observed> {
        parse(&pack(answer), &self.questions)
    }

    /// Everything that a person would see of it.
    fn shown(&self, seen: &Observed) -> [String; 5] {
        let plan = plan::diff(&self.deployment, &self.claims, seen);
        let agreed = Agreed::default();
        let (deployment, claims) = (&self.deployment, &self.claims);
        let objections = plan::objections(&plan::Case { deployment, claims, plan: &plan, seen, agreed });
        let json = view::json::text(&plan, &objections).unwrap();
        let values: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mut texts = String::new();
        gather(&values, &mut texts);
        let objected = view::objection::text(&objections, Colour::Never);
        let status = Status { seen, history: &History::default(), plan: &plan, ill: &[] };
        let status = view::status::text(&status, Colour::Never) + &view::status::json(&status).unwrap();
        [view::plan::text(&plan, Colour::Never), json, texts, objected, status]
    }
}

fn gather(value: &serde_json::Value, texts: &mut String) {
    match value {
        serde_json::Value::String(text) => texts.push_str(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| gather(item, texts)),
        serde_json::Value::Object(map) => map.values().for_each(|item| gather(item, texts)),
        _ => {}
    }
}

fn answer(questions: &Questions) -> String {
    let mut text =
        "vc4all-probe 1\nos debian 12\nmemory 4000000\naddress 10.87.0.10\naddress fd87::10\nssh 22\n".to_owned();
    text.push_str("package nginx 1.22.1-9 ii\npackage jicofo 1.0 hi\nunit nginx.service enabled active\n");
    let mut bodies = String::new();
    for line in questions.text().lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["text", path] => {
                let body = if path.ends_with(".pem") { CHAIN } else { "something else \u{e9}\nPASSWORD=hunter2\n" };
                text.push_str(&format!("path {path} f root root 644 20\n"));
                bodies.push_str(&format!("text {path} {}\n{body}\n", body.len()));
            }
            ["path", path] => text.push_str(&format!("path {path} l root root 777 20 ../some where\n")),
            _ => {}
        }
    }
    text.push_str("secret focus\naccount focus@auth.demo.vc4all.test\nsite /etc/nginx/sites-enabled/other.conf\n");
    let digest = "0123456789abcdef".repeat(4);
    let standing = "author root since 2026-03-01 10:00:00 UTC\ncause up demo.vc4all.test\n\
                    managed /etc/nginx/nginx.conf edited made\nmanaged /etc/nftables.conf as-left found\n\
                    managed /etc/jitsi/jicofo/config gone made\nmade unit nginx.service\nmade secret focus\n\
                    made account focus@auth.demo.vc4all.test\n";
    let moving = "people 7 2 1\nfree 30000000\nclock 1800000000\nresolved 10.87.0.10\n\
                  listener tcp 0.0.0.0:443 users:((\"apache2\",pid=812,fd=6))\nlistener udp *:3478\nend\n";
    let ledger = r#"{"looked":1799990000,"due":1805000000,"failing":{"since":1799827200,"last":1799990000,"times":2,
        "why":"no page on port 80","help":"open the port"},"rehearsed":null}"#;
    let renewal = format!("text /var/lib/vc4all/renewal.json {}\n{ledger}\nrenewal-timer\n", ledger.len());
    let renewal = renewal + "renewal-next 1800007200\n";
    format!("{text}generation 3\n{standing}{bodies}digest {digest}\ngiven dnshook {digest} 0:0:644\n{renewal}{moving}")
}

fn assert_inert(text: &str) {
    let harmful = |c: char| (c.is_control() && c != '\n' && c != '\t') || is_invisible(c);
    assert!(!text.contains(harmful), "{text:?}");
}

#[test]
fn a_good_answer_is_read() {
    let world = World::new();
    let seen = world.read(&world.answer).unwrap();
    assert_eq!((seen.generation, seen.free_mib, seen.clock), (3, 29296, 1_800_000_000));
    assert_eq!(seen.people, Some(People { people: 7, meetings: 2, waiting: 1 }));
    let given = &seen.given[&SecretName::new("dnshook").unwrap()];
    assert!(!given.private && given.digest.reveal().as_str().starts_with("0123"));
    let printed = format!("{:?}", seen.given);
    assert!(printed.contains("dnshook") && !printed.contains("0123"), "{printed}");
    let certificate = seen.certificate.as_ref().unwrap();
    assert_eq!(certificate.names.iter().map(ToString::to_string).collect::<Vec<_>>(), ["demo.vc4all.test", "10.0.0.1"]);
    let timer = SeenTimer { next: Some(1_800_007_200), last: None };
    assert_eq!(
        (seen.renewal_timer, seen.renewal.as_ref().and_then(|ledger| ledger.due)),
        (Some(timer), Some(1_805_000_000))
    );
    assert!(world.shown(&seen)[4].contains("fails since 2027-01-13 08:00 UTC (2 looks): no page on port 80"));
    assert!(world.shown(&seen)[3].contains("other.conf"));
}

#[test]
fn no_answer_makes_it_stumble_or_reaches_the_terminal_raw() {
    let world = World::new();
    let mut runner = proptest::test_runner::TestRunner::new(tries::tries(2000));
    let harms = proptest::collection::vec(harm("text /x 99999999\n"), 1..6);
    let outcomes = RefCell::new(BTreeMap::<bool, usize>::new());
    runner
        .run(&harms, |harms| {
            match world.read(&harmed(&world.answer, &harms)) {
                Ok(seen) => {
                    *outcomes.borrow_mut().entry(true).or_default() += 1;
                    world.shown(&seen).iter().for_each(|text| assert_inert(text));
                }
                Err(error) => {
                    *outcomes.borrow_mut().entry(false).or_default() += 1;
                    let text = view::problem::text(&error, None, Colour::Never);
                    assert!(text.len() < 8000, "{} bytes of error", text.len());
                    assert_inert(&text);
                }
            }
            Ok(())
        })
        .unwrap();
    let outcomes = outcomes.into_inner();
    // About a tenth of the damaged answers can still be read.
    assert!(outcomes.values().all(|count| *count > 100) && outcomes.len() == 2, "{outcomes:?}");
}

#[test]
fn an_endless_answer_is_refused() {
    let world = World::new();
    let error = |answer: &[u8]| format!("{:#}", world.read(answer).unwrap_err());
    assert!(error(&vec![b'x'; 40 << 20]).contains("is longer than"));
    assert!(error(&[b"vc4all-probe 1\nos ".as_slice(), &vec![b'y'; 1 << 20], b"\nend\n"].concat()).contains("a line"));
    let strange = [b"os ".as_slice(), &vec![b'z'; 60_000], b" 1 2 3\nend\n"].concat();
    assert!(error(&strange).len() < 1000);
    let flood = b"listener tcp 0.0.0.0:80 users:((\"x\"))\n".repeat(500_000);
    let answer = String::from_utf8(world.answer.clone()).unwrap();
    let seen = world.read(answer.replace("end\n", &format!("{}end\n", String::from_utf8(flood).unwrap())).as_bytes());
    assert!(seen.unwrap().listeners.len() <= 2000);
}

#[test]
fn a_foreign_site_with_an_odd_name_is_seen() {
    let world = World::new();
    let answer = String::from_utf8(world.answer.clone()).unwrap();
    let seen = world.read(answer.replace("other.conf", "my (old) site").as_bytes()).unwrap();
    assert_eq!(seen.foreign_sites.first().unwrap().as_str(), "/etc/nginx/sites-enabled/my__old__site");
}

#[test]
fn work_that_ended_in_the_middle_is_told() {
    let world = World::new();
    let answer = String::from_utf8(world.answer.clone()).unwrap();
    let seen = world.read(answer.replace("generation 3\n", "generation 3\nbroken\n").as_bytes()).unwrap();
    assert!(seen.broken_run && world.shown(&seen)[3].contains("ended in the middle"));
    assert!(!world.read(&world.answer).unwrap().broken_run);
}

/// A power cut may leave a file full of zeros: its text cannot travel, and must not garble the rest.
#[test]
fn a_file_with_zeros_leaves_the_answer_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("zeros"), b"one\0\0two\n").unwrap();
    std::fs::write(path("text"), "plain\n").unwrap();
    let mut probe =
        Command::new("sh").args(["-c", PROBE]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let questions = format!("text {}\ntext {}\n", path("text"), path("zeros"));
    probe.stdin.take().unwrap().write_all(questions.as_bytes()).unwrap();
    let packed = probe.wait_with_output().unwrap().stdout;
    let mut answer = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut answer).unwrap();
    assert!(answer.contains(&format!("text {} 6\nplain\n\n", path("text"))), "{answer}");
    assert!(answer.contains(&format!("path {} f", path("zeros"))) && !answer.contains("two"), "{answer}");
}
