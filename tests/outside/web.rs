//! The promises of the pages, judged over nginx and the door with the rendered files: kept as they are, and each fault
//! found by exactly one of them.

use super::stage::*;
use super::tree::{serve, tree};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::finding::Verdict;
use vc4all_deploy::model::observed::{Observed, SeenCertificate};
use vc4all_deploy::model::plan::Plan;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::outside::{ToldBy, Way, web};
use vc4all_deploy::verify::{self, Evidence};

/// Names the folder to the run of this program that stands beside nginx.
const INSIDE: &str = "VC4ALL_LOOK_FROM";
const SITE: &str = "etc/nginx/sites-available/vergaderen.voorbeeldstad.nl.conf";
const CONFIG: &str = "etc/jitsi/meet/vergaderen.voorbeeldstad.nl-config.js";
const HEADERS: &str = "etc/nginx/snippets/vc4all-headers.conf";
const HSTS: &str = "var/lib/vc4all/tls/live/hsts.conf";
const PAGES: &str = "usr/local/share/vc4all/www";

/// Jitsi's shell with the files that the real one names.
const SHELL: &str = "<!doctype html><html><head><!--#include virtual=\"/base.html\" --><link rel=\"stylesheet\" href=\"css/all.css?v=1\">\
    <script><!--#include virtual=\"/config.js\" --></script><script><!--#include virtual=\"/interface_config.js\" --></script>\
    <script src=\"libs/app.bundle.min.js?v=1\"></script><link rel=\"icon\" href=\"images/watermark.svg\"></head><body></body></html>";

/// What a promise said.
type Said = BTreeMap<String, (Verdict, String)>;

fn able() -> bool {
    have_as_root(&["nginx", "openssl", "unshare", "ip", "systemd-socket-activate"])
}

/// A folder with all that nginx and the door read.
fn staged() -> tempfile::TempDir {
    let folder = tree(&deployment(), Release::Debian12);
    put(&folder.path().join("tree/usr/share/jitsi-meet/index.html"), SHELL);
    let domain = deployment().domain;
    let door = json!({
        "domain": domain.as_str(), "operator": "Gemeente Voorbeeldstad", "languages": ["nl", "en"],
        "second_factor": "required", "token_minutes": 120, "room_name_bits": 40,
    });
    put(&folder.path().join("door/door.json"), &door.to_string());
    put(&folder.path().join("door/token"), "0123456789abcdefghijklmnopqrstuvwxyzABCD");
    folder
}

/// What the promises say to the instance in the folder.
fn said(folder: &tempfile::TempDir) -> Said {
    let own = std::env::current_exe().unwrap();
    let place = format!("{INSIDE}={}", folder.path().display());
    serve(folder, &["env", &place, own.to_str().unwrap(), "--exact", "web::from_beside_nginx", "--nocapture"]);
    let told: Vec<Value> = serde_json::from_slice(&fs::read(folder.path().join("said.json")).unwrap()).unwrap();
    let one = |finding: &Value| {
        let verdict = match finding["verdict"].as_str().unwrap() {
            "kept" => Verdict::Kept,
            "broken" => Verdict::Broken,
            "unseen" => Verdict::Unseen,
            _ => Verdict::Noted,
        };
        (finding["promise"].as_str().unwrap().to_owned(), (verdict, finding["seen"].as_str().unwrap().to_owned()))
    };
    told.iter().map(one).collect()
}

/// The second half of each test here, run beside nginx in its namespaces; in an ordinary run it has nothing to do.
#[test]
fn from_beside_nginx() {
    let Some(folder) = std::env::var_os(INSIDE).map(PathBuf::from) else { return };
    let door = open_door(&folder.join("door"));
    let deployment = deployment();
    let way = Way {
        domain: deployment.domain.clone(),
        addresses: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
        told_by: ToldBy::Resolver,
        roots: Arc::new(rustls::RootCertStore::empty()),
        patience: Duration::from_secs(5),
    };
    let seen = web::look(&way, &deployment).map_err(|why| format!("{why:#}"));
    let findings = judged(&deployment, &way, seen);
    fs::write(folder.join("said.json"), findings.to_string()).unwrap();
    drop(door);
}

/// Ends the door with the test.
struct Door(Child);

impl Drop for Door {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn open_door(folder: &Path) -> Door {
    let socket = Path::new("/run/vc4all/door.sock");
    fs::create_dir_all("/run/vc4all").unwrap();
    let mut command = Command::new("systemd-socket-activate");
    command.arg("-l").arg(socket).arg(env!("CARGO_BIN_EXE_vc4all-agent")).arg("door");
    command.arg("--config").arg(folder.join("door.json")).arg("--accounts").arg(folder.join("accounts"));
    command.arg("--credentials").arg(folder).stdin(Stdio::null()).stderr(Stdio::null());
    let door = Door(command.spawn().unwrap());
    let until = Instant::now() + Duration::from_secs(10);
    while !socket.exists() {
        assert!(Instant::now() < until, "the door does not open");
        std::thread::sleep(Duration::from_millis(10));
    }
    // nginx' workers are another user; on a host the unit of the socket says who.
    run("chmod", &["666", socket.to_str().unwrap()]);
    door
}

fn judged(deployment: &Deployment, way: &Way, seen: Result<web::Facts, String>) -> Value {
    let now = jiff::Timestamp::now().as_second();
    let observed = observed(deployment, now);
    let plan = Plan {
        domain: deployment.domain.clone(),
        formerly: None,
        host: "127.0.0.1".to_owned(),
        based_on: None,
        changes: Vec::new(),
        unchanged: 0,
    };
    let evidence = Evidence { now, web: seen, ..Evidence::unlooked(deployment, &observed, &plan, way) };
    let chapters = verify::judge(&evidence);
    json!(chapters.into_iter().find(|chapter| chapter.title == "Pages").unwrap().findings)
}

fn observed(deployment: &Deployment, now: i64) -> Observed {
    let certificate = SeenCertificate {
        names: vec![deployment.domain.clone().into()],
        not_before: now - 1000,
        not_after: now + 1_000_000,
        serial: "01".to_owned(),
        issued_by: Some(deployment.tls.authority.directory().to_owned()),
    };
    Observed { certificate: Some(certificate), clock: now, ..Observed::bare(traits(Release::Debian12)) }
}

#[test]
fn what_is_rendered_keeps_every_promise() {
    if !able() {
        return;
    }
    let said = said(&staged());
    assert!(said.len() >= 14, "{said:?}");
    for (promise, (verdict, seen)) in &said {
        assert_eq!(*verdict, Verdict::Kept, "{promise}: {seen}");
    }
}

/// A fault: the promise that finds it, the file, and which text becomes which; no text at all empties the file.
type Fault = (&'static str, &'static str, &'static str, &'static str);

const FAULTS: [Fault; 32] = [
    ("hsts", HSTS, "max-age=63072000", "max-age=86400"),
    ("hsts", HSTS, "add_header Strict-Transport-Security \"max-age=63072000; includeSubDomains\" always;", ""),
    ("headers", SITE, "|lang|sounds)/ {", "|lang|sounds)/ {\n        add_header X-Note \"assets\";"),
    ("headers", HEADERS, "\"no-referrer\"", "\"unsafe-url\""),
    ("headers", HEADERS, "add_header X-Frame-Options \"DENY\" always;", ""),
    (
        "headers",
        HEADERS,
        "add_header X-Content-Type-Options \"nosniff\" always;",
        "add_header X-Content-Type-Options \"nosniff\";",
    ),
    ("headers", HEADERS, "add_header Vary", "add_header Access-Control-Allow-Origin * always;\nadd_header Vary"),
    ("content-policy", SITE, "script-src 'self'; style-src", "script-src 'self' https://cdn.example.org; style-src"),
    ("content-policy", SITE, "script-src 'self'; style-src", "script-src 'self' 'unsafe-inline'; style-src"),
    ("content-policy", SITE, "object-src 'none'; frame-ancestors 'none'", "object-src 'none'"),
    ("content-policy", SITE, "'wasm-unsafe-eval'", "'unsafe-eval'"),
    ("content-policy", SITE, "'nonce-$request_id'", "'unsafe-inline'"),
    ("content-policy", SITE, "'nonce-$request_id'", "'nonce-0123456789abcdef0123456789abcdef'"),
    ("no-cookies", HEADERS, "add_header Vary", "add_header Set-Cookie \"visitor=1\" always;\nadd_header Vary"),
    (
        "no-foreign-requests",
        "usr/local/share/vc4all/www/nl/index.html",
        "</head>",
        "<script src=\"https://cdn.example.org/x.js\"></script></head>",
    ),
    (
        "no-foreign-requests",
        "usr/local/share/vc4all/www/vc4all/style.css",
        "",
        "@import url(https://fonts.example.org/letters.css);",
    ),
    (
        "no-foreign-requests",
        "etc/jitsi/meet/vergaderen.voorbeeldstad.nl-manifest.json",
        "/vc4all/icon.svg",
        "https://icons.example.org/x.svg",
    ),
    (
        "no-foreign-requests",
        CONFIG,
        "watchRTCEnabled: false",
        "watchRTCEnabled: false, rtcstatsEndpoint: \"wss://stats.example.org/\"",
    ),
    ("server-says-little", "etc/nginx/nginx.conf", "server_tokens off", "server_tokens on"),
    (
        "server-says-little",
        SITE,
        "sub_filter \"<script\" \"<script nonce=$request_id\";\n        try_files $uri =404;\n    }\n\n",
        "autoindex on;\n    }\n\n",
    ),
    ("server-says-little", SITE, "        return 444;", "        return 200 hello;"),
    (
        "https-only",
        SITE,
        "return 301 https://vergaderen.voorbeeldstad.nl$request_uri",
        "return 301 https://elsewhere.example.org$request_uri",
    ),
    ("https-only", SITE, "return 301 https://vergaderen.voorbeeldstad.nl$request_uri", "return 200 welcome"),
    (
        "https-only",
        SITE,
        "return 301 https://vergaderen.voorbeeldstad.nl$request_uri",
        "return 301 https://vergaderen.voorbeeldstad.nl/",
    ),
    (
        "security-txt",
        "usr/local/share/vc4all/www/.well-known/security.txt",
        "<!--# echo var=\"vc4all_expires\" default=\"\" -->",
        "2025-12-31T23:59:59Z",
    ),
    ("security-txt", "usr/local/share/vc4all/www/.well-known/security.txt", "mailto:security@", "mailto:somebody@"),
    ("private-settings", CONFIG, "disableThirdPartyRequests: true", "disableThirdPartyRequests: false"),
    ("private-settings", CONFIG, "var enableJaaS = false;", "load();"),
    ("own-stun", CONFIG, "stun:vergaderen.voorbeeldstad.nl:3478", "stun:stun.example.org:3478"),
    ("published-facts", "usr/local/share/vc4all/www/.well-known/vc4all.json", "\"logs_days\": 7", "\"logs_days\": 30"),
    ("door", SITE, "/run/vc4all/door.sock", "/run/vc4all/nobody.sock"),
    (
        "same-answer",
        SITE,
        "    listen 443 ssl http2;\n    listen [::]:443 ssl http2;\n    server_name vergaderen",
        "    listen 443 ssl http2;\n    server_name vergaderen",
    ),
];

/// Puts a fault into a fresh instance and says which promises are broken.
fn found(&(_, file, old, new): &Fault) -> Vec<(String, String)> {
    let folder = staged();
    let path = folder.path().join("tree").join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{file} does not say {old}");
    fs::write(&path, text.replacen(old, new, 1)).unwrap();
    let broken = said(&folder).into_iter().filter(|(_, (verdict, _))| *verdict == Verdict::Broken);
    broken.map(|(promise, (_, seen))| (promise, seen)).collect()
}

#[test]
fn each_fault_is_found_by_exactly_one_promise() {
    if !able() {
        return;
    }
    let mut wrong = Vec::new();
    for fault in &FAULTS {
        let found = found(fault);
        if found.len() != 1 || found[0].0 != fault.0 {
            wrong.push(format!("{} in {} by {:?}: {found:?}", fault.0, fault.1, fault.3));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_page_that_is_gone_is_missed() {
    if !able() {
        return;
    }
    let folder = staged();
    fs::remove_file(folder.path().join("tree").join(PAGES).join("en/index.html")).unwrap();
    let broken: Vec<_> = said(&folder).into_iter().filter(|(_, (verdict, _))| *verdict == Verdict::Broken).collect();
    assert!(matches!(broken.as_slice(), [(name, _)] if name == "pages-there"), "{broken:?}");
}
