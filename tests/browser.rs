//! The pages in a real browser over a real nginx: can everybody use them, and do they ask nobody else?

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is wrong"
)]

#[allow(dead_code, reason = "other suites use the rest of it")]
#[path = "support/stage.rs"]
mod stage;
#[path = "support/tree.rs"]
mod tree;

use serde_json::json;
use stage::*;
use std::fs;
use std::path::Path;
use vc4all_deploy::accounts::{Accounts, App, NewAccount};
use vc4all_deploy::model::deployment::{Deployment, Language, SecondFactor};
use vc4all_deploy::model::finding::{Chapter, Finding, Report, Source, Verdict};
use vc4all_deploy::model::names::LoginName;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::papers::{Index, Known, Paper, Written, report};
use vc4all_deploy::render::Renderer;

/// With which the door signs here.
const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCD";

/// The folder with the scripts and the modules that they use.
fn scripts() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser"))
}

/// Where somebody can look at what the browser showed.
fn screenshots() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/target/screenshots"))
}

fn able() -> bool {
    let modules = scripts().join("node_modules/.installed-from").exists();
    assert!(modules || std::env::var_os("CI").is_none(), "CI lacks the modules of tests/browser: run tests/lab/setup");
    if !modules {
        eprintln!("left out: run tests/lab/setup for the modules of tests/browser");
    }
    modules && have_as_root(&["chromium", "nginx", "node", "openssl", "unshare", "ip", "systemd-socket-activate"])
}

/// What the door reads on a host, and what its meeting hosts know.
fn lay_door(folder: &Path) {
    let deployment = deployment();
    let config = json!({
        "domain": deployment.domain.as_str(),
        "operator": deployment.operator.name,
        "languages": Language::ALL,
        "second_factor": "required",
        "token_minutes": 120,
        "room_name_bits": 40,
    });
    put(&folder.join("door.json"), &config.to_string());
    put(&folder.join("token"), SECRET);
    let accounts = Accounts::at(&folder.join("accounts"), SecondFactor::Required);
    let known: Vec<_> = ["griffier", "raadslid", "voorzitter", "notulist"]
        .into_iter()
        .map(|name| {
            let account = LoginName::new(name).unwrap();
            let new = NewAccount { account, name: line(&format!("De {name}")), passphrase: None, app: App::SetUp };
            let given = accounts.add(&new).unwrap();
            let recovery: Vec<_> = given.recovery_codes.iter().map(|code| code.reveal()).collect();
            json!({
                "account": name,
                "passphrase": given.passphrase.unwrap().reveal(),
                "appKey": given.app_key.unwrap().reveal(),
                "recovery": recovery,
            })
        })
        .collect();
    put(&folder.join("known.json"), &json!(known).to_string());
}

/// What `papers write` leaves in a folder, and a report with every verdict in it.
fn lay_papers(folder: &Path) {
    let (renderer, deployment) = (Renderer::new().unwrap(), deployment());
    let known = Known::offline(&deployment);
    let all = Language::ALL.into_iter().flat_map(|language| Paper::ALL.map(|paper| (paper, language)));
    let papers: Vec<Written> =
        all.map(|(paper, language)| Written::of(paper, language, &known, &renderer).unwrap()).collect();
    for paper in &papers {
        put(&folder.join(format!("{}.html", paper.stem())), &paper.page(&renderer).unwrap());
    }
    put(&folder.join("index.html"), &Index::of(&papers, &deployment, &renderer).unwrap().page);
    put(&folder.join("report.html"), &report::html(&judged()).unwrap());
}

fn judged() -> Report {
    let finding = |verdict, seen: &str, remedy: Option<&str>| Finding {
        promise: "tls-versions",
        title: "Old versions of TLS are refused",
        verdict,
        seen: seen.to_owned(),
        remedy: remedy.map(str::to_owned),
        sources: &[Source::Principle("well encrypted"), Source::Law("GDPR art. 32(1)(a)")],
    };
    let findings = vec![
        finding(Verdict::Kept, "TLS 1.2 and 1.3 on 443 and 5349", None),
        finding(Verdict::Broken, "port 443 of 203.0.113.10 accepts TLS 1.1", Some("Run `vc4all-deploy up`")),
        finding(Verdict::Unseen, "nobody answered at 2001:db8:1234:5678:9abc:def0:1234:5678", None),
        finding(Verdict::Noted, "the zone is not signed", Some("Ask for DNSSEC")),
    ];
    let chapter = |title| Chapter { title, findings: findings.clone() };
    Report {
        domain: "vergaderen.voorbeeldstad.nl".to_owned(),
        host: "203.0.113.10".to_owned(),
        when: 1_795_000_000,
        took: 4210,
        generation: 3,
        chapters: vec![chapter("Encryption"), chapter("Pages")],
    }
}

/// Runs one script beside nginx and counts what passed.
fn browse(script: &str) -> usize {
    browse_with(script, "DIRECTORY=")
}

/// The same with one more word for its environment.
fn browse_with(script: &str, more: &str) -> usize {
    let site = Deployment { languages: Language::ALL.to_vec(), ..deployment() };
    let folder = tree::tree(&site, Release::Debian12);
    let door = folder.path().join("door");
    lay_door(&door);
    let papers = folder.path().join("papers");
    lay_papers(&papers);
    fs::create_dir_all(screenshots()).unwrap();
    let certificate = folder.path().join("tree/var/lib/vc4all/tls/live/fullchain.pem");
    let script = scripts().join(script);
    let output = tree::serve(
        &folder,
        &[
            "env",
            "CHROMIUM=/usr/bin/chromium",
            &format!("SITE={}", site.domain.as_str()),
            &format!("CERTIFICATE={}", certificate.display()),
            &format!("SCREENSHOTS={}", screenshots().display()),
            &format!("DOOR={}", door.display()),
            &format!("PAPERS={}", papers.display()),
            concat!("AGENT=", env!("CARGO_BIN_EXE_vc4all-agent")),
            more,
            "node",
            "--test-reporter=tap",
            script.to_str().unwrap(),
        ],
    );
    let told = String::from_utf8(output.stdout).unwrap();
    let count = |word: &str| -> usize {
        let line = told.lines().find_map(|line| line.strip_prefix(&format!("# {word} ")));
        line.unwrap_or_else(|| panic!("{told}")).parse().unwrap()
    };
    assert_eq!(count("tests"), count("pass"), "{told}");
    count("pass")
}

#[test]
fn our_pages_are_for_everybody_and_ask_nobody_else() {
    if able() {
        assert_eq!(browse("pages.mjs"), 7);
    }
}

#[test]
fn papers_and_reports_are_for_everybody_and_print() {
    if able() {
        assert_eq!(browse("papers.mjs"), 5);
    }
}

#[test]
fn the_door_is_for_everybody_and_gives_away_nothing() {
    if able() {
        assert_eq!(browse("door.mjs"), 8);
    }
}

#[test]
fn a_visitor_makes_a_room_and_invites_guests() {
    if able() {
        assert_eq!(browse("landing.mjs"), 3);
    }
}

#[test]
fn from_the_landing_page_into_a_room_with_a_keyboard_alone() {
    if able() {
        assert_eq!(browse("making.mjs"), 6);
    }
}

#[test]
fn a_page_of_many_instances_is_for_everybody_and_knows_no_room() {
    if !able() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::create_dir(&from).unwrap();
    for name in ["euregio.yml", "keycloak.yml", "vereniging.yml"] {
        let inventories = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories");
        fs::copy(inventories.join(name), from.join(name)).unwrap();
    }
    let program = env!("CARGO_BIN_EXE_vc4all-deploy");
    run(program, &["directory", from.to_str().unwrap(), "--output", to.to_str().unwrap()]);
    assert_eq!(browse_with("directory.mjs", &format!("DIRECTORY={}", to.display())), 5);
}

/// What the proof that people can make of their own instance says about our pages, after something was put into some.
fn proof(faults: &[(&str, &str)]) -> String {
    let folder = tree::tree(&deployment(), Release::Debian12);
    let root = folder.path().join("tree");
    for (file, fault) in faults {
        let path = root.join(file);
        put(&path, &format!("{}{fault}", fs::read_to_string(&path).unwrap()));
    }
    // The stage's certificate is its own authority. Exit code 2 would say that there was no proof.
    let words = format!(
        "CHROMIUM=/usr/bin/chromium node {}/proof.mjs {} --address 127.0.0.1 --root {} || test $? = 1",
        scripts().display(),
        deployment().domain.as_str(),
        root.join("var/lib/vc4all/tls/live/fullchain.pem").display(),
    );
    String::from_utf8(tree::serve(&folder, &["sh", "-c", &words]).stdout).unwrap()
}

#[test]
fn the_proof_in_a_browser_is_kept_by_our_pages_and_broken_by_whoever_is_named() {
    if !able() {
        return;
    }
    let said = proof(&[]);
    assert!(said.ends_with("Nobody but vergaderen.voorbeeldstad.nl was asked.\n"), "{said}");
    for page in ["landing page, en ", "statement, nl ", "door, nl ", "room "] {
        assert!(said.lines().any(|line| line.trim_start().starts_with(page)), "{page}: {said}");
    }
    let said = proof(&[
        ("usr/local/share/vc4all/www/nl/index.html", "<img alt=\"\" src=\"https://pictures.example/a.png\">"),
        ("usr/local/share/vc4all/www/nl/privacy.html", "<link rel=\"preconnect\" href=\"https://names.example\">"),
        (
            "usr/share/jitsi-meet/body.html",
            "<script>const call = new RTCPeerConnection({ iceServers: [{ urls: 'stun:stun.example:3478' }] });
            new WebSocket('wss://talk.example/x');
            navigator.sendBeacon('https://count.example/');</script>",
        ),
    ]);
    for (page, foreign) in [
        ("landing page, nl", "https://pictures.example/a.png"),
        ("statement, nl", "https://names.example/"),
        ("room", "stun:stun.example:3478"),
        ("room", "wss://talk.example/x"),
        ("room", "https://count.example/"),
    ] {
        let told = said.lines().any(|line| line.trim_start().starts_with(page) && line.contains(foreign));
        assert!(told, "{foreign} on {page}: {said}");
    }
}

#[test]
fn a_broken_page_is_noticed() {
    if able() {
        assert!(browse("faults.mjs") > 20);
    }
}
